import type { ObjectClass } from '../../storage/storage.js';

/** The steps in which objects appear, each when the one before is confirmed: what is named comes before what names it. */
export const STEPS = [0, 1, 2] as const;

/** 0: segments and whatever else nothing has to be there for; 1: media playlists; 2: what players open. */
export function stepOf(kind: ObjectClass): (typeof STEPS)[number] {
  if (kind === 'multivariant-playlist' || kind === 'dash-manifest') return 2;
  return kind === 'media-playlist' || kind === 'live-playlist' ? 1 : 0;
}
