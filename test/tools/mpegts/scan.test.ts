import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audioSegments, OFFSET_TICKS, probePackets, videoSegments } from '../../../fixtures/segments.js';
import { MediactlError } from '../../../src/errors.js';
import { scanTransportStream } from '../../../src/tools/mpegts/scan.js';

const run = promisify(execFile);
let folder = '';

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mpegts-'));
  const base = { size: '160x90', rate: '24', gop: 24, seconds: 5, segmentSeconds: 2 };
  await videoSegments(path.join(folder, 'video'), base);
  await videoSegments(path.join(folder, 'ntsc'), { ...base, rate: '30000/1001', gop: 15, segmentSeconds: 1.001 });
  await audioSegments(path.join(folder, 'audio'), { seconds: 5, segmentSeconds: 2, sampleRate: 44_100 });
});
afterAll(() => fs.rm(folder, { recursive: true, force: true }));

const read = (...names: string[]): Promise<Buffer> => fs.readFile(path.join(folder, ...names));

describe('video', () => {
  test.each(['video/00000.ts', 'video/00001.ts', 'video/00002.ts', 'ntsc/00000.ts', 'ntsc/00003.ts'])(
    '%s: frames, times and IDRs are what ffprobe finds',
    async (file) => {
      const packets = await probePackets(path.join(folder, file));
      const { video, audio } = scanTransportStream(await read(file));
      expect(audio).toBeNull();
      expect(video?.frames).toBe(packets.length);
      expect(video?.firstPts).toBe(Math.min(...packets.map((p) => p.pts)));
      expect(video?.lastPts).toBe(Math.max(...packets.map((p) => p.pts)));
      const keys = packets.filter((p) => p.key);
      expect(video?.keyframes.map((k) => [k.pts, k.offset])).toEqual(keys.map((p) => [p.pts, p.pos]));
    },
  );

  test('time 0 is 1.4 s on the wire and a GOP is exact', async () => {
    const { video } = scanTransportStream(await read('ntsc/00000.ts'));
    expect(video?.keyframes.map((k) => k.pts)).toEqual([OFFSET_TICKS, OFFSET_TICKS + 45_045]);
    expect(video?.frames).toBe(30);
  });

  test('codec string is profile, constraints and level of the SPS', async () => {
    const base = { size: '160x90', rate: '10', gop: 10, seconds: 1, segmentSeconds: 9 };
    await videoSegments(path.join(folder, 'high'), { ...base, options: ['-profile:v', 'high', '-level', '4.0'] });
    await videoSegments(path.join(folder, 'main'), { ...base, options: ['-profile:v', 'main', '-level', '3.1'] });
    await videoSegments(path.join(folder, 'base'), { ...base, options: ['-profile:v', 'baseline', '-level', '1.3'] });
    const codecs = async (name: string): Promise<unknown> =>
      scanTransportStream(await read(name, '00000.ts')).video?.codecs;
    expect(await codecs('high')).toBe('avc1.640028');
    expect(await codecs('main')).toBe('avc1.4D401F');
    expect(await codecs('base')).toBe('avc1.42C00D');
  });

  test('the byte range of an IDR is that picture alone and decodes after the tables at the start', async () => {
    const bytes = await read('video/00000.ts');
    const { video } = scanTransportStream(bytes);
    const [first, second] = video?.keyframes ?? [];
    for (const key of [first, second]) {
      if (!key) throw new Error('two IDRs expected');
      const range = bytes.subarray(key.offset, key.offset + key.bytes);
      const pids = new Set<number>();
      for (let at = 0; at < range.length; at += 188) pids.add(range.readUInt16BE(at + 1) & 0x1fff);
      expect([...pids]).toEqual([0x100]);
      const file = path.join(folder, 'idr.ts');
      await fs.writeFile(file, Buffer.concat([bytes.subarray(0, first?.offset), range]));
      const { stdout } = await run('ffprobe', [
        ...['-v', 'error', '-count_frames', '-show_entries', 'stream=nb_read_frames', '-of', 'csv=p=0', file],
      ]);
      expect(stdout.trim()).toMatch(/^1\b/);
    }
  });

  test('times that wrap at 33 bits keep their order', async () => {
    // 2^33 ticks are 95443.7 s; with 1.4 s of offset the wrap falls into this clip.
    const shift = 95_441.2;
    const base = { size: '160x90', rate: '24', gop: 24, seconds: 3, segmentSeconds: 9, shift };
    await videoSegments(path.join(folder, 'wrap'), base);
    const { video } = scanTransportStream(await read('wrap/00000.ts'));
    expect(video?.firstPts).toBe(Math.round((shift + 1.4) * 90_000));
    expect(video?.lastPts).toBe(Math.round((shift + 1.4 + 71 / 24) * 90_000) - 2 ** 33);
    expect(video?.frames).toBe(72);
  });

  test('an I picture that is no IDR is no keyframe, and pictures shown before it count', async () => {
    const base = { size: '160x90', rate: '24', gop: 12, seconds: 2, segmentSeconds: 0.5 };
    const files = await videoSegments(path.join(folder, 'open'), { ...base, options: ['-x264-params', 'open-gop=1'] });
    expect(files.length).toBeGreaterThan(1);
    const { video } = scanTransportStream(await read('open/00001.ts'));
    const packets = await probePackets(path.join(folder, 'open/00001.ts'));
    expect(video?.keyframes).toEqual([]);
    expect(video?.firstPts).toBe(Math.min(...packets.map((p) => p.pts)));
    expect(video?.firstPts).toBeLessThan(packets[0]?.pts ?? 0);
  });
});

