import { MediactlError } from '../errors.js';
import type { SourceIdentity } from '../model/media.js';
import { printable } from '../model/text.js';
import { identify } from '../stages/probe/identity.js';

/** Throws MediactlError source-changed when the file is no longer the one that was probed. */
export async function checkSameSource(source: SourceIdentity): Promise<void> {
  const now = await identify(source.absolutePath).catch(() => null);
  if (now?.fingerprint === source.fingerprint && now.modifiedMs === source.modifiedMs) return;
  throw new MediactlError('source-changed', `${printable(source.path)} changed while it was encoded`, {
    reason: 'its size, time or content is not what it was at the start',
    hint: 'wait until nothing writes to it any more, then run the same command again',
  });
}
