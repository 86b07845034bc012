import { MediactlError } from '../../errors.js';
import { asWriteError, diskSize } from '../../errors/disk.js';
import type { EncodePlan } from '../../model/plan.js';
import { audioOf, videoOf } from '../../model/rendition.js';
import type { Schedule } from '../../model/schedule.js';
import type { WorkSettings } from '../../model/settings.js';
import { printable } from '../../model/text.js';
import { likelyBytes } from '../../stages/plan/prediction.js';
import { BLOCK_BYTES } from '../../storage/remote-file/block-run.js';
import { type Blocks } from '../../storage/remote-file/blocks.js';
import type { RunContext } from '../../tools/run-context.js';
import { freeBytes } from '../../tools/space.js';

/**
 * `--fetch`: always: brings a remote source whole into the working folder, and checks it; an interrupted fetch goes on.
 * auto: keeps there what comes, when more than one process reads it and there is room for that. never: does nothing.
 * Throws MediactlError disk-full, storage-…, source-changed.
 */
export async function keepOrFetch(
  blocks: Blocks,
  folder: string,
  { plan, schedule, fetch }: FetchWishes,
  { signal, emit }: Pick<RunContext, 'signal' | 'emit'>,
): Promise<void> {
  if (fetch === 'never' || blocks.source.isLocal || (fetch === 'auto' && readings(plan, schedule) < 2)) return;
  const free = await freeBytes(folder);
  // What an earlier run has left takes room already.
  const copy = await blocks.cacheIn(folder).catch((error: unknown) => {
    throw asWriteError(error, folder);
  });
  const wanted = blocks.source.bytes - copy.bytes;
  if (fetch === 'auto') {
    if (free < wanted + likelyBytes(plan) + RESERVE) await blocks.keepNothing();
    return;
  }
  if (free < wanted) throw noRoom(blocks, folder, wanted, free);
  emit({ type: 'stage', stage: 'fetch' });
  await fetchAll(blocks, signal, emit);
}

/** How often the source will be read, and what was asked for. */
export interface FetchWishes {
  readonly plan: EncodePlan;
  readonly schedule: Schedule;
  readonly fetch: WorkSettings['fetch'];
}

/** Left to others on the same disk. */
const RESERVE = 256 * 1024 * 1024;
const EVERY_MS = 250;

async function fetchAll(blocks: Blocks, signal: AbortSignal, emit: RunContext['emit']): Promise<void> {
  const began = performance.now();
  let first: number | null = null;
  let saidMs = Number.NEGATIVE_INFINITY;
  const say = (bytes: number): void => {
    first ??= Math.max(0, bytes - BLOCK_BYTES);
    const seconds = (performance.now() - began) / 1000;
    const bytesPerSecond = seconds > 0.5 ? Math.round((bytes - first) / seconds) : null;
    emit({ type: 'fetch', bytes, totalBytes: blocks.source.bytes, bytesPerSecond });
  };
  await blocks.fetchAll(signal, (bytes) => {
    if (performance.now() - saidMs < EVERY_MS) return;
    saidMs = performance.now();
    say(bytes);
  });
  say(blocks.source.bytes);
}

/** How often the source is read from one end to the other. */
function readings(plan: EncodePlan, { mode, passes }: Schedule): number {
  return (mode === 'per-rung' ? videoOf(plan).length : passes.length) + audioOf(plan).length;
}

function noRoom({ source }: Blocks, folder: string, wanted: number, free: number): MediactlError {
  return new MediactlError('disk-full', `there is not enough space to fetch ${printable(source.name)}`, {
    reason: `it needs ${diskSize(wanted)} more; ${diskSize(free)} are free at ${printable(folder)}`,
    hint: 'free some space, or use --fetch auto, which reads it part by part',
  });
}
