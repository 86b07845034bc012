import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  parseCodecList,
  parseFilterList,
  parseVersion,
  readCapabilities,
  readVersion,
} from '../../src/tools/capabilities.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-capabilities-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fake(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('versions', () => {
  it.each([
    ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026', 5, 1],
    ['ffmpeg version n6.1.1 Copyright', 6, 1],
    ['ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright', 4, 4],
    ['ffmpeg version 7.0.2-static https://johnvansickle.com/ffmpeg/', 7, 0],
    ['ffmpeg version 8.0-full_build-www.gyan.dev Copyright', 8, 0],
    ['ffmpeg version 8 Copyright', 8, 0],
    ['ffmpeg version N-109468-gd39b34123d Copyright', 99, 0],
    ['ffmpeg version git-2020-01-01-abcdef0 Copyright', 99, 0],
    ['ffmpeg version 2024-08-01-git-fcf72966a5-full_build-www.gyan.dev Copyright', 99, 0],
    ['ffprobe version 6.0 Copyright', 6, 0],
  ])('%s', (banner, major, minor) => expect(parseVersion(`${banner}\nbuilt with gcc`)).toMatchObject({ major, minor }));

  it('is not found in what is not FFmpeg', () => expect(parseVersion('bash: version 5')).toBeNull());
});

describe('lists', () => {
  it('reads encoders and decoders with what they decode', () => {
    const text =
      ' V..... = Video\n ------\n V....D libx264   H.264 (codec h264)\n A....D aac   AAC\n V.S..D libdav1d  dav1d (codec av1)\n S..... ssa  ASS (codec ass)\n';
    expect(parseCodecList(text)).toEqual([
      { name: 'libx264', codec: 'h264' },
      { name: 'aac', codec: 'aac' },
      { name: 'libdav1d', codec: 'av1' },
      { name: 'ssa', codec: 'ass' },
    ]);
  });

  it('reads filters, of FFmpeg 5 (three flags) and 8 (two)', () => {
    const old =
      'Filters:\n  T.. = Timeline support\n  A = Audio\n TS. bwdif  V->V  Deinterlace\n ... split  V->N  Pass\n ... color  |->V  Source\n';
    expect(parseFilterList(old)).toEqual(['bwdif', 'split', 'color']);
    expect(parseFilterList(' TS bwdif  V->V  Deinterlace\n .. amerge  N->A  Merge\n')).toEqual(['bwdif', 'amerge']);
  });
});

describe('the FFmpeg at hand', () => {
  it('has what this project is tested with', async () => {
    const capabilities = await readCapabilities({ ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' });
    expect(capabilities.major).toBeGreaterThanOrEqual(4);
    expect(capabilities.encoders).toContain('libx264');
    expect(capabilities.decoders).toContain('h264');
    expect(capabilities.filters).toContain('bwdif');
    expect(capabilities.filters.size).toBeGreaterThan(100);
    expect(capabilities.encoders).not.toContain('=');
  });

  it('may be missing, too old, or something else', async () => {
    const old = await fake('old', 'echo "ffmpeg version 4.3.6 Copyright" >&2');
    const other = await fake('other', 'echo hello');
    await expect(readCapabilities({ ffmpeg: join(folder, 'none'), ffprobe: '' })).rejects.toMatchObject({
      code: 'tool-missing',
      reason: 'there is no such file',
      hint: expect.stringMatching(/check the path given with --ffmpeg/),
    });
    await expect(readCapabilities({ ffmpeg: 'mediactl-no-such-ffmpeg', ffprobe: '' })).rejects.toMatchObject({
      code: 'tool-missing',
      hint: expect.stringMatching(/install FFmpeg .*--ffmpeg/),
    });
    await expect(readCapabilities({ ffmpeg: old, ffprobe: '' })).rejects.toMatchObject({
      code: 'tool-too-old',
      message: expect.stringContaining('4.3.6'),
    });
    await expect(readVersion(other)).rejects.toMatchObject({ code: 'tool-missing' });
    await expect(readVersion(await fake('new', 'echo "ffprobe version 4.4"'))).resolves.toEqual({
      version: '4.4',
      major: 4,
      minor: 4,
    });
  });
});
