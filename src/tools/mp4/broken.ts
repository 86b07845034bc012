import { MediactlError } from '../../errors.js';

/** The error for bytes that are not a sound fragmented MP4; `reason` completes "… because …". */
export function broken(reason: string): MediactlError {
  return new MediactlError('encode-failed', 'a segment is not a sound fragmented MP4', { reason });
}
