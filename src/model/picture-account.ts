import {
  againstHeaders,
  cutEntries,
  entryMaker,
  formsAndExtent,
  placesText,
  rounded,
  told,
  warning,
} from './account-entries.js';
import { NO_PLACES, withPlace, type PicturesRead, type Place, type Places } from './account.js';
import type { Judged, Promised, TrackAccount } from './track-account.js';

/** A few frames. */
const FEW = 3;
/** Steps that a camera's clock makes now and then; of a few pictures, some. */
const EVEN_SHARE = 0.02;
const SOME_SHARE = 0.25;
const UNEVEN_SHARE = 0.05;

/** The account of a video track, and what of it is to be told. `published`: pictures from the title's 0 on. */
export function accountOfPictures(read: PicturesRead, published: number, promised: Promised): Judged {
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
    ...cutEntries(rate, promised),
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
    ...formsAndExtent(read.forms, promised),
  };
  // A source whose pictures come when something moves has long steps everywhere, as slides have; in another, one is a hole.
  const isEven = shown > FEW && uneven <= Math.min(Math.max(FEW, EVEN_SHARE * shown), SOME_SHARE * (shown - 1));
  const holes = without(gaps, promised.pauses);
  // The last picture may be a long one, and of a part the next one is not read.
  const lastShown = Math.max(0, Math.round((promised.endSeconds ?? 0) * rate) - stop);
  const mostDropped = Math.max(FEW, (isEven ? EVEN_SHARE / 2 : UNEVEN_SHARE) * frames);
  const warnings = [
    after < -FEW &&
      warning('pictures-lost', `the last ${told(seconds(-after))} of the video that was read are not in the title`),
    after > lastShown + held + FEW &&
      warning('pictures-doubled', `${after - lastShown - held} frames of the title were not read from the source`),
    isEven &&
      holes.count > 0 &&
      warning('pictures-missing', `frames are missing from the source: ${placesText(holes)}`, holes.count),
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

/** Places but those that are pauses. Only the first are known one by one. */
function without({ count, first, ...rest }: Places, pauses: readonly Place[]): Places {
  const holes = first.filter((place) => !pauses.includes(place));
  const others = count - first.length;
  if (others > 0) return { count: count - first.length + holes.length, first: holes, ...rest };
  return holes.reduce(withPlace, NO_PLACES);
}
