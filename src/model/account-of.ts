import type { TrackRead } from './account.js';
import { accountOfPictures } from './picture-account.js';
import { accountOfSound } from './sound-account.js';
import type { Judged, Promised } from './track-account.js';

/** The account of a track, and what of it is to be told. `published`: pictures, or samples, from the title's 0 on. */
export function accountOf(read: TrackRead, published: number, promised: Promised): Judged {
  switch (read.kind) {
    case 'video':
      return accountOfPictures(read, published, promised);
    case 'audio':
      return accountOfSound(read, published, promised);
  }
}
