import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip, clipCopy, type ClipName } from '../../../fixtures/clips.js';
import type { MediaInfo } from '../../../src/model/media.js';
import { ffprobe } from '../../../src/tools/ffprobe.js';
import { localAddress } from '../../../src/tools/input-safety.js';
import { probeFile as probe } from '../../support/probe-file.js';

const run = promisify(execFile);
const TOOLS = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };
const look = async (name: ClipName) => probe(await clip(name), TOOLS);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-probe-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('probe', () => {
  it('gives one normalised MediaInfo', async () => {
    const path = await clip('film24');
    const media = await probe(path, TOOLS);
    expect(media).toMatchObject({
      source: { path, absolutePath: path, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
      container: { durationSeconds: 3.003, startSeconds: 0, discontinuous: false, seekable: true },
      video: [
        {
          index: 0,
          codec: 'h264',
          role: 'motion',
          codedSize: { width: 640, height: 360 },
          realFrameRate: { num: 24000, den: 1001 },
          averageFrameRate: { num: 24000, den: 1001 },
          frames: 72,
          bitDepth: 8,
          dynamicRange: 'sdr',
          dolbyVision: null,
          scan: { kind: 'progressive' },
        },
      ],
      audio: [
        { index: 1, codec: 'aac', sampleRate: 48000, channels: 2, role: 'main', language: 'und', decodable: true },
      ],
      text: [],
      other: [],
      warnings: [],
    } satisfies PartialMedia);
  });

  it.each<[ClipName, PartialMedia]>([
    ['anamorphic', { video: [{ codedSize: { width: 360, height: 288 }, displaySize: { width: 512, height: 288 } }] }],
    [
      'rotated90',
      { video: [{ displaySize: { width: 180, height: 320 }, orientation: { mirror: false, clockwise: 90 } }] },
    ],
    ['mirrored', { video: [{ orientation: { mirror: true, clockwise: 0 } }] }],
    [
      'interlacedDvNtsc',
      { video: [{ displaySize: { width: 853, height: 480 }, scan: { kind: 'interlaced', parity: 'bff' } }] },
    ],
    ['interlacedTffMpeg2', { video: [{ scan: { kind: 'interlaced', parity: 'tff' } }] }],
    ['interlacedBffMpeg2', { video: [{ scan: { kind: 'interlaced', parity: 'bff' } }] }],
    ['interlacedTffH264', { video: [{ scan: { kind: 'interlaced', parity: 'tff' } }] }],
    ['hdr10', { video: [{ dynamicRange: 'pq', bitDepth: 10, color: { primaries: 'bt2020', range: 'tv' } }] }],
    ['hlg', { video: [{ dynamicRange: 'hlg', bitDepth: 10 }] }],
    ['sdr12', { video: [{ bitDepth: 12 }] }],
    ['fullRange', { video: [{ color: { range: 'pc' } }] }],
    ['gif', { video: [{ codec: 'gif', role: 'motion', frames: 10 }] }],
    ['oneFrame', { video: [{ role: 'motion', frames: 1 }] }],
    [
      'coverMp3',
      { video: [{ role: 'cover', codec: 'png' }], audio: [{ codec: 'mp3' }], container: { seekable: false } },
    ],
    ['coverM4a', { video: [{ role: 'cover' }], audio: [{ codec: 'aac' }] }],
    ['twoVideos', { video: [{ isDefault: true, role: 'motion' }, { role: 'motion' }] }],
    ['audioFirst', { video: [{ index: 1 }], audio: [{ index: 0 }] }],
    ['audioOnly', { video: [], audio: [{ language: 'de' }] }],
    ['timecode', { other: [{ kind: 'timecode', codec: 'tmcd' }] }],
    ['audioShorter', { video: [{ durationSeconds: 4 }], audio: [{ durationSeconds: 1.5 }] }],
    ['fragmented', { container: { seekable: true }, video: [{ frames: null }] }],
    ['mkvLive', { container: { durationSeconds: expect.closeTo(3, 1), lengthFrom: 'packets', seekable: false } }],
    ['transport', { container: { format: 'mpegts', discontinuous: true, seekable: false }, warnings: [] }],
    ['transportCut', { video: [{ codec: 'h264' }], warnings: [] }],
    ['commentary', { audio: [{ role: 'main' }, { role: 'commentary' }] }],
    [
      'languages',
      {
        audio: [{ language: 'en', isDefault: true }, { language: 'fr', channels: 6 }, { language: 'ja' }],
        text: [{ language: 'en' }, { language: 'fr' }],
      },
    ],
    [
      'truncatedFaststart',
      { warnings: [{ code: 'input-truncated', message: expect.stringMatching(/announces \d+ more bytes/) }] },
    ],
    ['lyingLong', { container: { durationSeconds: expect.closeTo(4, 1) }, warnings: [{ code: 'duration-uncertain' }] }],
    ['lyingMkvShort', { container: { durationSeconds: expect.closeTo(4, 1) }, warnings: [] }],
  ])('reads %s', async (name, expected) => {
    expect(await look(name)).toMatchObject(expected);
  });

  it.each<[ClipName, code: string, said: RegExp]>([
    ['noMoov', 'input-truncated', /still being written: its index \(moov\) is missing/],
    ['encrypted', 'input-encrypted', /Common Encryption/],
    ['zeroBytes', 'input-empty', /0 bytes/],
    ['text', 'input-not-media', /it is text/],
    ['poserHls', 'input-forbidden', /opens only the file it is given/],
    ['poserConcat', 'input-forbidden', /opens only/],
    ['poserConcatBare', 'input-forbidden', /opens only/],
    ['poserSdp', 'input-forbidden', /opens only/],
    ['poserDash', 'input-forbidden', /opens only/],
  ])('refuses %s as %s', async (name, code, said) => {
    await expect(look(name)).rejects.toMatchObject({
      code,
      reason: expect.stringMatching(said),
      hint: expect.any(String),
    });
  });

  it('asks ffprobe once, and twice where frames can tell of fields', async () => {
    const log = join(folder, 'calls');
    const counting = join(folder, 'ffprobe');
    await writeFile(counting, `#!/bin/sh\necho call >> '${log}'\nexec ffprobe "$@"\n`);
    await chmod(counting, 0o755);
    const callsFor = async (name: ClipName) => {
      await writeFile(log, '');
      await probe(await clip(name), { ffmpeg: '/bin/false', ffprobe: counting });
      return (await readFile(log, 'utf8')).trim().split('\n').length;
    };
    expect(await callsFor('gif')).toBe(1);
    expect(await callsFor('film24')).toBe(2);
    expect(await callsFor('interlacedDvNtsc')).toBe(2);
  });

  it('stops when it is told to', async () => {
    const slow = join(folder, 'slow');
    await writeFile(slow, '#!/bin/sh\nexec sleep 100000\n');
    await chmod(slow, 0o755);
    const stop = AbortSignal.timeout(300);
    // Who does not stop it waits for a day.
    await expect(probe(await clip('film24'), { ffmpeg: 'ffmpeg', ffprobe: slow }, { signal: stop })).rejects.toThrow(
      /abort|timeout/i,
    );
  });

  it('says what to install when ffprobe is not there', async () => {
    const nothing = { ffmpeg: 'ffmpeg', ffprobe: 'mediactl-no-such-ffprobe' };
    await expect(probe(await clip('film24'), nothing)).rejects.toMatchObject({
      code: 'tool-missing',
      hint: expect.stringMatching(/install FFmpeg/),
    });
  });
});

describe('names that look like something else', () => {
  const NAMES = [
    '-rf.mp4',
    'a\nb.mp4',
    'concat:x|y.mp4',
    'http:__x',
    'pipe:0',
    'x%03d.mp4',
    `q'u"o$(x)\`.mp4`,
    'ünï💥 .mp4',
    '..mp4',
    'a,b;c[d].mp4',
  ];
  it.each(NAMES)('%j is just a name', async (name) => {
    const path = await clipCopy('oneFrame', folder, name);
    expect((await probe(path, TOOLS)).video).toHaveLength(1);
  });

  it('a path that looks like an address is still a path', async () => {
    await mkdir(join(folder, 'http:', 'host'), { recursive: true });
    await clipCopy('oneFrame', join(folder, 'http:', 'host'), 'a.mp4');
    expect((await probe(`${folder}/http://host/a.mp4`, TOOLS)).video).toHaveLength(1);
  });

  it('links are followed; folders, pipes and dangling links are not files', async () => {
    await symlink(await clip('oneFrame'), join(folder, 'link.mp4'));
    expect((await probe(join(folder, 'link.mp4'), TOOLS)).video).toHaveLength(1);
    await symlink('nowhere', join(folder, 'dangling.mp4'));
    await expect(probe(join(folder, 'dangling.mp4'), TOOLS)).rejects.toMatchObject({ code: 'input-not-found' });
    await run('mkfifo', [join(folder, 'fifo')]);
    await expect(probe(join(folder, 'fifo'), TOOLS)).rejects.toMatchObject({ code: 'input-unsupported' });
    await expect(probe(folder, TOOLS)).rejects.toMatchObject({ code: 'input-unsupported' });
  });
});

describe('what cannot be decoded', () => {
  it('is refused when it is the only video', async () => {
    const path = await patched('oneFrame', 'avc1', 'zzzz');
    await expect(probe(path, TOOLS)).rejects.toMatchObject({
      code: 'input-unsupported',
      reason: expect.stringContaining('zzzz'),
    });
  });

  it('is left out with a warning when there is other video', async () => {
    const bytes = await readFile(await clip('twoVideos'));
    // The second track's sample entry; the first "avc1" may be a brand of the file.
    bytes.write('zzzz', bytes.lastIndexOf('avc1'), 'latin1');
    const path = join(folder, 'half.mp4');
    await writeFile(path, bytes);
    const media = await probe(path, TOOLS);
    expect(media.video).toHaveLength(1);
    expect(media.other).toEqual([{ index: 1, kind: 'unknown', codec: 'zzzz' }]);
    expect(media.warnings.map(({ code }) => code)).toEqual(['track-undecodable']);
  });

  it.each([
    ['still.png', 'PNG'],
    ['still.jpg', 'JPEG'],
    ['still.bmp', 'BMP'],
    ['still.tiff', 'TIFF'],
  ])('a still image (%s) is refused, whatever it is called', async (name, kind) => {
    await run('ffmpeg', [
      '-v',
      'error',
      '-y',
      '-f',
      'lavfi',
      '-i',
      'color=s=32x32',
      '-frames:v',
      '1',
      join(folder, name),
    ]);
    await copyFile(join(folder, name), join(folder, `${name}.mp4`));
    const refusal = { code: 'input-unsupported', message: expect.stringContaining(kind) };
    await expect(probe(join(folder, name), TOOLS)).rejects.toMatchObject(refusal);
    await expect(probe(join(folder, `${name}.mp4`), TOOLS)).rejects.toMatchObject(refusal);
  });

  it.each(['avi', 'mkv', 'wav', 'mp4'])('a %s that is cut off is never taken for whole', async (kind) => {
    const source =
      kind === 'wav'
        ? ['-f', 'lavfi', '-i', 'sine=d=1']
        : ['-f', 'lavfi', '-i', 'testsrc=s=64x64:d=1', '-movflags', 'faststart'];
    const whole = join(folder, `whole.${kind}`);
    await run('ffmpeg', ['-v', 'error', '-y', ...source, whole]);
    const bytes = await readFile(whole);
    const path = join(folder, `cut.${kind}`);
    await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * 0.8)));
    const warnings = (await probe(path, TOOLS)).warnings;
    const missing = bytes.length - Math.floor(bytes.length * 0.8);
    expect(warnings).toMatchObject([{ code: 'input-truncated' }]);
    expect(warnings[0]?.message).toContain(` ${missing} more bytes`);
    expect((await probe(whole, TOOLS)).warnings).toEqual([]);
  });
});

