import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { damageAmong } from '../../../src/pipeline/record/lost-media.js';
import { openLocalSource } from '../../../src/stages/probe/local-source.js';
import { probe } from '../../../src/stages/probe/probe.js';

let folder = '';
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-left-'));
});
afterAll(() => fs.rm(folder, { recursive: true, force: true }));

/** Four seconds of video on PID 0x100, and as many on 0x200, right after them: of this size. */
async function recording(size: string): Promise<string> {
  const halves: Buffer[] = [];
  for (const [i, { shown, pid }] of [
    { shown: '160x90', pid: '0x100' },
    { shown: size, pid: '0x200' },
  ].entries()) {
    const half = path.join(folder, `${size}-${i}.ts`);
    await promisify(execFile)('ffmpeg', [
      ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', `testsrc2=s=${shown}:r=25:d=4`, '-c:v', 'libx264'],
      ...['-preset', 'ultrafast', '-g', '25', '-streamid', `0:${pid}`, '-output_ts_offset', String(4 * i), half],
    ]);
    halves.push(await fs.readFile(half));
  }
  const file = path.join(folder, `${size}.ts`);
  await fs.writeFile(file, Buffer.concat(halves));
  return file;
}

async function damageOf(file: string): Promise<(readonly [code: string, message: string])[]> {
  const source = await openLocalSource(file);
  const { warnings } = await probe(source, { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' });
  await source.close();
  return damageAmong(warnings).map(({ code, message }) => [code, message]);
}

test('video that goes on with another PID and size, and so cannot be joined, is named, and the title is damaged', async () => {
  expect(await damageOf(await recording('320x180'))).toEqual([
    [
      'continuation-left-out',
      expect.stringMatching(/^video track 1 goes on where video track 0 ends, at 4\.\d s, and/),
    ],
  ]);
});

test('of the same size it is joined, and nothing is lost', async () => {
  expect(await damageOf(await recording('160x90'))).toEqual([]);
});
