import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ladderJsonSchema } from '../../src/config/preset-schema.js';
import { listPresets, loadPreset } from '../../src/config/presets.js';
import { MediactlError } from '../../src/errors.js';
import type { Preset } from '../../src/model/preset.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-presets-'));
});
afterAll(() => rm(folder, { recursive: true }));

const SMALLEST = {
  name: 'mine',
  segment: { seconds: 6 },
  video: { rungs: [{ name: '240p', shortSide: 240, bitrate: '300k' }] },
};

async function fromFile(content: unknown, name = 'ladder.json'): Promise<Preset> {
  await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return loadPreset(`./${name}`, folder);
}

async function failure(work: Promise<unknown>): Promise<MediactlError> {
  const error = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MediactlError)) throw error;
  expect(error.code).toBe('config');
  return error;
}

async function problems(content: unknown): Promise<readonly string[]> {
  const error = await failure(fromFile(content));
  const lines = error.detail.length === 0 ? [error.message] : error.detail;
  return lines.map((line) => line.replace('./ladder.json: ', ''));
}

function withRungs(...rungs: unknown[]): unknown {
  return { ...SMALLEST, video: { rungs } };
}

describe('built-in ladders', () => {
  test('vod is what the documentation says', async () => {
    expect(await loadPreset('vod', folder)).toEqual({
      name: 'vod',
      description: 'Video on demand: right for most titles.',
      segment: { seconds: 6, keyframeSeconds: 2 },
      video: {
        codec: 'h264',
        encoder: 'libx264',
        options: { preset: 'medium', profile: 'high' },
        rateControl: { mode: 'crf', crf: 22, bufferSeconds: 2 },
        maxFrameRate: 60,
        rungs: [
          { name: '240p', shortSide: 240, bitrate: 300_000 },
          { name: '360p', shortSide: 360, bitrate: 800_000 },
          { name: '480p', shortSide: 480, bitrate: 1_400_000 },
          { name: '720p', shortSide: 720, bitrate: 2_800_000 },
          { name: '1080p', shortSide: 1080, bitrate: 5_000_000 },
        ],
      },
      audio: {
        codec: 'aac',
        encoder: 'aac',
        options: { profile: 'aac_low' },
        bitrate: 128_000,
        sampleRate: 48_000,
        channels: 2,
      },
    });
  });

  test('each is named as its file, with its own segment length and the same rungs up to 1080p', async () => {
    const vod = await loadPreset('vod', folder);
    const presets = await listPresets();
    expect(presets.map(({ name, segment }) => [name, segment.seconds, segment.keyframeSeconds])).toEqual([
      ['live', 2, 2],
      ['long-form', 10, 2],
      ['vod', 6, 2],
      ['vod-4k', 6, 2],
    ]);
    for (const preset of presets) expect(preset.video.rungs.slice(0, 5)).toEqual(vod.video.rungs);
    expect(presets.find(({ name }) => name === 'vod-4k')?.video.rungs.slice(5)).toEqual([
      { name: '1440p', shortSide: 1440, bitrate: 9_000_000 },
      { name: '2160p', shortSide: 2160, bitrate: 16_000_000 },
    ]);
  });

  test('only long-form notes that players expect 6 s', async () => {
    const noted = (await listPresets()).filter((preset) => preset.notes !== undefined);
    expect(noted.map(({ name }) => name)).toEqual(['long-form']);
    expect(noted[0]?.notes?.[0]).toContain('players expect 6 s');
  });

  test('the committed JSON Schema is the one in force (mediactl ladders --schema > presets/ladder.schema.json)', async () => {
    const committed = await readFile(new URL('../../presets/ladder.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(ladderJsonSchema())));
  });
});

describe('ladder files', () => {
  test('a small one takes the rest from what is usual', async () => {
    const preset = await fromFile(SMALLEST);
    const vod = await loadPreset('vod', folder);
    expect(preset).toEqual({
      ...vod,
      name: 'mine',
      description: '',
      video: { ...vod.video, rungs: vod.video.rungs.slice(0, 1) },
    });
  });

  test('bitrates in k, M and plain bits; options as numbers, words and booleans; YAML', async () => {
    const preset = await fromFile(
      `name: y
segment: { seconds: 1 }
video:
  options: { preset: slow, bf: 3, mbtree: true, psy-rd: "1.0:0.15" }
  rateControl: { mode: abr }
  rungs:
    - { name: a, shortSide: 240, bitrate: 300000 }
    - { name: b, shortSide: 360, bitrate: 0.8M }
    - { name: c, shortSide: 480, bitrate: 1400.5k }
`,
      'ladder.yaml',
    );
    expect(preset.segment).toEqual({ seconds: 1, keyframeSeconds: 1 });
    expect(preset.video.rungs.map((rung) => rung.bitrate)).toEqual([300_000, 800_000, 1_400_500]);
    expect(preset.video.options).toEqual({
      preset: 'slow',
      profile: 'high',
      bf: '3',
      mbtree: '1',
      'psy-rd': '1.0:0.15',
    });
    expect(preset.video.rateControl).toEqual({ mode: 'abr', peakRatio: 1.5, bufferSeconds: 2 });
  });

  test('a long segment is noted in any ladder', async () => {
    expect((await fromFile({ ...SMALLEST, segment: { seconds: 8 } })).notes?.[0]).toContain('segments of 8 s');
  });

  test('every problem at once: structure, names and rules', async () => {
    const lines = await problems({
      name: 'a/b',
      segment: { seconds: 2, keyframeSeconds: 4 },
      vidoe: {},
      video: {
        rateControl: { mode: 'cfr' },
        options: { preset: 'meduim', presett: 'x' },
        rungs: [
          { name: '720p', shortSide: 720, bitrate: '2800k' },
          { name: '720P', shortSide: 361, bitrate: '1M' },
        ],
      },
      audio: { bitrate: '1', options: { afterburner: 1 } },
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^name: "a\/b" is not valid: expected a name/),
        "segment.keyframeSeconds: 4 is not valid: expected at most the segment's 2 s",
        'vidoe: unknown key; did you mean video?',
        'video.rateControl.mode: "cfr" is not valid: expected "crf" or "abr"; did you mean "crf"?',
        expect.stringMatching(/^video\.options\.preset: "meduim" is not valid: expected .* did you mean "medium"\?$/),
        'video.options.presett: unknown key; did you mean preset?',
        expect.stringMatching(/^video\.rungs\[1\]\.shortSide: 361 is not valid: expected an even whole number/),
        'video.rungs[1].shortSide: 361 is not valid: expected more than the rung before (720)',
        'video.rungs[1].bitrate: "1000k" is not valid: expected more than the rung before (2800k)',
        'video.rungs[1].name: "720P" is not valid: expected a name of its own (rungs[0] has it)',
        expect.stringMatching(/^audio\.bitrate: "1" is not valid: expected a bit rate from "16k" to "640k"/),
        expect.stringMatching(
          /^audio\.options\.afterburner: unknown option of aac; expected one of profile, aac_coder/,
        ),
      ]),
    );
    expect(lines).toHaveLength(12);
  });

  test.each([
    [
      'a key of another encoder',
      { ...SMALLEST, audio: { encoder: 'libfdk_aac', options: { aac_ms: 1 } } },
      'audio.options.aac_ms: unknown option of libfdk_aac',
    ],
    ['no rungs', withRungs(), 'video.rungs: [] is not valid: expected at least one rung'],
    [
      'a rung that is no object',
      withRungs(5),
      'video.rungs[0]: 5 is not valid: expected an object with name, shortSide, bitrate',
    ],
    [
      'a name that is no text',
      withRungs({ name: 5, shortSide: 240, bitrate: 300_000 }),
      'video.rungs[0].name: 5 is not valid: expected a name',
    ],
    [
      'a missing bitrate',
      withRungs({ name: 'a', shortSide: 240 }),
      'video.rungs[0].bitrate: missing: expected a bit rate',
    ],
    [
      'a unit that is none',
      withRungs({ name: 'a', shortSide: 240, bitrate: '300kbps' }),
      'video.rungs[0].bitrate: "300kbps" is not valid: expected a bit rate',
    ],
    [
      'a name that leaves the folder',
      withRungs({ name: '..', shortSide: 240, bitrate: '300k' }),
      'video.rungs[0].name: ".." is not valid',
    ],
    [
      'a name an audio rendition may have',
      withRungs({ name: 'audio-en', shortSide: 240, bitrate: '300k' }),
      'video.rungs[0].name: "audio-en" is not valid',
    ],
    [
      'a device of Windows',
      withRungs({ name: 'nul', shortSide: 240, bitrate: '300k' }),
      'video.rungs[0].name: "nul" is not valid',
    ],
    ['an empty object', {}, 'name: missing: expected a name'],
    ['no object', [1], '[1] is not valid: expected an object with $schema, name'],
  ])('refuses %s', async (_, content, expected) => {
    expect((await problems(content)).join('\n')).toContain(expected);
  });

  test.each([
    ['writes a file', { stats: '/etc/cron.d/x' }, 'stats: unknown key'],
    ['moves keyframes', { g: 50 }, 'g: unknown key'],
    ['hides other options', { 'x264-params': 'scenecut=40' }, 'x264-params: unknown key'],
    ['names a path', { deblock: '../../x' }, 'deblock: "../../x" is not valid'],
    ['makes pictures few can decode', { profile: 'high422' }, 'profile: "high422" is not valid'],
  ])('refuses an encoder option that %s', async (_, options, expected) => {
    const lines = await problems({ ...SMALLEST, video: { ...SMALLEST.video, options } });
    expect(lines).toEqual([expect.stringContaining(`video.options.${expected}`)]);
  });

  test('malformed JSON is named with its line and column', async () => {
    const error = await failure(fromFile('{\n  "name": "x",\n  "segment" 2\n}'));
    expect(error.message).toMatch(/ladder\.json: not well-formed JSON: .*\(line 3, column 13\)$/);
  });

  test('control characters of a hostile file do not reach the terminal', async () => {
    const error = await failure(fromFile({ ...SMALLEST, ['\u001b[2J']: 1, name: '\u001b[31m' }));
    expect(error.detail.join('')).toContain('\\x1b[2J');
    expect([error.message, ...error.detail].join('')).not.toContain('\u001b');
  });
});

