import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audioTrack, stagedTitle, stream, tinyRungs, titlePlan } from '../../../fixtures/title.js';
import type { Segment } from '../../../src/model/artifact.js';
import { rational, toNumber } from '../../../src/model/rational.js';
import { packageTitle, type Package, type PackageInput } from '../../../src/stages/package/package.js';
import { checkTitle } from '../../../src/stages/verify/check-title.js';

let root = '';
beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'package-'));
});
afterAll(() => fs.rm(root, { recursive: true, force: true }));

const read = (...names: string[]): Promise<string> => fs.readFile(path.join(root, ...names), 'utf8');

describe('a real title of two rungs and two languages', () => {
  const [high, low] = tinyRungs();
  const en = audioTrack();
  const fr = audioTrack({
    id: 'audio-fr-00000002',
    name: 'audio-fr',
    language: 'fr',
    label: 'Français',
    isDefault: false,
  });
  let input: PackageInput;
  let result: Package;

  beforeAll(async () => {
    if (!high || !low) throw new Error('two rungs');
    input = await stagedTitle(path.join(root, 'av'), { seconds: 5, rungs: [high, low], audio: [en, fr] });
    result = await packageTitle(input);
  });

  test('passes the deep check', async () => {
    expect(await checkTitle(path.join(root, 'av'), 'master.m3u8', { deep: true })).toEqual([]);
  });

  test('media playlist, word for word', async () => {
    // 120 frames at 24000/1001 in segments of 48.
    expect(await read('av', '240p-00000001', 'index.m3u8')).toBe(
      [
        '#EXTM3U',
        '#EXT-X-VERSION:3',
        '#EXT-X-TARGETDURATION:2',
        '#EXT-X-MEDIA-SEQUENCE:0',
        '#EXT-X-PLAYLIST-TYPE:VOD',
        '#EXT-X-INDEPENDENT-SEGMENTS',
        ...['#EXTINF:2.002000,', '00000.ts', '#EXTINF:2.002000,', '00001.ts', '#EXTINF:1.001000,', '00002.ts'],
        '#EXT-X-ENDLIST',
        '',
      ].join('\n'),
    );
  });

  test('I-frame playlist: every IDR by its bytes, until the next one', async () => {
    const text = await read('av', '360p-00000001', 'iframes.m3u8');
    expect(text.split('\n').slice(0, 7)).toEqual([
      '#EXTM3U',
      '#EXT-X-VERSION:4',
      '#EXT-X-TARGETDURATION:2',
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-PLAYLIST-TYPE:VOD',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-I-FRAMES-ONLY',
    ]);
    const ranges: string[] = [];
    for await (const segment of input.segments('360p-00000001')) {
      for (const { bytes, offset } of segment.keyframes) {
        ranges.push('#EXTINF:1.001000,', `#EXT-X-BYTERANGE:${bytes}@${offset}`, segment.file);
      }
    }
    expect(ranges).toHaveLength(5 * 3);
    expect(text.split('\n').slice(7)).toEqual([...ranges, '#EXT-X-ENDLIST', '']);
  });

  test('figures are those of the files', async () => {
    const folder = path.join(root, 'av', '360p-00000001');
    const sizes = await Promise.all(
      ['00000.ts', '00001.ts', '00002.ts'].map(async (f) => (await fs.stat(path.join(folder, f))).size),
    );
    const [a = 0, b = 0, c = 0] = sizes;
    const measure = result.renditions.find((rendition) => rendition.id === '360p-00000001');
    expect(measure).toMatchObject({ name: '360p', kind: 'video', segments: 3, frames: 120, bytes: a + b + c });
    expect(measure?.duration).toEqual(rational(120 * 1001, 24_000));
    expect(measure?.longestSegmentSeconds).toBe(2.002);
    expect(measure?.averageBitrate).toBe(Math.ceil(((a + b + c) * 8) / 5.005));
    expect(measure?.peakBitrate).toBe(
      Math.ceil(Math.max((a * 8) / 2.002, (b * 8) / 2.002, (c * 8) / 1.001, ((b + c) * 8) / 3.003) - 1e-6),
    );
    expect(measure?.iframes?.count).toBe(5);
    expect(measure?.codecs).toMatch(/^avc1\.64[0-9A-F]{4}$/);
    const audio = result.renditions.find((rendition) => rendition.id === en.id);
    expect(audio?.iframes).toBeNull();
    expect(toNumber(audio?.duration ?? rational(0))).toBeCloseTo(5, 1);
  });

  test('manifests come in the order in which they may be published, with their sizes', async () => {
    expect(result.manifests.map((artifact) => artifact.class)).toEqual([
      ...Array<string>(6).fill('media-playlist'),
      'multivariant-playlist',
    ]);
    for (const { file, path: name, bytes } of result.manifests) {
      expect(file).toBe(path.join(root, 'av', name));
      expect((await fs.stat(file)).size).toBe(bytes);
    }
    const files = (await fs.readdir(path.join(root, 'av'), { recursive: true })).filter((name) => name.includes('.m'));
    expect(files.sort()).toEqual(result.manifests.map((artifact) => artifact.path).sort());
  });

  test('the multivariant playlist promises the video peak and the dearest audio peak', async () => {
    const peak = (id: string): number => result.renditions.find((r) => r.id === id)?.peakBitrate ?? 0;
    const text = await read('av', 'master.m3u8');
    const sound = Math.max(peak(en.id), peak(fr.id));
    expect(text).toContain(`BANDWIDTH=${peak('360p-00000001') + sound},`);
    expect(text).toContain(`BANDWIDTH=${peak('240p-00000001') + sound},`);
    expect(text.match(/NAME="[^"]*"/g)).toEqual(['NAME="English"', 'NAME="Français"']);
    // Decoding is two frames ahead of 24000/1001 a second, in ticks of 90 kHz.
    expect(text).toMatch(/^#EXT-X-START:TIME-OFFSET=0\.0834\d\d,PRECISE=NO$/m);
  });

  test('is written the same again, and leaves nothing temporary', async () => {
    const before = await read('av', 'master.m3u8');
    await packageTitle(input);
    expect(await read('av', 'master.m3u8')).toBe(before);
  });
});

test('sound alone', async () => {
  const input = await stagedTitle(path.join(root, 'sound'), { seconds: 3, audio: [audioTrack({ language: 'und' })] });
  const { renditions, warnings } = await packageTitle(input);
  expect(renditions).toHaveLength(1);
  expect(warnings).toEqual([]);
  expect(await checkTitle(path.join(root, 'sound'), 'master.m3u8', { deep: true })).toEqual([]);
});

test('a title shorter than a segment: the target duration is the grid’s, the peak its own', async () => {
  const rungs = tinyRungs().slice(1);
  const input = await stagedTitle(path.join(root, 'second'), { seconds: 0.4, rungs });
  const { renditions } = await packageTitle(input);
  expect(await read('second', '240p-00000001', 'index.m3u8')).toContain('#EXT-X-TARGETDURATION:2\n');
  expect(renditions[0]?.peakBitrate).toBe(renditions[0]?.averageBitrate);
  expect(await checkTitle(path.join(root, 'second'), 'master.m3u8', { deep: true })).toEqual([]);
});

describe('segments that do not fit', () => {
  const [high, low] = tinyRungs();
  const segment = (rendition: string, index: number, changes: Partial<Segment> = {}): Segment => ({
    rendition,
    index,
    file: `0000${index}.ts`,
    bytes: 188 * 100,
    frames: 48,
    start: index * 180_180,
    duration: rational(2002, 1000),
    keyframes: [{ offset: 564, bytes: 1880, time: index * 180_180 }],
    ...changes,
  });
  const pack = async (name: string, lists: readonly (readonly Segment[])[]): Promise<Package> => {
    if (!high || !low) throw new Error('two rungs');
    const folder = path.join(root, name);
    const rungs = [high, low];
    for (const rung of rungs) await fs.mkdir(path.join(folder, rung.id), { recursive: true });
    const codecs = new Map(rungs.map((rung) => [rung.id, 'avc1.640028']));
    const segments = (id: string): AsyncIterable<Segment> =>
      stream(lists[rungs.findIndex((rung) => rung.id === id)] ?? []);
    return packageTitle({ plan: titlePlan({ rungs }), folder, segments, codecs });
  };
  const whole = [segment('a', 0), segment('a', 1)];

  test.each([
    ['gap', [whole, [segment('b', 0), segment('b', 2)]], 'segment 1 of 240p is missing'],
    ['empty', [whole, []], '240p has no segment'],
    ['shorter', [whole, [segment('b', 0)]], 'the rungs do not have the same length'],
    [
      'cut',
      [whole, [segment('b', 0), segment('b', 1, { duration: rational(1) })]],
      'the rungs do not have the same length',
    ],
    [
      'no-idr',
      [whole, [segment('b', 0), segment('b', 1, { keyframes: [] })]],
      'segment 1 of 240p does not begin with a keyframe',
    ],
    [
      'long',
      [whole, [segment('b', 0), segment('b', 1, { duration: rational(5, 2) })]],
      'segment 1 of 240p is too long',
    ],
  ])('%s', async (name, lists, message) => {
    await expect(pack(name, lists)).rejects.toMatchObject({
      code: 'grid-broken',
      message: expect.stringContaining(message) as unknown,
    });
    const left = await fs.readdir(path.join(root, name), { recursive: true });
    expect(left.filter((file) => file.endsWith('.part') || file === 'master.m3u8')).toEqual([]);
  });
});

test('a peak far over the average is said of rungs that asked for an average, and only in titles of some length', async () => {
  const [rung] = tinyRungs();
  if (!rung) throw new Error('a rung');
  const pack = async (name: string, mode: 'abr' | 'crf', count: number): Promise<readonly string[]> => {
    const rate =
      mode === 'abr'
        ? ({ mode, bitrate: 1, maxBitrate: 1, bufferBits: 1 } as const)
        : ({ mode, crf: 23, maxBitrate: 1, bufferBits: 1 } as const);
    const plan = titlePlan({ rungs: [{ ...rung, rate }] });
    const folder = path.join(root, name);
    await fs.mkdir(path.join(folder, rung.id), { recursive: true });
    const segments = Array.from({ length: count }, (_, index) => ({
      rendition: rung.id,
      index,
      file: `${index}.ts`,
      bytes: index === 1 ? 90_000 : 9_000,
      frames: 48,
      start: index * 180_000,
      duration: rational(2),
      keyframes: [{ offset: 0, bytes: 1, time: index * 180_000 }],
    }));
    const codecs = new Map([[rung.id, 'avc1.640028']]);
    const { warnings } = await packageTitle({ plan, folder, segments: () => stream(segments), codecs });
    return warnings.map((warning) => warning.code);
  };
  expect(await pack('abr', 'abr', 8)).toEqual(['peak-over-average']);
  expect(await pack('crf', 'crf', 8)).toEqual([]);
  expect(await pack('short', 'abr', 4)).toEqual([]);
});

test('memory does not grow with the number of segments', async () => {
  const [rung] = tinyRungs();
  if (!rung) throw new Error('a rung');
  const folder = path.join(root, 'long');
  await fs.mkdir(path.join(folder, rung.id), { recursive: true });
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc') as () => void;
  const heaps: number[] = [];
  const count = 20_000;
  async function* segments(): AsyncGenerator<Segment> {
    for (let index = 0; index < count; index++) {
      if (index % 6000 === 1000) {
        gc();
        heaps.push(process.memoryUsage().heapUsed);
      }
      const keyframes = Array.from({ length: 30 }, (_, i) => ({
        offset: 564 + i * 1880,
        bytes: 1880,
        time: index * 180_180 + i * 18_018,
      }));
      yield {
        rendition: 'x',
        index,
        file: `${String(index).padStart(5, '0')}.ts`,
        bytes: 500_000 + index,
        frames: 144,
        start: index * 180_180,
        duration: rational(2002, 1000),
        keyframes,
      };
    }
  }
  const codecs = new Map([[rung.id, 'avc1.640028']]);
  const { manifests, renditions } = await packageTitle({
    plan: titlePlan({ rungs: [rung] }),
    folder,
    segments,
    codecs,
  });
  expect(manifests).toHaveLength(3);
  expect(renditions[0]?.duration).toEqual(rational(2002 * count, 1000));
  const [early = 0, late = 0] = [heaps[0], heaps[3]];
  expect((late - early) / 18_000).toBeLessThan(50);
});
