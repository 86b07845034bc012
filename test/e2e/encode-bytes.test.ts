import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { sampleAudio, samplePlan, sampleSchedule } from '../../fixtures/plan.js';
import type { EncodeJob } from '../../src/model/encode-job.js';
import type { EncodePlan } from '../../src/model/plan.js';
import { rational } from '../../src/model/rational.js';
import { videoOf } from '../../src/model/rendition.js';
import { collect, useEncodings } from '../stages/encode/encodings.js';

const made = useEncodings();
let source: string;
beforeEach(async () => {
  source = await clip('film7');
});

/** A segment is a function of source, plan and index, however it comes about. */

test('makes one segment of the last whole one and a tail that is short enough', async () => {
  const base = samplePlan(source);
  const withTail = (frames: number): EncodePlan => {
    const tail = { index: 3, longest: rational(frames * 1001, 24_000) };
    return { ...base, grid: { ...base.grid, tail } };
  };
  const made32 = await collect(made.request(withTail(32), 'joined', { audioEnd: rational(176 * 1001, 24_000) }));
  const segments = (id: string) => made32.segments.filter(({ rendition }) => rendition === id);
  expect(segments('240p-00000001').map(({ frames }) => frames)).toEqual([48, 48, 80]);
  expect(segments('240p-00000001').at(-1)?.keyframes).toHaveLength(4);
  expect(segments('audio-en-00000001')).toHaveLength(3);
  expect(made32.chunks.map(({ segments: end, ended }) => [end, ended])).toContainEqual([3, true]);
  const { length } = await readFile(join(made.path('joined'), '240p-00000001', '00002.ts'));
  expect(segments('240p-00000001').at(-1)?.bytes).toBe(length);

  const { segments: apart } = await collect(
    made.request(withTail(31), 'apart', { audioEnd: rational(176 * 1001, 24_000) }),
  );
  expect(apart.filter(({ rendition }) => rendition === '240p-00000001').map(({ frames }) => frames)).toEqual([
    48, 48, 48, 32,
  ]);
  expect(apart.filter(({ rendition }) => rendition === 'audio-en-00000001')).toHaveLength(4);
});

test('goes on as ever where the title turns out longer than its tail', async () => {
  const base = samplePlan(source, { renditions: videoOf(samplePlan(source)).slice(1) });
  await collect(made.request(base, 'plain'));
  const tail = { index: 1, longest: rational(12 * 1001, 24_000) };
  await collect(made.request({ ...base, grid: { ...base.grid, tail } }, 'longer'));
  expect(await made.bytesIn('longer')).toEqual(await made.bytesIn('plain'));
});

test('makes the same bytes in every mode, however many chunks are made side by side', async () => {
  const plan = samplePlan(source);
  await collect(made.request(plan, 'whole'));
  const expected = await made.bytesIn('whole');
  expect(Object.keys(expected)).toHaveLength(12);
  const ways = [
    ['shared', 3],
    ['per-rung', 1],
    ['single-process', 3],
  ] as const;
  for (const [mode, chunksAtOnce] of ways) {
    const schedule = { ...sampleSchedule(plan, mode), chunksAtOnce, chunksAtFirst: chunksAtOnce };
    await collect(made.request(plan, mode, { schedule }));
    expect(await made.bytesIn(mode)).toEqual(expected);
  }
});

test('makes the same bytes when it makes one rung, one chunk or the end alone', async () => {
  const plan = samplePlan(source, { prediction: { maxBytes: null, segments: 4 } });
  await collect(made.request(plan, 'whole'));
  const expected = await made.bytesIn('whole');
  const [top, low] = videoOf(plan);
  if (!top || !low) return expect.unreachable();
  const spans = [
    { rendition: low, first: 0, end: 2 },
    { rendition: top, first: 2, end: null },
  ];
  const { chunks } = await collect(made.request(plan, 'part', { spans }));
  expect(chunks.map(({ rendition, ended }) => [rendition.name, ended]).toSorted()).toEqual([
    ['240p', false],
    ['360p', true],
  ]);
  const part = await made.bytesIn('part');
  expect(Object.keys(part)).toEqual([
    `${low.id}/00000.ts`,
    `${low.id}/00001.ts`,
    `${top.id}/00002.ts`,
    `${top.id}/00003.ts`,
  ]);
  expect(expected).toMatchObject(part);
});

test('does a job that has been through JSON, span by span, with the same bytes', async () => {
  const plan = samplePlan(source, { prediction: { maxBytes: null, segments: 4 } });
  const whole = made.request(plan, 'whole');
  await collect(whole);
  for (const span of whole.job.missing.spans) {
    const text = JSON.stringify({ ...whole.job, missing: { spans: [span], doneSeconds: {} } });
    const job: unknown = JSON.parse(text);
    await collect({ ...made.request(plan, 'elsewhere'), job: job as EncodeJob });
  }
  expect(await made.bytesIn('elsewhere')).toEqual(await made.bytesIn('whole'));
});

test('hands the chunks of a source that cannot be sought from one decoder to fresh encoders', async () => {
  const base = samplePlan(source);
  const plan = { ...base, input: { ...base.input, seekable: false } };
  const { commands } = await collect(made.request(plan, 'whole'));
  expect(commands.filter((label) => label === 'decode')).toHaveLength(1);
  expect(commands.filter((label) => label === 'encode 360p').length).toBeGreaterThanOrEqual(2);
  const expected = await made.bytesIn('whole');
  expect(Object.keys(expected)).toHaveLength(12);
  const spans = videoOf(plan).map((rendition) => ({ rendition, first: 2, end: null }));
  await collect(made.request(plan, 'later', { spans }));
  const later = await made.bytesIn('later');
  expect(Object.keys(later)).toHaveLength(4);
  expect(expected).toMatchObject(later);
});

test('gives no warning of its own making, however many chunks a sound has', async () => {
  const warnings: string[] = [];
  const note = ({ name }: Error): unknown => warnings.push(name);
  process.on('warning', note);
  const base = samplePlan(source, { picture: null, renditions: [sampleAudio()] });
  const grid = { ...base.grid, frameRate: null, framesPerSegment: null, framesPerGop: null, segmentsPerChunk: 1 };
  const plan = { ...base, grid: { ...grid, segmentSeconds: rational(1, 8) } };
  const { chunks, segments } = await collect(made.request(plan, 'a'));
  process.off('warning', note);
  expect(chunks.length).toBeGreaterThan(10);
  expect(segments.map(({ index }) => index)).toEqual(segments.map((_, i) => i));
  expect(warnings).toEqual([]);
});
