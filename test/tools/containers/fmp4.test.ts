import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cmafPlan, cutStream, pick } from '../../../fixtures/cut-streams.js';
import { MediactlError } from '../../../src/errors.js';
import { parseRational, rational } from '../../../src/model/rational.js';
import type { Rendition } from '../../../src/model/rendition.js';
import { closeSegment, type ClosedFile } from '../../../src/stages/encode/close-segment.js';
import { measureSegment } from '../../../src/stages/encode/measure.js';
import { fmp4 } from '../../../src/tools/containers/fmp4.js';
import { readFragments } from '../../../src/tools/mp4/fragments.js';

let folder = '';
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-fmp4-'));
});
afterAll(async () => fs.rm(folder, { recursive: true, force: true }));

/** All segments of a rendition as the encode stage leaves them. */
async function closedSegments(
  plan: ReturnType<typeof cmafPlan>,
  rendition: Rendition,
  name: string,
  options: Parameters<typeof cutStream>[3] = {},
): Promise<ClosedFile[]> {
  const own = path.join(folder, name);
  const closed = [];
  for (const file of await cutStream(plan, [rendition], own, options)) {
    const one = await closeSegment(plan, rendition, own, file, 0, null);
    if (one) closed.push(one);
  }
  return closed;
}

test.each([
  ['24000/1001', 24_000],
  ['25', 12_800],
  ['60000/1001', 60_000],
  ['1199/50', 19_184],
])('at %s fps a second has %i ticks: a whole number for each frame', (text, ticks) => {
  const rate = parseRational(text) ?? rational(1);
  expect(fmp4.timescale('video', rate)).toBe(ticks);
  expect((ticks * rate.den) % rate.num).toBe(0);
});

