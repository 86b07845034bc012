import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audioSegments, OFFSET_TICKS, videoSegments } from '../../../fixtures/segments.js';
import { rational } from '../../../src/model/rational.js';
import { mpegts } from '../../../src/tools/containers/mpegts.js';

let folder = '';
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'mediactl-mpegts-'));
});
afterAll(async () => fs.rm(folder, { recursive: true, force: true }));

const read = async (name: string): Promise<Buffer> => fs.readFile(path.join(folder, name));

describe('MPEG-TS as a container', () => {
  test('has one timescale, and no initialization segment', () => {
    expect(mpegts).toMatchObject({ extension: 'ts', init: null });
    expect(mpegts.timescale('video', rational(24_000, 1001))).toBe(90_000);
    expect(mpegts.timescale('audio', rational(48_000))).toBe(90_000);
  });

  test('gives times that went round the 33-bit clock as they would be without it', async () => {
    // 2^33 ticks are 95443.7 s: the second segment begins after the wrap.
    const shift = 95_441.2;
    const base = { size: '160x90', rate: '24', gop: 24, seconds: 4, segmentSeconds: 2, shift };
    await videoSegments(path.join(folder, 'wrap'), base);
    const zero = Math.round(shift * 90_000) + OFFSET_TICKS;
    for (const [index, file] of ['wrap/00000.ts', 'wrap/00001.ts'].entries()) {
      const start = zero + index * 180_000;
      const { video, audio } = mpegts.scan(await read(file), null, start);
      expect(audio).toBeNull();
      expect(video).toMatchObject({ frames: 48, first: start, codecs: expect.stringMatching(/^avc1\./) });
      expect(video?.keyframes.map(({ time }) => time)).toEqual([start, start + 90_000]);
    }
  });

  test('says what audio holds', async () => {
    await audioSegments(path.join(folder, 'audio'), { seconds: 1, segmentSeconds: 9, sampleRate: 48_000 });
    const { video, audio } = mpegts.scan(await read('audio/00000.ts'), null, OFFSET_TICKS);
    expect(video).toBeNull();
    // The encoder's priming is a frame before 0.
    expect(audio).toEqual({ frames: 48, first: OFFSET_TICKS - 1920, codecs: 'mp4a.40.2' });
  });

  test('fills up a segment too short to be recognised, and no other', async () => {
    const recipe = { seconds: 1, segmentSeconds: 9, sampleRate: 48_000 };
    await audioSegments(path.join(folder, 'long'), recipe);
    await audioSegments(path.join(folder, 'short'), { ...recipe, seconds: 0.1 });
    const [short, long] = [await read('short/00000.ts'), await read('long/00000.ts')];
    const before = short.length / 188;
    expect(before).toBeLessThan(16);
    const place = { index: 0, carry: 0, endsChunk: false, fragments: 1, frameTicks: 1920 };
    const closed = mpegts.close(short, place);
    expect(closed).toMatchObject({ bytes: { length: 16 * 188 }, carry: before - 3 });
    expect(closed.bytes.readUInt32BE(before * 188)).toBe(0x471f_ff10);
    expect(mpegts.close(long, place).bytes.includes(Buffer.from([0x47, 0x1f, 0xff, 0x10]))).toBe(false);
  });
});
