import { MpdFault, tagsOf, type Tag } from './xml-tags.js';

/** A manifest as mediactl writes them: one period, segments by number, timelines of the sets. Durations in microseconds. */
export interface Mpd {
  /** "static". */
  readonly type: string | null;
  readonly micros: number | null;
  readonly maxSegmentMicros: number | null;
  readonly minBufferMicros: number | null;
  readonly sets: readonly MpdSet[];
}

export interface MpdSet {
  readonly id: string;
  readonly contentType: string | null;
  readonly language: string | null;
  /** Ticks per second. */
  readonly timescale: number;
  readonly startNumber: number;
  readonly representations: readonly MpdRepresentation[];
  /** Its segments in order; each call begins anew, and holds none. Throws MpdFault. */
  readonly timeline: () => Generator<MpdSegment, void>;
}

export interface MpdRepresentation {
  readonly id: string;
  /** Bits per second. */
  readonly bandwidth: number;
  readonly codecs: string | null;
  /** URIs relative to the manifest. */
  readonly init: string;
  readonly segment: (number: number) => string;
}

/** Ticks of the set's timescale. */
export interface MpdSegment {
  readonly number: number;
  readonly start: number;
  readonly ticks: number;
}

/** Throws MpdFault for what is no such manifest, whether or not DASH would have it. */
export function readMpd(text: string): Mpd {
  const sets: FoundSet[] = [];
  let mpd: Attributes | null = null;
  let periods = 0;
  for (const { path, tag } of elementsOf(text)) {
    const set = sets.at(-1);
    if (path === 'MPD') mpd = tag.attributes;
    else if (path === 'MPD/Period') periods++;
    else if (path === SET) sets.push({ attributes: tag.attributes, template: NONE, timeline: null, members: [] });
    else if (path === `${SET}/SegmentTemplate` && set) set.template = tag.attributes;
    else if (path === `${SET}/SegmentTemplate/SegmentTimeline` && set) set.timeline = tag.end;
    else if (path === `${SET}/Representation`) set?.members.push(tag.attributes);
  }
  if (!mpd || periods !== 1) throw new MpdFault('it is not an MPD with one Period');
  return {
    type: mpd.get('type') ?? null,
    micros: microsOf(mpd.get('mediaPresentationDuration')),
    maxSegmentMicros: microsOf(mpd.get('maxSegmentDuration')),
    minBufferMicros: microsOf(mpd.get('minBufferTime')),
    sets: sets.map((set) => readSet(set, text)),
  };
}

const SET = 'MPD/Period/AdaptationSet';

type Attributes = ReadonlyMap<string, string>;

const NONE: Attributes = new Map();

interface FoundSet {
  readonly attributes: Attributes;
  template: Attributes;
  /** Where its S elements begin. */
  timeline: number | null;
  readonly members: Attributes[];
}

/** Where each element begins, by the names on the way to it: "MPD/Period". */
function* elementsOf(text: string): Generator<{ readonly path: string; readonly tag: Tag }> {
  const names: string[] = [];
  for (const tag of tagsOf(text)) {
    if (tag.kind === 'close') {
      const opened = names.pop();
      if (opened !== tag.name) throw new MpdFault(`${opened ?? 'nothing'} is closed by ${tag.name}`);
      continue;
    }
    yield { path: [...names, tag.name].join('/'), tag };
    if (tag.kind === 'open') names.push(tag.name);
  }
  if (names.length > 0) throw new MpdFault(`${names.join('/')} is not closed`);
}

function readSet({ attributes, template, timeline, members }: FoundSet, text: string): MpdSet {
  const id = required(attributes, 'id', 'an AdaptationSet');
  if (timeline === null) throw new MpdFault(`AdaptationSet ${id} has no SegmentTimeline`);
  const startNumber = whole(template, 'startNumber', 1);
  const init = required(template, 'initialization', `AdaptationSet ${id}`);
  const media = required(template, 'media', `AdaptationSet ${id}`);
  return {
    id,
    contentType: attributes.get('contentType') ?? null,
    language: attributes.get('lang') ?? null,
    timescale: whole(template, 'timescale', 1),
    startNumber,
    representations: members.map((member) => representation(member, init, media)),
    timeline: () => readTimeline(text, timeline, startNumber),
  };
}

function representation(attributes: Attributes, init: string, media: string): MpdRepresentation {
  const id = required(attributes, 'id', 'a Representation');
  const bandwidth = whole(attributes, 'bandwidth', 0);
  const name = (template: string, number: number | null): string => expand(template, id, bandwidth, number);
  return {
    id,
    bandwidth,
    codecs: attributes.get('codecs') ?? null,
    init: name(init, null),
    segment: (number) => name(media, number),
  };
}

function* readTimeline(text: string, from: number, startNumber: number): Generator<MpdSegment, void> {
  let number = startNumber;
  let end = 0;
  for (const { name, attributes, kind } of tagsOf(text, from)) {
    if (name === 'SegmentTimeline' && kind === 'close') return;
    if (name !== 'S' || kind !== 'empty') throw new MpdFault(`${name} stands in a SegmentTimeline`);
    const ticks = whole(attributes, 'd', 0);
    const repeats = whole(attributes, 'r', 0);
    if (ticks === 0) throw new MpdFault('an S element without a duration');
    end = whole(attributes, 't', end);
    for (let i = 0; i <= repeats; i++, end += ticks) yield { number: number++, start: end, ticks };
  }
}

/** ISO/IEC 23009-1 5.3.9.4.4: $Number%05d$ and the like. */
function expand(template: string, id: string, bandwidth: number, number: number | null): string {
  return template.replace(/\$(?:(\w+)(?:%0(\d+)d)?)?\$/g, (identifier, name?: string, width = '1') => {
    if (name === undefined) return '$';
    if (name === 'RepresentationID') return id;
    const value = name === 'Number' ? number : name === 'Bandwidth' ? bandwidth : null;
    if (value === null) throw new MpdFault(`"${template}": nothing is known of ${identifier}`);
    return String(value).padStart(Number(width), '0');
  });
}

/** "PT1H2M3.5S" → microseconds; years and months have no length. */
function microsOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (!match) throw new MpdFault(`"${text}" is not a duration`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1e6);
}

function required(attributes: Attributes, name: string, what: string): string {
  const value = attributes.get(name);
  if (value === undefined) throw new MpdFault(`${what} has no ${name}`);
  return value;
}

function whole(attributes: Attributes, name: string, otherwise: number): number {
  const text = attributes.get(name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new MpdFault(`${name}="${text}" is not a whole number`);
  return value;
}
