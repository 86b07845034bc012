import type { TrackRead } from './account.js';
import { accountOfPictures } from './picture-account.js';
import { accountOfSound } from './sound-account.js';
import type { Judged, Promised } from './track-account.js';

/** `units`: pictures, or samples, that were published from the title's 0 on. */
export function accountOf(read: TrackRead, published: number, promised: Promised): Judged {
  switch (read.kind) {
    case 'video':
      return accountOfPictures(read, published, promised);
    case 'audio':
      return accountOfSound(read, published, promised);
  }
}