describe('which ladder is meant', () => {
  test('a mistyped name gets the nearest right one', async () => {
    expect((await failure(loadPreset('VDO', folder))).message).toBe('there is no ladder "VDO"; did you mean "vod"?');
    expect((await failure(loadPreset('vod4k', folder))).message).toContain('did you mean "vod-4k"?');
    expect((await failure(loadPreset('zzzzzz', folder))).message).toBe('there is no ladder "zzzzzz"');
    expect((await failure(loadPreset('', folder))).message).toBe('there is no ladder ""');
  });

  test('a file in the working folder never stands in for a name', async () => {
    await writeFile(join(folder, 'vod'), JSON.stringify(SMALLEST));
    await writeFile(join(folder, 'mine'), JSON.stringify(SMALLEST));
    expect((await loadPreset('vod', folder)).name).toBe('vod');
    expect((await failure(loadPreset('mine', folder))).hint).toContain('write ./mine');
    expect((await loadPreset('./mine', folder)).name).toBe('mine');
  });

  test('a missing file is named as it was given, with the built-in it may have meant', async () => {
    const error = await failure(loadPreset('long-fom.json', folder));
    expect(error.message).toBe('ladder "long-fom.json" cannot be read: there is no such file');
    expect(error.hint).toBe('did you mean the built-in "long-form"?');
    expect((await failure(loadPreset('./', folder))).message).toContain('it is empty, or not a file');
  });
});
