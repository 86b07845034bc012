import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { crc32cOfFile } from '../../../src/storage/crc32c.js';
import { runMediactl } from '../run.js';
import { filesBelow } from '../title.js';

/** A title on disk that differs from the others in its source and in what it consists of. */
export interface Title {
  readonly name: string;
  readonly source: string;
  readonly ladder: string;
  /** Of `mediactl encode`: what the title is made by, beside its source. */
  readonly flags: readonly string[];
  /** Made once by `mediactl encode -o`. */
  readonly folder: string;
  /** Path → size and checksum, mediactl.json included. */
  readonly files: ReadonlyMap<string, { readonly bytes: number; readonly crc32c: string }>;
}

/** As --format has it. */
export type TitleFormat = 'hls' | 'cmaf' | 'hls,cmaf';

const RECIPES = [
  // Two rungs with sound; the same without; a small one; and few segments so large that they are sent in chunks.
  { name: 'a', format: 'hls,cmaf', picture: 'testsrc2=s=160x90:r=10:d=4', sound: true, rungs: [60, 90], megabits: 0.1 },
  {
    name: 'b',
    format: 'hls',
    picture: 'mandelbrot=s=160x90:r=10,trim=duration=5',
    sound: false,
    rungs: [60, 90],
    megabits: 0.1,
  },
  { name: 'c', format: 'cmaf', picture: 'smptebars=s=160x90:r=12:d=3', sound: false, rungs: [60], megabits: 0.1 },
  {
    name: 'large',
    format: 'hls',
    picture: 'nullsrc=s=480x270:r=25:d=6,noise=alls=100:allf=t',
    sound: false,
    rungs: [270],
    megabits: 60,
  },
] as const;

/** `names`: those only; `format`: all in that, instead of each in its own. */
export async function makeTitles(
  root: string,
  names: readonly string[] = ['a', 'b', 'c', 'large'],
  format?: TitleFormat,
): Promise<Title[]> {
  const titles: Title[] = [];
  for (const { name, picture, sound, rungs, megabits, format: own } of RECIPES) {
    if (!names.includes(name)) continue;
    const source = path.join(root, `${name}.mkv`);
    const ladder = path.join(root, `${name}.json`);
    const folder = path.join(root, name);
    await promisify(execFile)('ffmpeg', [
      ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', picture],
      ...(sound ? ['-f', 'lavfi', '-i', 'sine=f=440:d=4'] : []),
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '12', '-c:a', 'aac', source],
    ]);
    await fs.writeFile(
      ladder,
      JSON.stringify({
        name,
        segment: { seconds: name === 'large' ? 3 : 1, keyframeSeconds: 1 },
        video: {
          options: { preset: 'ultrafast' },
          rungs: rungs.map((shortSide, i) => ({ name: `${shortSide}p`, shortSide, bitrate: `${megabits * (i + 1)}M` })),
        },
      }),
    );
    const crf = name === 'large' ? ['--crf', '1'] : [];
    const flags = ['--ladder', ladder, '--format', format ?? own, ...crf];
    const { exitCode, stderr } = await runMediactl(['encode', source, ...flags, '-o', folder]);
    if (exitCode !== 0) throw new Error(`cannot make ${name}: ${stderr}`);
    const files = new Map<string, { bytes: number; crc32c: string }>();
    for (const file of await filesBelow(folder)) files.set(file, await crc32cOfFile(path.join(folder, file)));
    titles.push({ name, source, ladder, flags, folder, files });
  }
  return titles;
}
