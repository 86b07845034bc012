import type { Places } from './account.js';
import type { Warning } from './media.js';
import type { AccountEntry, Promised, TrackAccount } from './track-account.js';
import type { Forms } from './track-forms.js';

/** How far headers may be from what is read; more, where a track is long: they round. Seconds, and a share. */
export const HEADER_SECONDS = 0.25;
export const HEADER_SHARE = 0.005;

/** What is read of a track against what headers promised: where it starts, and where it ends. `tolerance`: seconds. */
export function againstHeaders(
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

/** Makes entries of a track of so many pictures, or samples, a second. */
export function entryMaker(rate: number) {
  return (code: AccountEntry['code'], where: AccountEntry['where'], units: number, places?: Places): AccountEntry => ({
    code,
    where,
    units,
    seconds: rounded(units / rate),
    places: (places?.first ?? []).map(({ at, seconds }) => ({ at: rounded(at), seconds: rounded(seconds) })),
    more: places ? places.count - places.first.length : 0,
  });
}

/** Shorter is rounding of headers. Seconds. */
const LEAST_CUT = 0.001;

/** What the title does not hold of a track because it begins before it, or goes on after the part that is made. */
export function cutEntries(rate: number, { source, partEnd }: Promised): AccountEntry[] {
  if (source === null) return [];
  const { startSeconds, endSeconds } = source;
  const entry = entryMaker(rate);
  const before = Math.min(0, endSeconds) - startSeconds;
  const after = partEnd === null ? 0 : endSeconds - Math.max(partEnd, startSeconds);
  return [
    ...(before > LEAST_CUT ? [entry('cut-before', 'start', Math.round(before * rate))] : []),
    ...(after > LEAST_CUT ? [entry('cut-after', 'end', Math.round(after * rate))] : []),
  ].filter(({ units }) => units > 0);
}

/** What of a track changes, and all of the track, as accounts tell it. */
export function formsAndExtent(
  { count, first }: Forms,
  { source }: Promised,
): Pick<TrackAccount, 'changes' | 'moreChanges' | 'source'> {
  const { startSeconds = 0, endSeconds = 0 } = source ?? {};
  return {
    source: source && { startSeconds: rounded(startSeconds), endSeconds: rounded(endSeconds) },
    changes: first.map(({ what, at, from, to }) => ({ what, at: rounded(Math.max(0, at)), from, to })),
    moreChanges: count - first.length,
  };
}

/** A warning of the account. `count`: of the places that it is about. */
export function warning(code: string, message: string, count?: number): Warning {
  return count === undefined ? { code, message } : { code, message, count };
}

/** To the microsecond: all that times are known to. */
export function rounded(seconds: number): number {
  return Number(seconds.toFixed(6));
}

/** "3.25 s", "61.5 s". */
export function told(seconds: number): string {
  return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
}

/** Places that are named one by one. */
const TOLD = 3;

/** "0.50 s at 12.0 s and 3 more, 2.10 s together" */
export function placesText({ count, seconds, first }: Places): string {
  const named = first.slice(0, TOLD).map((place) => `${told(place.seconds)} at ${told(place.at)}`);
  const more = count > named.length ? ` and ${count - named.length} more, ${told(seconds)} together` : '';
  return named.join(', ') + more;
}
