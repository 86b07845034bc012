import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip, CLIPS, type ClipName } from '../../fixtures/clips.js';
import { colorAt } from '../support/ffprobe.js';
import { syncMarks } from '../support/sync-marks.js';
import { runMediactl } from './run.js';
import type { SeenTitle } from './seen-title.js';
import { brokenRules, seeTitle } from './title-rules.js';

/** Every kind of file through the real program; what comes out is looked at by ffprobe, FFmpeg and plain reading. */

interface Expected {
  /** Frames a second of every rung; null for sound alone. */
  readonly rate: string | null;
  /** Rungs, descending. */
  readonly sizes?: string;
  /** Of every rung; a second figure where FFmpeg versions differ. */
  readonly frames?: number | readonly [number, number];
  /** Matrix the rungs are tagged with. */
  readonly matrix?: 'bt709' | 'smpte170m' | 'bt470bg';
  /** LANGUAGE NAME of each rendition, the default one with a star. A single sound without picture has no such line. */
  readonly sound?: readonly string[];
  /** Codes of the warnings; with any of DAMAGE the title is "damaged". */
  readonly warnings?: readonly string[];
  /** Red, lime, blue, white in the four quarters, each component off by at most this much. */
  readonly corners?: number;
  /** Every component of the middle of the picture, 0 … 255: least and most. */
  readonly grey?: readonly [number, number];
  /** When the picture turns white and when a beep begins, seconds. */
  readonly flashes?: readonly number[];
  readonly beeps?: readonly number[];
  /** A third rung above the source, so that one is made at its own size. */
  readonly tall?: true;
  /** The source has fields; what comes out must have none. */
  readonly fields?: true;
}

const SMALL = '320x180 160x90';
const UPRIGHT = { rate: '25', sizes: '180x320 90x160', frames: 50, sound: ['und Audio*'], corners: 12 };
const FIELDS = {
  rate: '25',
  sizes: '352x288 220x180 110x90',
  frames: 50,
  matrix: 'bt470bg',
  tall: true,
  fields: true,
} as const;
const ONE_TO_THREE = { flashes: [1, 2, 3], beeps: [1, 2, 3] };

