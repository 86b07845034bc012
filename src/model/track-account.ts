import type { PicturesRead, Place, Places, SoundRead, TrackRead } from './account.js';
import type { Warning } from './media.js';

/** What became of a track that a title carries: what was read, what was published, and the difference, entry by entry. */
export interface TrackAccount {
  /** FFmpeg's index of the stream. */
  readonly track: number;
  readonly kind: 'video' | 'audio';
  /** Pictures, or samples of the rendition; seconds on the title's timeline. */
  readonly read: Amount;
  readonly published: Amount;
  /** read − dropped + repeated, held and silence = published, in pictures or samples. */
  readonly entries: readonly AccountEntry[];
}

export interface Amount {
  readonly units: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/**
 * Pictures: `dropped` and `repeated` by the rate conversion, `held` before the first, in a gap, after the last. Sound:
 * `silence` put in at these places, `overlap` and `cut` dropped. `cut`: after the end of the title. `lost`: read and not
 * published, for no reason that is known.
 */
export interface AccountEntry {
  readonly code: 'dropped' | 'repeated' | 'held' | 'silence' | 'overlap' | 'cut' | 'lost';
  readonly where: 'start' | 'middle' | 'end';
  readonly units: number;
  readonly seconds: number;
  /** The first places, where there are such. */
  readonly places: readonly Place[];
  /** Places that are not listed. */
  readonly more: number;
}

/** What the headers say of a track, seconds on the title's timeline; null where they do not. */
export interface Promised {
  readonly track: number;
  readonly startSeconds: number | null;
  readonly endSeconds: number | null;
  /** The source has more pictures a second than the title is to show. */
  readonly isThinned: boolean;
  /** That the title ends before its time is told otherwise. */
  readonly isShortTold: boolean;
  /** How long the last picture is to be held, as the plan says. */
  readonly holdSeconds: number;
}

/** `units`: pictures, or samples, that were published from the title's 0 on. */
export function accountOf(
  read: TrackRead,
  published: number,
  promised: Promised,
): { readonly account: TrackAccount; readonly warnings: readonly Warning[] } {
  switch (read.kind) {
    case 'video':
      return accountOfPictures(read, published, promised);
    case 'audio':
      return accountOfSound(read, published, promised);
  }
}

type Judged = ReturnType<typeof accountOf>;

/** A few frames. */
const FEW = 3;
/** How far headers may be from what is read; more, where a track is long: they round. Seconds, and a share. */
const HEADER_SECONDS = 0.25;
const HEADER_SHARE = 0.005;
/** Of sound against picture. Seconds. */
const IN_STEP = 0.04;

function accountOfPictures(read: PicturesRead, published: number, promised: Promised): Judged {
  const { rate, frames, shown, first, last, uneven, gaps } = read;
  const start = first ?? 0;
  const stop = last === null ? 0 : last + 1;
  const seconds = (units: number): number => rounded(units / rate);
  const entry = entryMaker(rate);
  const within = stop - start - shown;
  const inGaps = Math.round(gaps.seconds * rate);
  const after = published - stop;
  const held = Math.ceil(promised.holdSeconds * rate - 1e-3);
  const entries = [
    entry('held', 'start', start),
    entry('dropped', 'middle', frames - shown),
    entry('repeated', 'middle', within - inGaps),
    entry('held', 'middle', inGaps, gaps),
    // The last picture may fall on the moment at which the title ends.
    after > 0 ? entry('held', 'end', after) : entry(after === -1 ? 'dropped' : 'lost', 'end', -after),
  ].filter(({ units }) => units > 0);
  const account: TrackAccount = {
    track: promised.track,
    kind: 'video',
    read: { units: frames, startSeconds: seconds(start), endSeconds: seconds(stop) },
    published: { units: published, startSeconds: 0, endSeconds: seconds(published) },
    entries,
  };
  // A source whose pictures come when something moves has long steps everywhere, as slides have; in another, one is a hole.
  const isEven = shown > FEW && uneven <= Math.min(Math.max(FEW, EVEN_SHARE * shown), SOME_SHARE * (shown - 1));
  // The last picture may be a long one, and of a part the next one is not read.
  const lastShown = Math.max(0, Math.round((promised.endSeconds ?? 0) * rate) - stop);
  const mostDropped = Math.max(FEW, (isEven ? EVEN_SHARE / 2 : UNEVEN_SHARE) * frames);
  const warnings = [
    after < -FEW &&
      warning('pictures-lost', `the last ${told(seconds(-after))} of the video that was read are not in the title`),
    after > lastShown + held + FEW &&
      warning('pictures-doubled', `${after - lastShown - held} frames of the title were not read from the source`),
    isEven &&
      gaps.count > 0 &&
      warning('pictures-missing', `frames are missing from the source: ${placesText(gaps)}`, gaps.count),
    !promised.isThinned &&
      frames - shown > mostDropped &&
      warning(
        'pictures-dropped',
        `${frames - shown} of ${frames} frames are dropped: they come faster than ${Number(rate.toFixed(3))} a second`,
        frames - shown,
      ),
    ...againstHeaders({ code: 'picture', name: 'video' }, account, promised, { isEven, tolerance: FEW / rate }),
  ].filter((one) => one !== false);
  return { account, warnings };
}

/** Steps that a camera's clock makes now and then; of a few pictures, some. */
const EVEN_SHARE = 0.02;
const SOME_SHARE = 0.25;
const UNEVEN_SHARE = 0.05;

function accountOfSound(read: SoundRead, published: number, promised: Promised): Judged {
  const { rate, samples, first, end, gaps, overlaps } = read;
  const seconds = (units: number): number => rounded(units / rate);
  const entry = entryMaker(rate);
  const start = first ?? 0;
  const stop = end ?? 0;
  const after = published - stop;
  const [silent, overlapping] = [gaps, overlaps].map((places) => Math.round(places.seconds * rate));
  // Steps too small to be told one by one, all together.
  const small = stop - start - (samples + (silent ?? 0) - (overlapping ?? 0));
  const entries = [
    entry('silence', 'start', start),
    entry('silence', 'middle', (silent ?? 0) + Math.max(0, small), gaps),
    entry('overlap', 'middle', (overlapping ?? 0) + Math.max(0, -small), overlaps),
    after > 0 ? entry('silence', 'end', after) : entry('cut', 'end', -after),
  ].filter(({ units }) => units > 0);
  const account: TrackAccount = {
    track: promised.track,
    kind: 'audio',
    read: { units: samples, startSeconds: seconds(start), endSeconds: seconds(stop) },
    published: { units: published, startSeconds: 0, endSeconds: seconds(published) },
    entries,
  };
  const warnings = [
    isMuch(gaps, samples / rate) &&
      warning(
        'sound-missing',
        `silence replaces audio that is missing from the source: ${placesText(gaps)}`,
        gaps.count,
      ),
    isMuch(overlaps, samples / rate) &&
      warning(
        'sound-dropped',
        `audio is left out that overlaps what comes before it: ${placesText(overlaps)}`,
        overlaps.count,
      ),
    -after > rate * Math.max(HEADER_SECONDS, HEADER_SHARE * seconds(stop)) &&
      warning('sound-lost', `audio goes on after the end of the title, by ${told(seconds(-after))} or more: it is cut`),
    ...againstHeaders({ code: 'sound', name: 'audio' }, account, promised, { isEven: true, tolerance: IN_STEP }),
  ].filter((one) => one !== false);
  return { account, warnings };
}

/** Small steps do not add up to anything: sound is put back in step at each of them. */
function isMuch({ longest, seconds }: Places, of: number): boolean {
  return longest > IN_STEP || seconds > Math.max(HEADER_SECONDS, HEADER_SHARE * of);
}

function againstHeaders(
  { code, name }: { readonly code: string; readonly name: string },
  { read }: TrackAccount,
  { startSeconds, endSeconds, isShortTold }: Promised,
  { isEven, tolerance }: { readonly isEven: boolean; readonly tolerance: number },
): Warning[] {
  const found: Warning[] = [];
  const most = Math.max(HEADER_SECONDS, tolerance, HEADER_SHARE * read.endSeconds);
  if (startSeconds !== null && read.startSeconds - Math.max(0, startSeconds) > most) {
    found.push(
      warning(
        `${code}-starts-late`,
        `the ${name} starts at ${told(read.startSeconds)}, its header says ${told(Math.max(0, startSeconds))}`,
      ),
    );
  }
  if (endSeconds === null || ((!isEven || isShortTold) && read.endSeconds < endSeconds)) return found;
  const difference = read.endSeconds - endSeconds;
  if (Math.abs(difference) > most) {
    found.push(
      warning(
        `${code}-length`,
        `the ${name} that was read ends at ${told(read.endSeconds)}, its header says ${told(endSeconds)}`,
      ),
    );
  }
  return found;
}

function entryMaker(rate: number) {
  return (code: AccountEntry['code'], where: AccountEntry['where'], units: number, places?: Places): AccountEntry => ({
    code,
    where,
    units,
    seconds: rounded(units / rate),
    places: (places?.first ?? []).map(({ at, seconds }) => ({ at: rounded(at), seconds: rounded(seconds) })),
    more: places ? places.count - places.first.length : 0,
  });
}

function warning(code: string, message: string, count?: number): Warning {
  return count === undefined ? { code, message } : { code, message, count };
}

/** To the microsecond: all that times are known to. */
function rounded(seconds: number): number {
  return Number(seconds.toFixed(6));
}

function told(seconds: number): string {
  return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
}

const TOLD = 3;

function placesText({ count, seconds, first }: Places): string {
  const named = first.slice(0, TOLD).map((place) => `${told(place.seconds)} at ${told(place.at)}`);
  const more = count > named.length ? ` and ${count - named.length} more, ${told(seconds)} together` : '';
  return named.join(', ') + more;
}
