import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip, clipCopy } from '../../fixtures/clips.js';
import { DEFAULTS } from '../../fixtures/settings.js';
import { describeMedia, probeCommand } from '../../src/commands/probe.js';
import type { MediaInfo } from '../../src/model/media.js';
import { createStyle } from '../../src/report/style.js';

const PLAIN = {
  tools: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
  columns: 100,
  color: false,
  settings: DEFAULTS,
  cwd: '/',
  version: '0',
  env: {},
  signal: new AbortController().signal,
  emit: () => {},
};
const STYLE = createStyle({ color: false, unicode: true });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-probe-command-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const MEDIA: MediaInfo = {
  source: { path: 'evil\u001b[2J\n.mp4', absolutePath: '/evil', bytes: 3_277_732, modifiedMs: 0, fingerprint: '' },
  container: {
    format: 'mov,mp4',
    durationSeconds: 62.548,
    bitRate: 419_236,
    lengthFrom: 'headers',
    startSeconds: 0,
    discontinuous: false,
    seekable: true,
    depth: null,
  },
  video: [
    {
      index: 0,
      codec: 'hevc',
      profile: 'Main 10',
      bitRate: 4_210_000,
      role: 'motion',
      codedSize: { width: 1920, height: 1080 },
      hiddenLines: 0,
      sampleAspect: { num: 1, den: 1 },
      orientation: { mirror: false, clockwise: 90 },
      displaySize: { width: 1080, height: 1920 },
      realFrameRate: { num: 30000, den: 1001 },
      averageFrameRate: { num: 30000, den: 1001 },
      frames: 1875,
      pixelFormat: 'yuv420p10le',
      bitDepth: 10,
      color: { range: 'tv', matrix: 'bt2020nc', transfer: 'arib-std-b67', primaries: 'bt2020' },
      dynamicRange: 'hlg',
      dolbyVision: { profile: 8, baseLayerCompatibility: 4 },
      scan: { kind: 'interlaced', parity: 'bff' },
      flags: null,
      combing: null,
      times: null,
      startSeconds: 0,
      durationSeconds: 62.548,
      language: 'und',
      title: null,
      isDefault: true,
    },
  ],
  audio: [
    {
      index: 1,
      codec: 'ac3',
      profile: null,
      bitRate: null,
      sampleRate: 48000,
      channels: 6,
      channelLayout: '5.1(side)',
      role: 'commentary',
      decodable: true,
      startSeconds: 0.5,
      durationSeconds: 40,
      language: 'ja',
      title: '\u202e日本語',
      isDefault: false,
    },
  ],
  text: [],
  survey: null,
  other: [{ index: 2, kind: 'data', codec: 'mebx' }],
  warnings: [
    { code: 'input-truncated', message: 'the end of the file is missing: its header announces 100 more bytes' },
  ],
};

describe('mediactl probe', () => {
  it('says what matters, safely', () => {
    expect(describeMedia(MEDIA, 80, STYLE)).toBe(
      [
        'evil\\x1b[2J\\n.mp4',
        '1080i, 9:16, HDR (HLG), 1 audio track (ja)',
        '  container  MP4 or QuickTime, 1:03 (62.548 s), 3.28 MB, 419 kb/s',
        '  video #0   hevc Main 10, 4.21 Mb/s, 1080×1920 (coded 1920×1080), 9:16,',
        '             rotate 90° clockwise, 30000/1001 (29.97) fps, interlaced (bff),',
        '             yuv420p10le, 10 bit, HLG HDR, bt2020/arib-std-b67/bt2020nc,',
        '             Dolby Vision profile 8, 1875 frames',
        '  audio #1   ja, ac3, 48 kHz, 5.1(side), commentary, starts 0.5 s late,',
        '             40 s long, "\\u202e日本語"',
        '  other #2   data, mebx',
        '',
        '1 warning',
        '  ! the end of the file is missing: its header announces 100 more bytes',
        '',
      ].join('\n'),
    );
  });

  it('names the first chapters, and how bright HDR says that it is', () => {
    const light = { maxCll: 1000, maxFall: 400, masteringPeak: 4000 };
    const chapters = Array.from({ length: 8 }, (_, i) => {
      return { startSeconds: i * 100, endSeconds: (i + 1) * 100, title: i === 1 ? 'Ein\u001b[2Jer' : null };
    });
    const video = MEDIA.video.map((track) => Object.assign({ ...track }, { light }));
    const text = describeMedia(Object.assign({ ...MEDIA }, { video, chapters }), 200, STYLE);
    expect(text).toContain('MaxCLL 1000, MaxFALL 400, mastered at 4000 cd/m²');
    expect(text).toMatch(
      / {2}chapters {3}8, chapter 1 at 0:00, Ein\\x1b\[2Jer at 1:40, .*, chapter 6 at 8:20, 2 more\n/,
    );
  });

  it('finds the chapters of a file', async () => {
    const titled = join(folder, 'titled.txt');
    const chapter = '[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=Opening\n';
    await writeFile(titled, `;FFMETADATA1\n${chapter}`);
    const output = join(folder, 'chapters.mp4');
    const args = ['-v', 'error', '-i', await clip('film24'), '-i', titled, '-map_chapters', '1', '-c', 'copy', output];
    await promisify(execFile)('ffmpeg', args);
    expect(await probeCommand(output, PLAIN)).toMatch(/ {2}chapters +1, Opening at 0:00\n/);
  });

  it.each([60, 80, 200])('keeps to %d columns', (columns) => {
    const widest = Math.max(
      ...describeMedia(MEDIA, columns, STYLE)
        .split('\n')
        .map((line) => line.length),
    );
    expect(widest).toBeLessThanOrEqual(columns);
  });

  it('prints a file as text and as JSON', async () => {
    const input = await clipCopy('film24', folder, 'a\nb.mp4');
    const text = await probeCommand(input, PLAIN);
    expect(text).toContain('a\\nb.mp4');
    expect(text).toContain('24000/1001 (23.976) fps');
    const json: unknown = JSON.parse(
      await probeCommand(input, { ...PLAIN, settings: { ...DEFAULTS, output: { ...DEFAULTS.output, json: true } } }),
    );
    expect(json).toMatchObject({ schema: 'mediactl.media/1', source: { path: input }, video: [{ codec: 'h264' }] });
  });

  it('says how many bits a second, in text and JSON, and what is not tagged', async () => {
    const input = await clip('film24');
    expect(await probeCommand(input, PLAIN)).toMatch(
      /container +MP4 or QuickTime, .* [km]b\/s[^]*video #\d+ .* [km]b\/s/i,
    );
    const settings = { ...DEFAULTS, output: { ...DEFAULTS.output, json: true } };
    const json: unknown = JSON.parse(await probeCommand(input, { ...PLAIN, settings }));
    expect(json).toMatchObject({
      container: { bitRate: expect.any(Number) },
      video: [{ bitRate: expect.any(Number) }],
    });
    const audio = MEDIA.audio.map((track) => ({ ...track, language: 'und', channelLayout: null, channels: 2 }));
    expect(describeMedia({ ...MEDIA, audio }, 200, STYLE)).toContain(
      'audio #1   language not tagged, ac3, 48 kHz, stereo',
    );
  });

  it('tells a variable rate from a constant one', async () => {
    expect(await probeCommand(await clip('vfrScreen'), PLAIN)).toMatch(/variable, 13\.113 fps on average/);
  });

  it('throws what cannot be read', async () => {
    await expect(probeCommand(join(folder, 'none'), PLAIN)).rejects.toMatchObject({
      code: 'input-not-found',
    });
  });
});