const TITLES: Partial<Record<ClipName, Expected>> = {
  film24: { rate: '24000/1001', sizes: SMALL, frames: 72, sound: ['und Audio*'] },
  ntsc30: { rate: '30000/1001', sizes: SMALL, frames: 90 },
  fps5994: { rate: '60000/1001', sizes: SMALL, frames: 180 },
  fps120: { rate: '60', sizes: SMALL, frames: 60, sound: [] },
  fps100: { sound: [], rate: '50', frames: 50 },
  fps1: { rate: '1', frames: 5 },
  fps73: { rate: '73/10', frames: 30 },
  odd13: { sound: [], rate: '13', frames: 26 },
  vfrPhone: { rate: '30', frames: [117, 119] },
  vfrScreen: { rate: '15', sizes: '240x180 120x90', frames: [75, 76], flashes: [1, 2, 3, 4], beeps: [1, 2, 3, 4] },
  oneFrame: { rate: '25', frames: 1, sound: [] },
  short04: { rate: '25', frames: 10 },
  onePicture: { rate: '25', frames: 100 },

  portrait: { rate: '25', sizes: '180x320 90x160', frames: 50 },
  rotated90: UPRIGHT,
  rotated180: UPRIGHT,
  rotated270: UPRIGHT,
  mirrored: UPRIGHT,
  mirroredRotated: UPRIGHT,
  interlacedTffMpeg2: FIELDS,
  interlacedBffMpeg2: FIELDS,
  interlacedTffH264: FIELDS,
  interlacedDvNtsc: {
    rate: '30000/1001',
    sizes: SMALL,
    frames: 15,
    matrix: 'smpte170m',
  },
  anamorphic: { sound: [], rate: '25', sizes: '512x288 320x180 160x90', tall: true, frames: 50 },
  odd444: { sound: [], rate: '25', tall: true, sizes: '320x240 240x180 120x90', frames: 25 },
  rgbLossless: { sound: [], rate: '25', sizes: SMALL, matrix: 'bt709', corners: 12 },
  sdr10: { sound: [], rate: '25', sizes: SMALL, frames: 50 },
  sdr12: { sound: [], rate: '25', sizes: SMALL, frames: 25 },
  // Pure BT.2020 colours, brighter than any display: they may lose brightness, not their place.
  hdr10: { rate: '25', sizes: SMALL, frames: 50, matrix: 'bt709', corners: 60 },
  hlg: { rate: '25', sizes: SMALL, frames: 50, matrix: 'bt709', corners: 60 },
  wideGamut: { sound: [], rate: '25', sizes: SMALL, matrix: 'bt709', corners: 12 },
  // BT.2408's diffuse white belongs a little below the white of SDR; untouched it would be 148 and 191.
  greyPq: { rate: '25', sound: [], matrix: 'bt709', grey: [216, 230] },
  greyHlg: { rate: '25', sound: [], matrix: 'bt709', grey: [216, 230] },
  greyFull: { rate: '25', sound: [], matrix: 'bt709', grey: [222, 226] },
  fullRange: { sound: [], rate: '25', sizes: SMALL, corners: 12 },
  bt601: { sound: [], rate: '30000/1001', sizes: '240x180 120x90', frames: 30, matrix: 'smpte170m', corners: 12 },
  gif: { sound: [], rate: '10', sizes: '160x120 120x90', frames: 10, matrix: 'bt709' },

  languages: { rate: '25', frames: [100, 104], sound: ['en Original*', 'fr Français', 'ja 日本語'] },
  commentary: { rate: '25', frames: 75, sound: ['en English*', 'en Director'] },
  loud51: { rate: null, sound: [] },
  audioLonger: { rate: '25', frames: 100, flashes: [1], beeps: [1, 2, 3] },
  audioShorter: { rate: '25', frames: 100, flashes: [1, 2, 3], beeps: [1] },
  audioLate: { rate: '25', frames: 100, ...ONE_TO_THREE },
  videoLate: { rate: '25', frames: [100, 102], flashes: [1.02, 2.02, 3.02], beeps: [1.02, 2.02, 3.02] },
  noAudio: { rate: '25', frames: 75, sound: [] },
  silentTail: { rate: '25', frames: 53 },
  audioOnly: { rate: null, sound: [] },
  soundLanguages: { rate: null, sound: ['en English*', 'de Deutsch'] },
  coverMp3: { rate: null, sound: [] },
  coverM4a: { rate: null, sound: [] },

  twoVideos: { rate: '25', sizes: SMALL, frames: 50 },
  audioFirst: { rate: '25', sizes: SMALL, frames: 50 },
  timecode: { rate: '25', frames: 50 },
  editList: { rate: '25', frames: [62, 63], flashes: [0.5, 1.5], beeps: [0.5, 1.5] },
  fragmented: { rate: '25', frames: [75, 76] },
  transport: { rate: '25', frames: 100, ...ONE_TO_THREE },
  transportWrap: { rate: '25', frames: 100, ...ONE_TO_THREE },
  transportLateSound: { rate: '25', frames: 100, ...ONE_TO_THREE },
  transportSpliced: { rate: '25', frames: [148, 152], flashes: [1, 2, 3, 4, 5], beeps: [1, 2, 4, 5] },
  transportRepeated: { rate: '25', frames: [149, 151], flashes: [1, 2, 3, 4, 5], beeps: [1, 2, 3, 4, 5] },
  transportCut: { rate: '25', frames: [80, 90] },
  programStream: { rate: '25', sizes: '220x180 110x90', frames: 50 },
  flashVideo: { rate: '25', frames: 50, flashes: [1], beeps: [1] },
  windowsMedia: { rate: '25', frames: 50, flashes: [1], beeps: [1] },
  xvid: { rate: '25', frames: [75, 76], flashes: [1.04, 2.04], beeps: [1.02, 2.02] },
  motionJpeg: { rate: '25', frames: 25 },
  prores: { rate: '25', frames: 25 },
  rawH264: { rate: '25', frames: 50, sound: [] },
  webm: { rate: '25', frames: 25 },
  mkvLive: { rate: '25', frames: 75 },

  truncatedFaststart: { rate: '25', frames: [45, 60], warnings: ['input-truncated', 'ends-early', 'source-damaged'] },
  truncatedTransport: { rate: '25', frames: [45, 60], warnings: ['input-truncated'] },
  truncatedMkv: { rate: '25', frames: [55, 70], warnings: ['input-truncated', 'ends-early', 'source-damaged'] },
  truncatedAvi: { rate: '25', frames: [50, 70], warnings: ['input-truncated'] },
  damagedMiddle: { rate: '25', frames: [95, 101], warnings: ['source-damaged'] },
  damagedTransport: { rate: '25', frames: [95, 101], warnings: ['source-damaged'] },
  lyingLong: { rate: '25', frames: 100, warnings: ['duration-uncertain'] },
  lyingMkvLong: { rate: '25', frames: 100, warnings: ['duration-uncertain'] },
  lyingMkvShort: { rate: '25', frames: 100, warnings: ['duration-uncertain'] },
};

