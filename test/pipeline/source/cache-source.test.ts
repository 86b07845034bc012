import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { samplePlan, sampleSchedule } from '../../../fixtures/plan.js';
import type { Event } from '../../../src/model/events.js';
import type { EncodePlan } from '../../../src/model/plan.js';
import { audioOf, videoOf } from '../../../src/model/rendition.js';
import type { Schedule } from '../../../src/model/schedule.js';
import { keepOrFetch, type FetchWishes } from '../../../src/pipeline/source/cache-source.js';
import { BLOCK_BYTES } from '../../../src/storage/remote-file/block-run.js';
import { Blocks } from '../../../src/storage/remote-file/blocks.js';
import { memorySource, type MemorySource } from '../../storage/remote-file/memory-source.js';

const content = Buffer.alloc(3 * BLOCK_BYTES + 1000, 'movie');
/** More than any disk has on which this runs. */
const NO_DISK_BYTES = 2 ** 44;
const { signal } = new AbortController();
let folder = '';
let events: Event[];
let source: MemorySource;
let blocks: Blocks;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-source-'));
  events = [];
  open();
});
afterEach(async () => {
  await blocks.close();
  await rm(folder, { recursive: true, force: true });
});

function open(changes: Partial<MemorySource> = {}): void {
  source = memorySource(content, changes);
  blocks = new Blocks(source);
}

const plan: EncodePlan = { ...samplePlan('gs://media/movie.mp4'), prediction: { maxBytes: 1000, segments: 1 } };
const onePass: Schedule = { ...sampleSchedule(plan), passes: [['360p-00000001', '240p-00000001']] };
const silent: EncodePlan = { ...plan, renditions: videoOf(plan) };
const soundOnly: EncodePlan = { ...plan, renditions: audioOf(plan) };

function prepare(fetch: FetchWishes['fetch'], changes: Partial<FetchWishes> = {}, stop = signal): Promise<void> {
  const wishes = { plan, schedule: onePass, fetch, ...changes };
  return keepOrFetch(blocks, folder, wishes, { signal: stop, emit: (event) => void events.push(event) });
}

/** Whether what comes from now on is kept on disk. */
const isKept = (): boolean => existsSync(join(folder, 'source'));

describe('--fetch always', () => {
  test('brings all of it, says how far it is, and reads from the disk from then on', async () => {
    await prepare('always');
    expect(events[0]).toEqual({ type: 'stage', stage: 'fetch' });
    const fetched = events.filter((event) => event.type === 'fetch');
    expect(fetched.at(-1)).toMatchObject({ bytes: content.length, totalBytes: content.length });
    const asked = source.asked.length;
    expect((await blocks.read(0, content.length)).equals(content)).toBe(true);
    expect(source.asked).toHaveLength(asked);
  });

  test('goes on with what an earlier run has left', async () => {
    await blocks.cacheIn(folder);
    await blocks.read(0, 2 * BLOCK_BYTES);
    await blocks.close();
    open();
    await prepare('always');
    // A block that was read ahead may be there as well.
    expect(Math.min(...source.asked.map(([start]) => start))).toBeGreaterThanOrEqual(2 * BLOCK_BYTES);
    expect((await blocks.read(0, content.length)).equals(content)).toBe(true);
  });

  test('is refused where it does not fit, before anything is fetched', async () => {
    open({ bytes: NO_DISK_BYTES });
    await expect(prepare('always')).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining('gs://media/movie.mp4'),
    });
    expect(source.asked).toEqual([]);
  });

  test('fails with what the source fails with, or is given up for', async () => {
    source.break(new Error('no network'));
    await expect(prepare('always')).rejects.toThrow('no network');
    await expect(prepare('always', {}, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  test('does not take other bytes than the server has', async () => {
    open({ crc32c: 'AAAAAA==' });
    await expect(prepare('always')).rejects.toMatchObject({ code: 'storage-checksum' });
    expect(blocks.hasWrongBytes).toBe(true);
  });

  test('has nothing to do for what is on this disk already', async () => {
    open({ isLocal: true });
    await prepare('always');
    expect(isKept()).toBe(false);
    expect(events).toEqual([]);
  });
});

describe('--fetch auto', () => {
  test('fetches nothing in advance, and keeps what comes where several read it', async () => {
    await prepare('auto');
    expect(events).toEqual([]);
    expect(source.asked).toEqual([]);
    expect(isKept()).toBe(true);
  });

  const passes = [['360p-00000001'], ['240p-00000001']];
  test.each<[string, boolean, Partial<FetchWishes>]>([
    ['one pass of all rungs', false, { plan: silent }],
    ['two passes', true, { plan: silent, schedule: { ...onePass, passes } }],
    ['each rung by itself', true, { plan: silent, schedule: { ...onePass, mode: 'per-rung' } }],
    ['sound alone', false, { plan: soundOnly, schedule: { ...onePass, passes: [] } }],
    ['rungs and sound', true, {}],
  ])('%s: kept %s', async (_, kept, wishes) => {
    await prepare('auto', wishes);
    expect(isKept()).toBe(kept);
  });

  test('keeps nothing where there is no room for it and the title', async () => {
    open({ bytes: NO_DISK_BYTES });
    await prepare('auto');
    expect(isKept()).toBe(false);
    open();
    const large = {
      ...plan,
      source: { ...plan.source, bytes: NO_DISK_BYTES },
      prediction: { maxBytes: NO_DISK_BYTES, segments: 1 },
    };
    await prepare('auto', { plan: large });
    expect(isKept()).toBe(false);
  });
});

test('--fetch never does nothing', async () => {
  await prepare('never');
  expect(isKept()).toBe(false);
  expect(events).toEqual([]);
});