describe('the lock on the door', () => {
  // Not what the first bytes look like, but FFmpeg's own lists: these hold when the sniffing is fooled.
  it.each<ClipName>(['poserHls', 'poserConcat', 'poserDash', 'poserSdp'])('ffprobe itself refuses %s', async (name) => {
    expect(await ffprobe(localAddress(await clip(name)), TOOLS)).toMatchObject({ kind: 'failure' });
  });

  it('is not there without our options', async () => {
    const path = join(folder, 'playlist.mp4');
    await writeFile(
      path,
      `#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\n${await clip('transport')}\n#EXT-X-ENDLIST\n`,
    );
    const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', 'format=format_name', path]);
    expect(stdout).toContain('hls');
    expect(await ffprobe(localAddress(path), TOOLS)).toMatchObject({ kind: 'failure' });
  });
});

type PartialMedia = DeepPartial<MediaInfo>;
type DeepPartial<T> = T extends object ? { readonly [K in keyof T]?: DeepPartial<T[K]> } : T;

async function patched(name: ClipName, from: string, to: string): Promise<string> {
  const path = join(folder, `${name}-${to}.mp4`);
  const text = (await readFile(await clip(name))).toString('latin1').replaceAll(from, to);
  await writeFile(path, Buffer.from(text, 'latin1'));
  return path;
}
