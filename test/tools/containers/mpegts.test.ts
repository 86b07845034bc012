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
    expect([rational(24_000, 1001), rational(48_000)].map((rate) => mpegts.timescale(rate))).toEqual([90_000, 90_000]);
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

  test('fills up a segment too short to be recognised, and leaves any other alone', async () => {
    const [short, long] = [path.join(folder, 'short.ts'), path.join(folder, 'long.ts')];
    await fs.writeFile(short, Buffer.alloc(3 * 188, 0x47));
    await fs.writeFile(long, Buffer.alloc(17 * 188, 0x47));
    for (const file of [short, long]) await mpegts.close?.(file);
    const bytes = await read('short.ts');
    expect(bytes.length).toBe(16 * 188);
    expect(bytes.readUInt32BE(3 * 188)).toBe(0x471f_ff10);
    expect((await read('long.ts')).length).toBe(17 * 188);
  });
});