describe('a rung', () => {
  const plan = cmafPlan('cmaf');
  const rung = pick(plan, 'video', 'fmp4');

  test('begins each segment exactly on the grid, and each GOP with a fragment', async () => {
    const closed = await closedSegments(plan, rung, 'video');
    const measured = closed.map((file) => measureSegment(plan, rung, file));
    expect(measured.map(({ segment }) => segment.start)).toEqual([0, 48_048, 96_096]);
    expect(measured.map(({ segment }) => segment.frames)).toEqual([48, 48, 24]);
    expect(measured.map(({ full }) => full)).toEqual([true, true, false]);
    expect(measured[1]?.segment.keyframes.map(({ time }) => time)).toEqual([48_048, 72_072]);
    expect(measured[0]?.codecs).toMatch(/^avc1\.6400[0-9A-F]{2}$/);
    // Numbers go on through the title.
    const sequences = closed.map(({ bytes }) =>
      readFragments(bytes).map(({ start }) => bytes.readUInt32BE(start + 20)),
    );
    expect(sequences).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('has I-frames that go from a fragment’s head to the end of its first picture', async () => {
    const [first] = await closedSegments(plan, rung, 'iframes', { seconds: 2.002 });
    const { segment } = measureSegment(plan, rung, first ?? expect.fail('no segment'));
    for (const { offset, bytes } of segment.keyframes) {
      const range = first?.bytes.subarray(offset, offset + bytes);
      expect(range?.toString('latin1', 4, 8)).toBe('moof');
      const mdat = range?.readUInt32BE(0) ?? 0;
      expect(range?.toString('latin1', mdat + 4, mdat + 8)).toBe('mdat');
      // One picture, an IDR (NAL unit type 5), fills it; its parameters are in the init.
      const length = range?.readUInt32BE(mdat + 8) ?? 0;
      expect((range?.[mdat + 12] ?? 0) & 0x1f).toBe(5);
      expect(mdat + 12 + length).toBe(bytes);
    }
  });

  test('gives the same segments, and the same init, wherever a span begins', async () => {
    const whole = await closedSegments(plan, rung, 'whole');
    const span = await closedSegments(plan, rung, 'span', { first: 1 });
    expect(span.map(({ index }) => index)).toEqual([1, 2]);
    for (const [i, { init, index }] of span.entries()) {
      expect(init).toEqual(whole[0]?.init);
      const { segment } = measureSegment(plan, rung, span[i] ?? expect.fail());
      expect(segment.start).toBe(index * 48_048);
    }
    const text = whole[0]?.init?.toString('latin1') ?? '';
    expect(text).not.toMatch(/Lav[fc]|x264|udta|elst|btrt/);
    expect(text.slice(4, 32)).toMatch(/^ftypiso6.*cmfccmf2/s);
  });
});

describe('sound', () => {
  const plan = cmafPlan('cmaf');
  const audio = pick(plan, 'audio', 'fmp4');

  test('begins at 0 without the encoder’s priming, and goes on without a gap, in later spans too', async () => {
    const closed = await closedSegments(plan, audio, 'audio');
    const measured = closed.map((file) => measureSegment(plan, audio, file).segment);
    let due = 0;
    for (const { start, frames } of measured) {
      expect(start).toBe(due);
      due += frames * 1024;
    }
    expect(measured[0]?.frames).toBe(Math.ceil((2.002 * 44_100) / 1024));
    const [, later] = await closedSegments(plan, audio, 'audio-span', { first: 1 });
    expect(measureSegment(plan, audio, later ?? expect.fail()).segment.start).toBe(measured[2]?.start);
    expect(fmp4.scan(closed[0]?.bytes ?? Buffer.alloc(0), closed[0]?.init ?? null, 0).audio?.codecs).toBe('mp4a.40.2');
  });
});

test('silence, whose frames FFmpeg writes as so many of one size, is read like other sound', async () => {
  const plan = cmafPlan('cmaf');
  const audio = pick(plan, 'audio', 'fmp4');
  const frames = async (name: string, isSilent: boolean): Promise<number[]> =>
    (await closedSegments(plan, audio, name, { isSilent })).map(
      (file) => measureSegment(plan, audio, file).segment.frames,
    );
  expect(await frames('silence', true)).toEqual(await frames('tone', false));
});

test('MPEG-TS and CMAF from one encode are those of an encode each', async () => {
  const both = cmafPlan('hls,cmaf');
  for (const kind of ['video', 'audio'] as const) {
    const renditions = both.renditions.filter((one) => one.kind === kind);
    const files = await cutStream(both, renditions, path.join(folder, `${kind}, both`));
    expect(files).toHaveLength(3);
    for (const rendition of renditions) {
      const alone = await cutStream(both, [rendition], path.join(folder, `${kind}, alone`));
      for (const file of alone) {
        const [one, other] = ['both', 'alone'].map((how) => path.join(folder, `${kind}, ${how}`, rendition.id, file));
        expect(await fs.readFile(one ?? '')).toEqual(await fs.readFile(other ?? ''));
      }
    }
  }
});

test('bytes that are not sound are an error, and nothing else', async () => {
  const plan = cmafPlan('cmaf');
  const rung = pick(plan, 'video', 'fmp4');
  const [file] = await closedSegments(plan, rung, 'hostile', { seconds: 1 });
  const { bytes, init } = file ?? expect.fail();
  const whole = init ?? expect.fail();
  const place = { index: 0, carry: 0, endsChunk: false, fragments: 2, frameTicks: 1001 };
  const outcomes = new Set<string>();
  const attempt = (work: () => unknown): void => {
    try {
      work();
      outcomes.add('read');
    } catch (error) {
      outcomes.add(error instanceof MediactlError ? error.code : String(error));
    }
  };
  // The head of the first fragment, and of the init: all that is not media data.
  const head = (readFragments(bytes)[0]?.data ?? 0) + 8;
  for (const value of [0x00, 0x01, 0x7f, 0xff]) {
    for (let at = 0; at < head; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = value;
      attempt(() => fmp4.scan(changed, whole, 0));
      attempt(() => fmp4.close(Buffer.concat([whole, changed]), place));
    }
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = value;
      attempt(() => fmp4.scan(bytes, changed, 0));
      attempt(() => fmp4.close(Buffer.concat([changed, bytes]), place));
    }
  }
  for (let length = 0; length < head; length++) attempt(() => fmp4.scan(bytes.subarray(0, length), whole, 0));
  for (let length = 0; length < whole.length; length++) attempt(() => fmp4.scan(bytes, whole.subarray(0, length), 0));
  expect([...outcomes].toSorted()).toEqual(['encode-failed', 'read']);
});

test('a file without a frame is empty, though it has a header', async () => {
  const plan = cmafPlan('cmaf');
  const [file] = await closedSegments(plan, pick(plan, 'audio', 'fmp4'), 'empty', { seconds: 1 });
  expect(fmp4.isEmpty(Buffer.alloc(0))).toBe(true);
  expect(fmp4.isEmpty(file?.init ?? expect.fail())).toBe(true);
  expect(fmp4.isEmpty(file?.bytes ?? expect.fail())).toBe(false);
});

test('two segments become one, which says once what it is', async () => {
  const plan = cmafPlan('cmaf');
  const rung = pick(plan, 'video', 'fmp4');
  const [first, second] = await closedSegments(plan, rung, 'join', { seconds: 2.5 });
  const joined = fmp4.join(first?.bytes ?? expect.fail(), second?.bytes ?? expect.fail());
  expect(joined.toString('latin1').split('styp')).toHaveLength(2);
  expect(fmp4.scan(joined, first?.init ?? null, 0).video).toMatchObject({ frames: 60, first: 0 });
});
