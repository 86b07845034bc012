import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { probeFile } from '../../support/probe-file.js';

test('a transport stream with a key frame every eight seconds has the size that most of it has', async () => {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-gops-'));
  const files: Buffer[] = [];
  for (const [size, seconds, offset] of [['160x90', 4, 0] as const, ['320x180', 20, 4] as const]) {
    const file = path.join(folder, `${size}.ts`);
    const options = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '200', '-output_ts_offset', String(offset)];
    const source = ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25:d=${seconds}`];
    await promisify(execFile)('ffmpeg', ['-nostdin', '-v', 'error', ...source, ...options, file]);
    files.push(await fs.readFile(file));
  }
  const joined = path.join(folder, 'joined.ts');
  await fs.writeFile(joined, Buffer.concat(files));
  const { video } = await probeFile(joined);
  await fs.rm(folder, { recursive: true });
  expect(video[0]?.codedSize).toEqual({ width: 320, height: 180 });
});