const DAMAGE = ['input-truncated', 'ends-early', 'source-damaged'];

const REFUSED: Partial<Record<ClipName, string>> = {
  noMoov: 'input-truncated',
  encrypted: 'input-encrypted',
  unknownCodec: 'input-unsupported',
  zeroBytes: 'input-empty',
  text: 'input-not-media',
  poserHls: 'input-forbidden',
  poserConcat: 'input-forbidden',
  poserConcatBare: 'input-forbidden',
  poserSdp: 'input-forbidden',
  poserDash: 'input-forbidden',
};

/** Two rungs, so that alignment can be seen, as small as a test can make them. */
const LADDER = {
  name: 'small',
  segment: { seconds: 2, keyframeSeconds: 1 },
  video: {
    codec: 'h264',
    encoder: 'libx264',
    options: { preset: 'ultrafast', profile: 'high' },
    maxFrameRate: 60,
    rateControl: { mode: 'crf', crf: 20, bufferSeconds: 2 },
    rungs: [
      { name: '90p', shortSide: 90, bitrate: '300k' },
      { name: '180p', shortSide: 180, bitrate: '800k' },
    ],
  },
  audio: {
    codec: 'aac',
    encoder: 'aac',
    options: { profile: 'aac_low' },
    bitrate: '128k',
    sampleRate: 48_000,
    channels: 2,
  },
};

const run = promisify(execFile);
let root = '';
let ladders = { small: '', tall: '' };

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl correctness '));
  ladders = { small: path.join(root, 'small.json'), tall: path.join(root, 'tall.json') };
  const rungs = [...LADDER.video.rungs, { name: '360p', shortSide: 360, bitrate: '1600k' }];
  await fs.writeFile(ladders.small, JSON.stringify(LADDER));
  await fs.writeFile(ladders.tall, JSON.stringify({ ...LADDER, video: { ...LADDER.video, rungs } }));
});
afterAll(async () => {
  await fs.rm(root, { recursive: true, force: true });
});

describe('what comes out keeps every rule and is what the source shows', () => {
  for (const [name, expected] of Object.entries(TITLES) as [ClipName, Expected][]) {
    test.concurrent(`${name}: ${CLIPS[name].description}`, async () => {
      const folder = path.join(root, name);
      const { exitCode, events, stderr } = await encode(name, folder);
      expect(exitCode, stderr).toBe(0);
      const result = events.at(-1);
      const codes: string[] = result?.['warnings'].map(({ code }: { code: string }) => code);
      expect(codes).toEqual(expect.arrayContaining([...(expected.warnings ?? [])]));
      if (!expected.warnings) expect(codes).toEqual([]);
      expect(result?.['status']).toBe(codes.some((code) => DAMAGE.includes(code)) ? 'damaged' : 'complete');

      const title = await seeTitle(folder, expected.rate);
      expect(await brokenRules(title)).toEqual([]);
      checkPicture(title, expected);
      checkSound(title, expected);
      if (expected.corners !== undefined) await checkCorners(title, expected.corners);
      if (expected.grey) await checkGrey(title, expected.grey);
      if (expected.flashes) await checkMarks(folder, expected);
      if (expected.fields) await checkFields(await clip(name), title);
    });
  }
});

