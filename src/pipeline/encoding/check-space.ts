import { MediactlError } from '../../errors.js';
import { diskSize } from '../../errors/disk.js';
import type { Missing } from '../../model/encode-job.js';
import type { EncodePlan } from '../../model/plan.js';
import { printable } from '../../model/text.js';
import { likelyBytes } from '../../stages/plan/prediction.js';
import { freeBytes } from '../../tools/space.js';

/**
 * Throws `disk-full` before anything is encoded when what is missing of the title will not fit. An estimate from
 * caps and headers (`most`: no more bytes are on disk at once): it stops the hopeless, the rest is caught when the disk really is full.
 */
export async function checkSpace(
  plan: EncodePlan,
  { doneSeconds }: Pick<Missing, 'doneSeconds'>,
  folder: string,
  most = Infinity,
): Promise<void> {
  const { maxBytes } = plan.prediction;
  const { expectedSeconds } = plan.timeline;
  if (maxBytes === null || expectedSeconds === null || expectedSeconds === 0) return;
  const done = Object.values(doneSeconds).reduce((sum, seconds) => sum + Math.min(1, seconds / expectedSeconds), 0);
  const wanted = Math.min(most, likelyBytes(plan) * (1 - done / Math.max(1, plan.renditions.length)));
  const free = await freeBytes(folder);
  if (free >= wanted) return;
  throw new MediactlError('disk-full', 'there is not enough space for this title', {
    reason: `it needs about ${diskSize(wanted)}, at most ${diskSize(maxBytes)}; ${diskSize(free)} free at ${printable(folder)}`,
    hint: 'free some space, choose another disk with -o, or make fewer rungs with --only',
  });
}