describe('audio', () => {
  test('frames and first time are what ffprobe finds', async () => {
    let frames = 0;
    for (const file of ['00000.ts', '00001.ts', '00002.ts']) {
      const packets = await probePackets(path.join(folder, 'audio', file));
      const scan = scanTransportStream(await read('audio', file));
      expect(scan).toMatchObject({
        video: null,
        audio: { frames: packets.length, firstPts: packets[0]?.pts, sampleRate: 44_100, codecs: 'mp4a.40.2' },
      });
      frames += packets.length;
    }
    // 5 s of samples and one frame of priming.
    expect(frames).toBe(Math.ceil((5 * 44_100) / 1024) + 1);
  });
});

describe('bytes that are no sound segment', () => {
  const reason = (bytes: Uint8Array): string => {
    try {
      scanTransportStream(bytes);
    } catch (error) {
      if (error instanceof MediactlError && error.code === 'encode-failed') return error.reason ?? '';
      throw error;
    }
    return 'accepted';
  };
  const patched = (bytes: Buffer, patch: (copy: Buffer) => void): Buffer => {
    const copy = Buffer.from(bytes);
    patch(copy);
    return copy;
  };
  const without = (bytes: Buffer, packet: number): Buffer =>
    Buffer.concat([bytes.subarray(0, packet * 188), bytes.subarray((packet + 1) * 188)]);

  test('empty, cut in a packet, not a transport stream', async () => {
    const video = await read('video/00000.ts');
    expect(reason(Buffer.alloc(0))).toBe('it is empty');
    expect(reason(video.subarray(0, -1))).toBe('its last packet has 187 of 188 bytes');
    expect(reason(Buffer.alloc(188 * 3, 'text'))).toBe('no sync byte at 0');
    expect(reason(patched(video, (copy) => copy.writeUInt8(0, 188 * 7)))).toBe('no sync byte at 1316');
    expect(reason(patched(video, (copy) => copy.writeUInt8(0xc1, 188 * 7 + 1)))).toContain('marked as damaged');
    expect(reason(patched(video, (copy) => copy.writeUInt8(0xd0, 188 * 7 + 3)))).toContain('scrambled');
  });

  test('no tables, or late ones', async () => {
    const video = await read('video/00000.ts');
    // FFmpeg begins with SDT, PAT, PMT.
    expect(reason(video.subarray(188 * 3, 188 * 5))).toContain('before the program tables');
    expect(reason(without(video, 1))).toContain('before the program tables');
    expect(reason(video.subarray(0, 188))).toBe('it has no PAT');
    expect(reason(video.subarray(0, 188 * 2))).toBe('it has no PMT');
    expect(reason(video.subarray(0, 188 * 3))).toBe('it lists a video stream and has no picture');
    expect(reason(patched(video, (copy) => copy.writeUInt8(0x24, 188 * 2 + 17)))).toContain('has type 0x24');
  });

  test('missing packets are counted', async () => {
    const video = await read('video/00000.ts');
    const gaps = without(without(video, 20), 10);
    expect(reason(gaps)).toBe('packets are missing: 2 gaps in the continuity counters');
  });

  test('a segment that starts in the middle of a picture', async () => {
    const video = await read('video/00000.ts');
    expect(reason(without(video, 3))).toBe('it starts in the middle of a picture');
  });

  test('audio that is cut off at a packet', async () => {
    const audio = await read('audio/00000.ts');
    expect(reason(audio.subarray(0, -188))).toBe('its audio is cut off');
  });

  test('audio whose frames do not follow each other', async () => {
    const audio = await read('audio/00000.ts');
    const starts = audio.indexOf(Buffer.from([0xff, 0xf1]));
    const size = ((audio.readUInt8(starts + 3) & 3) << 11) | (audio.readUInt8(starts + 4) << 3);
    expect(reason(patched(audio, (copy) => copy.writeUInt8((size >> 3) + 1, starts + 4)))).toMatch(/^audio frame 1 /);
  });
});