describe('what cannot be handled is refused by its name, and nothing is written', () => {
  for (const [name, code] of Object.entries(REFUSED) as [ClipName, string][]) {
    test.concurrent(`${name}: ${CLIPS[name].description}`, async () => {
      const folder = path.join(root, `refused-${name}`, 'title');
      await fs.mkdir(path.dirname(folder));
      const { exitCode, events } = await encode(name, folder);
      expect(exitCode).toBe(3);
      expect(events.at(-1)).toMatchObject({ type: 'error', code });
      expect(await fs.readdir(path.dirname(folder))).toEqual([]);
    });
  }

  test.concurrent.each(['truncatedFaststart', 'damagedMiddle', 'truncatedTransport'] as const)(
    '%s with --strict',
    async (name) => {
      const folder = path.join(root, `strict-${name}`, 'title');
      await fs.mkdir(path.dirname(folder));
      const { exitCode, events } = await encode(name, folder, '--strict', '--no-keep');
      expect(exitCode).toBe(9);
      expect(events.at(-1)).toMatchObject({ type: 'error', code: 'strict-warnings' });
      expect(await fs.readdir(path.dirname(folder))).toEqual([]);
    },
  );
});

test.concurrent('the built-in ladder: High profile, 6.006 s at 24000/1001, an IDR picture every 2 s', async () => {
  const folder = path.join(root, 'vod');
  const source = await clip('segments20');
  const { exitCode, stderr } = await runMediactl(['encode', source, '-o', folder, '--encoder-preset', 'veryfast']);
  expect(exitCode, stderr).toBe(0);
  const title = await seeTitle(folder, '24000/1001');
  expect(await brokenRules(title)).toEqual([]);
  const [rung] = title.rungs;
  expect(rung?.stream['profile']).toBe('High');
  expect(rung?.segments.map(({ packets }) => packets)).toEqual([144, 144, 144, 48]);
  expect(rung?.segments.map(({ idrTicks }) => idrTicks.length)).toEqual([3, 3, 3, 1]);
  expect(rung?.playlist.tags.get('EXT-X-TARGETDURATION')).toBe('6');
});

test.concurrent('5.1 at full scale is folded down without clipping, mono keeps its level', async () => {
  const [loud, mono] = [path.join(root, 'fold'), path.join(root, 'level')];
  await Promise.all([encode('loud51', loud), encode('commentary', mono)]);
  const folded = await volume(path.join(loud, 'master.m3u8'));
  expect(folded.max).toBeGreaterThan(-3);
  expect(folded.max).toBeLessThan(0);
  const [before, after] = [await volume(await clip('commentary')), await volume(path.join(mono, 'master.m3u8'))];
  expect(Math.abs(after.mean - before.mean)).toBeLessThan(0.5);
});

async function encode(name: ClipName, folder: string, ...flags: readonly string[]) {
  const ladder = TITLES[name]?.tall ? ladders.tall : ladders.small;
  return runMediactl(['encode', await clip(name), '-o', folder, '--ladder', ladder, '--json', ...flags]);
}

function checkPicture({ rungs }: SeenTitle, { rate, sizes, frames, matrix }: Expected): void {
  expect(rungs.length > 0).toBe(rate !== null);
  if (sizes !== undefined) {
    expect(rungs.map(({ stream }) => `${stream['width']}x${stream['height']}`).join(' ')).toBe(sizes);
  }
  const [least, most] = typeof frames === 'number' ? [frames, frames] : (frames ?? [1, Infinity]);
  for (const { ticks } of rungs) {
    expect(ticks.length).toBeGreaterThanOrEqual(least);
    expect(ticks.length).toBeLessThanOrEqual(most);
  }
  if (matrix !== undefined) for (const { stream } of rungs) expect(stream['color_space']).toBe(matrix);
}

