import { cutRead, joinReads, type ChunkRead, type Place, type Places, type TrackRead } from '../../model/account.js';
import { FORM_PARTS, NO_FORMS, type Form, type FormChange, type Forms } from '../../model/track-forms.js';

/** What a line of a journal says was read for a chunk; null where it says nothing that can be understood. */
export function parseChunkRead(value: unknown): ChunkRead | null {
  const { of, from, read } = fieldsOf(value);
  const track = parseTrackRead(read);
  return track !== null && isFigure(from) && (of === 'chunk' || of === 'rendition') ? { of, from, read: track } : null;
}

export function parseTrackRead(value: unknown): TrackRead | null {
  const { kind, rate, frames, shown, first, last, uneven, backwards, samples, end, ...places } = fieldsOf(value);
  const gaps = parsePlaces(places['gaps']);
  const forms = parseForms(places['forms']);
  if (gaps === null || !isFigure(rate) || !isPosition(first)) return null;
  if (kind === 'video') {
    if (!isFigure(frames) || !isFigure(shown) || !isPosition(last) || !isFigure(uneven) || !isFigure(backwards))
      return null;
    return { kind, rate, frames, shown, first, last, uneven, gaps, backwards, forms };
  }
  const overlaps = parsePlaces(places['overlaps']);
  if (kind !== 'audio' || overlaps === null || !isFigure(samples) || !isPosition(end)) return null;
  return { kind, rate, samples, first, end, gaps, overlaps, forms };
}

/**
 * Puts together what was read for a rendition's chunks, told in their order. A chunk that begins in the middle of what was
 * read before it was made again from there on: an end that was to be another. One in the middle of a rendition of which all
 * is known was made again because it was gone: it says the same.
 */
export function joinChunks(): { add(read: ChunkRead | null, isLast: boolean): void; total(): TrackRead | null } {
  let all: TrackRead | null = null;
  let joined: TrackRead | null = null;
  let isKnown = true;
  const follow = (before: TrackRead | null, { from, read }: ChunkRead): TrackRead | null => {
    const kept = before && cutRead(before, from);
    return kept && joinReads(kept, read);
  };
  return {
    add(read, isLast) {
      if (read?.of === 'rendition') all = read.read;
      else if (read === null) isKnown = false;
      else {
        if (all !== null && isLast) all = follow(all, read);
        joined = joined === null ? read.read : follow(joined, read);
        isKnown &&= joined !== null;
      }
    },
    total: () => all ?? (isKnown ? joined : null),
  };
}

function parsePlaces(value: unknown): Places | null {
  const { count, seconds, longest, first } = fieldsOf(value);
  if (!isFigure(count) || !isFigure(seconds) || !isFigure(longest) || !Array.isArray(first)) return null;
  const places = first.map(parsePlace);
  return places.every((place) => place !== null) ? { count, seconds, longest, first: places } : null;
}

/** Of journals that earlier versions have written nothing is known. */
function parseForms(value: unknown): Forms {
  const { count, first, ...rest } = fieldsOf(value);
  if (!isFigure(count) || !Array.isArray(first)) return NO_FORMS;
  const changes = first.map(parseChange);
  if (!changes.every((change) => change !== null)) return NO_FORMS;
  return { begins: parseForm(rest['begins']), ends: parseForm(rest['ends']), count, first: changes };
}

function parseForm(value: unknown): Form {
  const fields = fieldsOf(value);
  return Object.fromEntries(
    FORM_PARTS.flatMap((part) => (typeof fields[part] === 'string' ? [[part, fields[part]]] : [])),
  );
}

function parseChange(value: unknown): FormChange | null {
  const { at, from, ...rest } = fieldsOf(value);
  const what = FORM_PARTS.find((part) => part === rest['what']);
  const to = rest['to'];
  if (what === undefined || !isFigure(at) || typeof from !== 'string' || typeof to !== 'string') return null;
  return { what, at, from, to };
}

function parsePlace(value: unknown): Place | null {
  const { at, seconds } = fieldsOf(value);
  return isFigure(at) && isFigure(seconds) ? { at, seconds } : null;
}

interface Fields extends Readonly<Record<string, unknown>> {
  readonly of?: unknown;
  readonly from?: unknown;
  readonly read?: unknown;
  readonly kind?: unknown;
  readonly rate?: unknown;
  readonly frames?: unknown;
  readonly shown?: unknown;
  readonly first?: unknown;
  readonly last?: unknown;
  readonly uneven?: unknown;
  readonly backwards?: unknown;
  readonly samples?: unknown;
  readonly end?: unknown;
  readonly count?: unknown;
  readonly seconds?: unknown;
  readonly longest?: unknown;
  readonly at?: unknown;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isPosition(value: unknown): value is number | null {
  return value === null || isFigure(value);
}
