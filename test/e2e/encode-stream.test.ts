import { readdir, readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { samplePlan } from '../../fixtures/plan.js';
import type { EncodePlan } from '../../src/model/plan.js';
import { videoOf } from '../../src/model/rendition.js';
import type { EncodeItem } from '../../src/stages/encode/encode-item.js';
import { collect, useEncodings } from '../stages/encode/encodings.js';
import { isAlive } from '../support/alive.js';
import { timeOfEncodes } from '../support/pace.js';

/** Sources that cannot be sought: one decoder, and fresh encoders for each chunk. Four segments: 48, 48, 48, 32 frames. */

const made = useEncodings();
let source: string;
beforeEach(async () => {
  source = await clip('film7');
});

/** The rungs of a title whose chunks have so many segments. */
function plan(segmentsPerChunk: number): EncodePlan {
  const base = samplePlan(source);
  const { grid, input } = base;
  return {
    ...base,
    grid: { ...grid, segmentsPerChunk },
    input: { ...input, seekable: false },
    renditions: videoOf(base),
  };
}

async function leavesNothing(): Promise<void> {
  expect(made.ffmpegs()).toEqual([]);
  expect((await readdir(made.path('a'))).filter((name) => name.startsWith('parts'))).toEqual([]);
}

test.each([
  ['in the first chunk', 6, ['0–4 end']],
  ['with the last segment of the first chunk', 4, ['0–4 end']],
  ['in a later chunk', 3, ['0–3', '3–4 end']],
])('ends where the source does, %s', async (_, length, expected) => {
  const { chunks, segments } = await collect(made.request(plan(length), 'a'));
  const [top, low] = ['360p', '240p'].map((name) =>
    chunks
      .filter(({ rendition }) => rendition.name === name)
      .map(({ first, segments: end, ended }) => `${first}–${end}${ended ? ' end' : ''}`),
  );
  expect([top, low]).toEqual([expected, expected]);
  expect(segments.map(({ frames }) => frames)).toEqual([48, 48, 48, 48, 48, 48, 32, 32]);
  await leavesNothing();
});

test('the decoder, far ahead of an encoder, waits for the chunk after the next', async () => {
  await collect(made.request(plan(1), 'whole'));
  const ffmpeg = await made.ffmpegAfter(
    `if [[ "$*" == *240p*00000.pipe* && "$*" != *segment_format' 'rawvideo* ]]; then`,
    `  ffmpeg "$@"; code=$?; sleep ${timeOfEncodes(4) / 1000}; exit $code`,
    'fi',
  );
  await collect(made.request(plan(1), 'a', { ffmpeg }));
  expect(await made.bytesIn('a')).toEqual(await made.bytesIn('whole'));
});

describe('what fails', () => {
  test('is the decoder: what its encoders make of the rest is not the end of the title', async () => {
    const ffmpeg = await made.ffmpegAfter(
      `if [[ "$*" == *segment_format' 'rawvideo* ]]; then`,
      // All encoders come to an end, as at the end of a source, before it is seen that the decoder fell.
      `  ffmpeg -t 5 "$@"; sleep ${timeOfEncodes(4) / 1000}; exit 9`,
      'fi',
    );
    const items: EncodeItem[] = [];
    await expect(collect(made.request(plan(2), 'a', { ffmpeg }), (item) => items.push(item))).rejects.toMatchObject({
      message: 'FFmpeg failed: decode',
    });
    const chunks = items.flatMap((item) => (item.kind === 'chunk' ? [`${item.first}–${item.segments}`] : []));
    expect(chunks).toEqual(['0–2', '0–2']);
    const last = items.flatMap((item) => (item.kind === 'segment' ? [item.segment.index] : []));
    expect(Math.max(...last)).toBeLessThan(2);
    await leavesNothing();
  });

  test('is an encoder of a later chunk: it is named, and nothing is left', async () => {
    const ffmpeg = await made.ffmpegAfter(
      `[[ "$*" == *-i' 'file:*240p*00001.pipe* ]] && { echo '[error] no more' >&2; exit 3; }`,
    );
    const run = collect(made.request(plan(2), 'a', { ffmpeg }));
    await expect(run).rejects.toMatchObject({ message: 'FFmpeg failed: encode 240p', detail: ['no more'] });
    await leavesNothing();
  });
});

test('aborted while encoders wait at their pipes, it leaves no process', async () => {
  const pid = made.path('pid');
  const ffmpeg = await made.ffmpegAfter(
    `if [[ "$*" == *segment_format' 'rawvideo* ]]; then echo $$ > '${pid}'; exec sleep 1000; fi`,
  );
  const controller = new AbortController();
  const run = collect(made.request(plan(2), 'a', { ffmpeg, signal: controller.signal }));
  await vi.waitFor(async () => expect(await readFile(pid, 'utf8')).toMatch(/\n/), timeOfEncodes(100));
  await vi.waitFor(() => expect(made.ffmpegs().length).toBe(4), timeOfEncodes(100));
  controller.abort(new Error('enough'));
  await expect(run).rejects.toThrow('enough');
  expect(isAlive(Number(await readFile(pid, 'utf8')))).toBe(false);
  await leavesNothing();
});