function checkSound({ rungs, audio }: SeenTitle, { sound }: Expected): void {
  const named = audio.map(
    ({ attributes: { LANGUAGE, NAME, DEFAULT } }) => `${LANGUAGE} ${NAME}${DEFAULT === 'YES' ? '*' : ''}`,
  );
  if (rungs.length === 0) expect(audio.length).toBeGreaterThan(0);
  if (rungs.length > 0 || audio.length > 1) expect(named).toEqual(sound ?? ['und Audio*']);
}

async function checkCorners({ rungs }: SeenTitle, tolerance: number): Promise<void> {
  for (const { segments, stream } of rungs) {
    const [width, height] = [Number(stream['width']) / 2, Number(stream['height']) / 2];
    for (const [x, y, wanted] of [
      [0, 0, [255, 0, 0]],
      [1, 0, [0, 255, 0]],
      [0, 1, [0, 0, 255]],
      [1, 1, [255, 255, 255]],
    ] as const) {
      // Well inside the quarter.
      const region = { x: (x + 0.25) * width, y: (y + 0.25) * height, width: width / 2, height: height / 2 };
      const seen = await colorAt(segments[0]?.file ?? '', region);
      const off = Math.max(...seen.map((value, i) => Math.abs(value - (wanted[i] ?? 0))));
      expect(off, `${width * 2}x${height * 2}: ${seen.join()} for ${wanted.join()}`).toBeLessThanOrEqual(tolerance);
    }
  }
}

async function checkGrey({ rungs }: SeenTitle, [least, most]: readonly [number, number]): Promise<void> {
  for (const { segments } of rungs) {
    const seen = await colorAt(segments[0]?.file ?? '', { x: 40, y: 20, width: 80, height: 50 });
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...seen)).toBeLessThanOrEqual(most);
  }
}

/** FFmpeg counts a track's times from its first packet: of the sound, one AAC frame of priming before 0. */
const PRIMING = 1024 / 48_000;
/** RULES: in sync within 40 ms; half a frame of it is the grid's. */
const SYNC = 0.04;

async function checkMarks(folder: string, { flashes = [], beeps = [] }: Expected): Promise<void> {
  const marks = await syncMarks(path.join(folder, 'master.m3u8'));
  const heard = marks.beeps.map((time) => time - PRIMING);
  for (const time of flashes) expect(distance(marks.flashes, time), `${marks.flashes} for ${time}`).toBeLessThan(SYNC);
  for (const time of beeps) expect(distance(heard, time), `${heard} for ${time}`).toBeLessThan(SYNC);
  for (const flash of marks.flashes.filter((time) => distance(beeps, time) < 0.2)) {
    expect(distance(heard, flash), `${heard} for a flash at ${flash}`).toBeLessThan(SYNC);
  }
}

function distance(times: readonly number[], wanted: number): number {
  return Math.min(...times.map((time) => Math.abs(time - wanted)));
}

/** Of the rung at the source's own height: in a smaller one lines are mixed anyway. */
async function checkFields(source: string, { rungs }: SeenTitle): Promise<void> {
  expect(await interlacedShare(source)).toBeGreaterThan(0.5);
  expect(await interlacedShare(rungs[0]?.segments[0]?.file ?? '')).toBeLessThan(0.15);
}

/** Share of the pictures in which FFmpeg's idet sees the comb of two fields. */
async function interlacedShare(file: string): Promise<number> {
  const { stderr } = await run('ffmpeg', ['-nostdin', '-i', file, '-map', '0:v:0', '-vf', 'idet', '-f', 'null', '-']);
  const found = /Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+) Undetermined:\s*(\d+)/.exec(
    stderr,
  );
  const [tff = 0, bff = 0, progressive = 0, unknown = 0] = (found ?? []).slice(1).map(Number);
  return (tff + bff) / (tff + bff + progressive + unknown);
}

/** Of the first sound, dB of full scale. */
async function volume(file: string): Promise<{ mean: number; max: number }> {
  const args = ['-nostdin', '-i', file, '-map', '0:a:0', '-af', 'volumedetect', '-f', 'null', '-'];
  const { stderr } = await run('ffmpeg', args);
  const figure = (name: string) => Number(new RegExp(`${name}_volume: (-?[\\d.]+) dB`).exec(stderr)?.[1]);
  return { mean: figure('mean'), max: figure('max') };
}
