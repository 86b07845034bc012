import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { samplePlan } from '../../../fixtures/plan.js';
import { segmentsPerChunk } from '../../../src/model/chunk.js';
import type { EncodePlan } from '../../../src/model/plan.js';
import type { Rendition } from '../../../src/model/rendition.js';
import { findMissing } from '../../../src/pipeline/encoding/missing.js';
import { openJournal } from '../../../src/pipeline/work/journal.js';

/** Two rungs in chunks of two segments, and sound in chunks of eight. */

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'missing-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const seekable = samplePlan('a.mp4');
const streamed: EncodePlan = { ...seekable, input: { ...seekable.input, seekable: false } };
const [top, low, audio] = [seekable.renditions[0]!, seekable.renditions[1]!, seekable.renditions[2]!];

/** Records segments `first` up to `end` as one chunk. */
async function record({ id }: Rendition, first: number, end: number, ended = false): Promise<void> {
  const journal = openJournal(folder, null);
  await mkdir(join(folder, id), { recursive: true });
  for (let index = first; index < end; index++) {
    const file = `${String(index).padStart(5, '0')}.ts`;
    await writeFile(join(folder, id, file), 'x');
    const duration = seekable.grid.segmentSeconds;
    const keyframes = [{ offset: 0, bytes: 1, time: 0 }];
    await journal.append(first, { rendition: id, index, file, bytes: 1, start: 0, duration, frames: 48, keyframes });
  }
  await journal.endChunk(id, { first, segments: end, ended, codecs: null });
  await journal.close();
}

async function find(plan: EncodePlan): Promise<{ spans: string[]; done: number[] }> {
  const { spans, doneSeconds } = await findMissing(plan, openJournal(folder, null));
  return {
    spans: spans.map(({ rendition, first, end }) => `${rendition.name} ${first}–${end ?? ''}`),
    done: plan.renditions.map(({ id }) => Math.round(doneSeconds[id] ?? -1)),
  };
}

test('of a title that nobody began all is missing', async () => {
  for (const plan of [seekable, streamed]) {
    expect(await find(plan)).toEqual({ spans: ['360p 0–', '240p 0–', 'audio-en 0–'], done: [0, 0, 0] });
  }
});

test('each rendition by itself, gaps included', async () => {
  await record(top, 0, 2);
  await record(top, 4, 6);
  await record(low, 2, 4);
  await record(low, 4, 5, true);
  await record(audio, 0, 8);
  expect(await find(seekable)).toEqual({
    spans: ['360p 2–4', '360p 6–', '240p 0–2', 'audio-en 8–'],
    done: [8, 6, 16],
  });
});

test('what is whole is not made again', async () => {
  await record(top, 0, 2, true);
  await record(low, 0, 2, true);
  expect((await find(seekable)).spans).toEqual(['audio-en 0–']);
  expect((await find(streamed)).spans).toEqual(['audio-en 0–']);
});

test('the rungs of a source that cannot be sought go on together, where the one furthest behind must', async () => {
  for (const first of [0, 2, 4]) await record(top, first, first + 2);
  for (const first of [0, 2]) await record(low, first, first + 2);
  const expected = { spans: ['360p 4–', '240p 4–', 'audio-en 0–'], done: [8, 8, 0] };
  expect(await find(streamed)).toEqual(expected);
  // And again after the next interruption.
  expect(await find(streamed)).toEqual(expected);
  await record(top, 4, 6);
  await record(low, 4, 6);
  expect((await find(streamed)).spans).toEqual(['360p 6–', '240p 6–', 'audio-en 0–']);
});

test('but a rung that is whole is left alone', async () => {
  for (const first of [0, 2, 4]) await record(top, first, first + 2, first === 4);
  await record(low, 0, 2);
  expect(await find(streamed)).toEqual({ spans: ['240p 2–', 'audio-en 0–'], done: [12, 4, 0] });
});

test('sound of such a source is one chunk, whole or not at all', async () => {
  await record(audio, 0, 8);
  expect(segmentsPerChunk(streamed, audio)).toBe(Infinity);
  expect((await find(streamed)).spans.at(-1)).toBe('audio-en 0–');
  await record(audio, 0, 9, true);
  expect((await find(streamed)).spans).toEqual(['360p 0–', '240p 0–']);
});
