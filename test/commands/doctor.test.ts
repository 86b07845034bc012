import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doctor } from '../../src/commands/doctor.js';

const TOOLS = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };
const PLAIN = { json: false, tools: TOOLS, cwd: tmpdir(), color: false, verbose: false };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-doctor-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The real ffmpeg, but its lists lack the lines that match. */
async function without(pattern: string): Promise<string> {
  const path = join(folder, `no-${pattern}`);
  await writeFile(path, `#!/bin/sh\nffmpeg "$@" | grep -v -w '${pattern}'\n`);
  await chmod(path, 0o755);
  return path;
}

describe('mediactl doctor', () => {
  it('finds a healthy system fit', async () => {
    const { text, ok } = await doctor(PLAIN);
    expect(ok).toBe(true);
    expect(text).toMatch(/ffmpeg +\d/);
    expect(text.split('\n')[0]).toBe('encode can run');
    expect(text).toMatch(/all \d+ found \(--verbose lists them\)/);
    expect(text).not.toContain('libx264');
    expect(text).not.toContain('install');
  });

  it('lists what there is when asked', async () => {
    const { text } = await doctor({ ...PLAIN, verbose: true });
    expect(text).toMatch(/✔ libx264 +H\.264/);
    expect(text).not.toContain('--verbose');
  });

  it('speaks JSON', async () => {
    const { text } = await doctor({ ...PLAIN, json: true });
    expect(JSON.parse(text)).toMatchObject({
      schema: 'mediactl.doctor/1',
      ok: true,
      tools: [
        { name: 'ffmpeg', status: 'ok' },
        { name: 'ffprobe', status: 'ok' },
        { name: 'packager', status: 'ok', version: '3.4.2' },
      ],
      machine: { cores: expect.any(Number), freeDiskBytes: expect.any(Number) },
    });
  });

  it('says what is missing and how to get it', async () => {
    const { text, ok } = await doctor({ ...PLAIN, tools: { ...TOOLS, ffmpeg: join(folder, 'none') } });
    expect(ok).toBe(false);
    expect(text).toContain('there is no such file');
    expect(text).toContain('to install what is missing:');
    expect(text).toContain('encode cannot run');
  });

  it('can do without Shaka Packager, which only encryption needs', async () => {
    const { text, ok } = await doctor({ ...PLAIN, tools: { ...TOOLS, packager: join(folder, 'none') } });
    expect(ok).toBe(true);
    expect(text).toMatch(/packager .*only --drm needs it/);
    expect(text).toContain('npm install shaka-packager');
    expect(text).not.toContain('to install what is missing');
  });

  it('cannot do without libx264, and can without zscale', async () => {
    const noEncoder = await doctor({ ...PLAIN, tools: { ...TOOLS, ffmpeg: await without('libx264') } });
    expect(noEncoder.ok).toBe(false);
    expect(noEncoder.text).toMatch(/libx264 .*encode cannot run without it/);
    const noHdr = await doctor({ ...PLAIN, tools: { ...TOOLS, ffmpeg: await without('zscale') } });
    expect(noHdr.ok).toBe(true);
    expect(noHdr.text).toMatch(/zscale .*only such sources need it/);
  });
});
