import type { Combing, VideoTrack } from '../../model/media.js';
import type { Deinterlacing, PicturePlan } from '../../model/plan.js';
import type { Capabilities } from '../../tools/capabilities.js';
import type { PlanNotes } from './notes.js';
import { requireFilter } from './require-feature.js';

/** What the user asked for: as the plan finds right, all pictures, none, or all with this field first. */
export type AskedDeinterlacing = 'auto' | 'on' | 'off' | 'tff' | 'bff';

type Chosen = Pick<PicturePlan, 'weave' | 'deinterlace'>;

/** So many pairs of pictures must have shown what is believed against the file's flags. */
const ENOUGH = 8;
/** … and where only a part of a title is combed. */
const ENOUGH_OF_PART = 4;
/** Of pictures that are combed so many must agree on the field that comes first. */
const AGREED = 0.9;
/** From this share of those that tell on, a track is combed throughout; from the lower one on in parts. */
const COMBED_SHARE = 0.5;
const PART_SHARE = 0.1;

/**
 * Decides which pictures are deinterlaced, and which field is first. The file's flags are believed, unless the pictures looked
 * at say clearly something else. `mayChange`: one programme may follow another in the track. Throws `tool-lacks-feature`.
 */
export function planDeinterlacing(
  track: VideoTrack,
  asked: AskedDeinterlacing,
  mayChange: boolean,
  capabilities: Capabilities,
  notes: PlanNotes,
): Chosen {
  const weave = track.scan.kind === 'fields';
  if (weave) {
    requireFilter(
      capabilities.filters,
      'tinterlace',
      'the source is coded field by field, and this FFmpeg cannot put fields together',
      'it',
    );
    notes.decide('fields', 'two make a frame', 'each coded frame of the source is one field');
  }
  const deinterlace = asked === 'auto' ? choose(track, mayChange, notes) : obey(track, asked, notes);
  if (deinterlace) {
    requireFilter(
      capabilities.filters,
      'bwdif',
      'the source is interlaced, and this FFmpeg cannot deinterlace it',
      'it',
    );
  }
  const isBlind = deinterlace?.pictures === 'combed' && !capabilities.filters.has('idet');
  return { weave, deinterlace: isBlind ? { parity: deinterlace.parity, pictures: 'all' } : deinterlace };
}

function obey(track: VideoTrack, asked: Exclude<AskedDeinterlacing, 'auto'>, notes: PlanNotes): Deinterlacing | null {
  const because = 'asked for with --deinterlace';
  if (asked === 'off') {
    notes.decide('deinterlacing', 'none', because);
    return null;
  }
  const seen = track.combing === null ? null : parityOf(track.combing);
  const stated = track.scan.kind === 'interlaced' ? track.scan.parity : null;
  const parity = asked === 'on' ? (seen ?? stated ?? 'tff') : asked;
  notes.decide('deinterlacing', `bwdif, ${first(parity)} field first`, because);
  return { parity, pictures: 'all' };
}

function choose(track: VideoTrack, mayChange: boolean, notes: PlanNotes): Deinterlacing | null {
  switch (track.scan.kind) {
    case 'fields':
      notes.decide('deinterlacing', 'bwdif, top field first', 'the source is interlaced; HLS is progressive');
      return { parity: 'tff', pictures: 'all' };
    case 'interlaced':
      return ofInterlaced(track.scan.parity, track.combing, notes);
    case 'progressive':
      return ofProgressive(track, mayChange, notes);
  }
}

function ofInterlaced(stated: 'tff' | 'bff', seen: Combing | null, notes: PlanNotes): Deinterlacing {
  const combed = seen === null ? 0 : seen.tff + seen.bff;
  if (seen && combed === 0 && seen.progressive >= ENOUGH) {
    notes.decide(
      'deinterlacing',
      'only frames that look combed',
      `the file says that it is interlaced, but each of the ${seen.progressive} frames looked at shows a single moment`,
    );
    return { parity: stated, pictures: 'combed' };
  }
  const shown = seen && combed >= ENOUGH ? parityOf(seen) : null;
  if (seen && shown !== null && shown !== stated) {
    const message = `the file says ${first(stated)} field first, but ${share(seen[shown], combed)} combed frames looked at show the ${first(shown)} field first, which is used (--deinterlace ${stated} for the other)`;
    notes.warn('field-order-wrong', message);
    notes.decide(
      'deinterlacing',
      `bwdif, ${first(shown)} field first`,
      'the frames look interlaced; HLS is progressive',
    );
    return { parity: shown, pictures: 'all' };
  }
  const reason = 'the source is interlaced; HLS is progressive';
  notes.decide('deinterlacing', `bwdif, ${first(stated)} field first`, reason);
  return { parity: stated, pictures: 'all' };
}

function ofProgressive({ combing, flags }: VideoTrack, mayChange: boolean, notes: PlanNotes): Deinterlacing | null {
  const combed = combing === null ? 0 : combing.tff + combing.bff;
  const parity = combing && parityOf(combing);
  const telling = combing === null ? 0 : combed + combing.progressive;
  if (parity !== null && combed >= ENOUGH && combed >= COMBED_SHARE * telling) {
    warnOfCombing(combed, telling, 'all are deinterlaced (--deinterlace off to leave them as they are)', notes);
    notes.decide('deinterlacing', `bwdif, ${first(parity)} field first`, 'the frames look interlaced; no flag says so');
    return { parity, pictures: 'all' };
  }
  if (parity !== null && combed >= ENOUGH_OF_PART && combed >= PART_SHARE * telling) {
    warnOfCombing(combed, telling, 'those that look so are deinterlaced (--deinterlace on for all)', notes);
    notes.decide('deinterlacing', 'only frames that look combed', 'part of the source is interlaced; no flag tells');
    return { parity, pictures: 'combed' };
  }
  const flagged = flags?.interlaced ?? 0;
  if (flagged === 0 && !mayChange) return null;
  if (flagged > 0) {
    const reason = `${flagged} of the ${flags?.pictures ?? 0} frames looked at are flagged as interlaced`;
    notes.decide('deinterlacing', 'only frames that are flagged', reason);
  }
  return { parity: 'auto', pictures: 'flagged' };
}

function warnOfCombing(combed: number, telling: number, done: string, notes: PlanNotes): void {
  const message = `no flag says that the source is interlaced, but ${share(combed, telling)} frames looked at are combed: ${done}`;
  notes.warn('combed-pictures', message);
}

function parityOf({ tff, bff }: Combing): 'tff' | 'bff' | null {
  if (tff + bff === 0 || Math.max(tff, bff) < AGREED * (tff + bff)) return null;
  return tff > bff ? 'tff' : 'bff';
}

function share(part: number, whole: number): string {
  return part === whole ? `all ${whole}` : `${part} of the ${whole}`;
}

function first(parity: 'tff' | 'bff'): 'top' | 'bottom' {
  return parity === 'tff' ? 'top' : 'bottom';
}
