import {
  againstHeaders,
  cutEntries,
  entryMaker,
  formsAndExtent,
  HEADER_SECONDS,
  HEADER_SHARE,
  placesText,
  rounded,
  told,
  warning,
} from './account-entries.js';
import type { Places, SoundRead } from './account.js';
import type { Judged, Promised, TrackAccount } from './track-account.js';

/** Of sound against picture. Seconds. */
const IN_STEP = 0.04;

/** The account of an audio track, and what of it is to be told. `published`: samples from the title's 0 on. */
export function accountOfSound(read: SoundRead, published: number, promised: Promised): Judged {
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
    ...cutEntries(rate, promised),
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
    ...formsAndExtent(read.forms, promised),
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
