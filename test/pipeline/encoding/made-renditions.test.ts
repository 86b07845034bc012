import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleSite } from '../../../fixtures/encode-site.js';
import { samplePlan } from '../../../fixtures/plan.js';
import { rational } from '../../../src/model/rational.js';
import type { Rendition } from '../../../src/model/rendition.js';
import { folderDelivery } from '../../../src/pipeline/delivery/folder-delivery.js';
import { createAudioGate } from '../../../src/pipeline/encoding/audio-gate.js';
import { openDamage } from '../../../src/pipeline/encoding/damage.js';
import { deliverStaged } from '../../../src/pipeline/encoding/deliver-segments.js';
import {
  lastSegment,
  readTotals,
  titleLength,
  videoLength,
  videoMade,
} from '../../../src/pipeline/encoding/made-renditions.js';
import { findMissing } from '../../../src/pipeline/encoding/missing.js';
import { openJournal, type Journal } from '../../../src/pipeline/work/journal.js';

/** Two rungs in chunks of two segments, and sound in chunks of eight; all frames are those of the journals. */

const plan = samplePlan('a.mp4');
const [top, low, audio] = [plan.renditions[0]!, plan.renditions[1]!, plan.renditions[2]!];

let folder = '';
let journal: Journal;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'made-renditions-'));
  journal = openJournal(folder, null);
});
afterEach(async () => {
  await journal.close();
  await rm(folder, { recursive: true, force: true });
});

/** Segments from `first` on of so many frames, as one chunk. */
async function record(rendition: Rendition, first: number, frames: readonly number[], ended = false): Promise<void> {
  const { id, timescale, kind } = rendition;
  await mkdir(join(folder, id), { recursive: true });
  for (const [i, count] of frames.entries()) {
    const index = first + i;
    const file = `${String(index).padStart(5, '0')}.ts`;
    await writeFile(join(folder, id, file), 'x');
    const start = 7 + Math.round(index * 2.002 * timescale);
    const keyframes = kind === 'video' ? [{ offset: 0, bytes: 1, time: start }] : [];
    const duration = plan.grid.segmentSeconds;
    await journal.append(first, { rendition: id, index, file, bytes: 1, start, duration, frames: count, keyframes });
  }
  const codecs = kind === 'video' ? 'avc1.64001e' : null;
  await journal.endChunk(id, { first, segments: first + frames.length, ended, codecs });
}

async function made(): Promise<Record<string, number>> {
  return Object.fromEntries(
    await videoMade({ plan, missing: await findMissing(plan, journal), audioEnd: null }, journal),
  );
}

test('how much of each rung is made from the start, without a gap', async () => {
  expect(await made()).toEqual({ [top.id]: 0, [low.id]: 0 });
  await record(top, 0, [48, 48]);
  await record(low, 2, [48, 48]);
  expect(await made()).toEqual({ [top.id]: 2, [low.id]: 0 });
  await record(top, 2, [48, 20], true);
  expect(await made()).toEqual({ [top.id]: 4, [low.id]: 0 });
});

test('a title is as long as its pictures; one without, as its longest sound', async () => {
  await record(top, 0, [48, 20], true);
  await record(audio, 0, [94, 94, 94], true);
  expect(await videoLength(plan, journal, top.id)).toEqual({ segments: 2, length: rational(68 * 1001, 24_000) });
  expect(await titleLength(plan, journal)).toEqual(rational(68 * 1001, 24_000));
  expect(await titleLength({ ...plan, renditions: [audio] }, journal)).toEqual(rational(282 * 1024, 48_000));
  expect(await titleLength({ ...plan, renditions: [] }, journal)).toEqual(rational(0));
});

test('what journals say of each rendition', async () => {
  await record(top, 0, [48, 20], true);
  expect(await lastSegment(journal, low.id)).toBeNull();
  await record(low, 0, [48], true);
  await record(audio, 0, [94], true);
  expect((await lastSegment(journal, top.id))?.index).toBe(1);
  const { codecs, made: renditions } = await readTotals(plan, journal);
  expect([...codecs]).toEqual([
    [top.id, 'avc1.64001e'],
    [low.id, 'avc1.64001e'],
  ]);
  expect(renditions.get(top.id)).toMatchObject({ frames: 68, start: 7 });
  expect(renditions.get(low.id)).toMatchObject({ frames: 48, start: 7 });
});

test('of what an earlier run has staged, audio goes only as far as it is certain to stay', async () => {
  await record(top, 0, [48, 48]);
  await record(low, 0, [48, 48]);
  await record(audio, 0, [94, 94, 94, 94, 94, 94, 94, 94]);
  const brought: string[] = [];
  const delivery = {
    ...folderDelivery(folder, join(folder, 'title')),
    take: async (path: string) => void brought.push(path),
  };
  const output = { journal, delivery, damage: await openDamage(folder, plan.source) };
  const gate = createAudioGate(new Map([top, low].map(({ id }) => [id, 0])));
  await deliverStaged({ plan, site: sampleSite(plan, folder), output, gate });
  const of = ({ id }: Rendition): string[] => brought.filter((path) => path.startsWith(id));
  expect(of(top)).toEqual(['00000.ts', '00001.ts'].map((file) => `${top.id}/${file}`));
  expect(of(low)).toHaveLength(2);
  expect(of(audio)).toEqual([`${audio.id}/00000.ts`]);
  expect(gate.rest().map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
