import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { runMediactl } from '../run.js';
import { filesBelow, readMedia, readMultivariant } from '../title.js';
import { useWholeTitle } from './facts.js';
import { SEGMENTS, useWorkshop, WRITTEN } from './workshop.js';

/** Names of files and folders that some program on the way might take for something else. */

const run = promisify(execFile);
const shop = useWorkshop();
const whole = useWholeTitle(shop);

/** It plays: FFmpeg's own player of playlists finds every picture, and every sound, from a folder of any name. */
async function countPackets(folder: string): Promise<Record<string, number>> {
  const { stdout } = await run(
    'ffprobe',
    [
      '-v',
      'error',
      '-count_packets',
      '-show_entries',
      'stream=codec_type,height,nb_read_packets',
      '-of',
      'json',
      'file:master.m3u8',
    ],
    { cwd: folder },
  );
  const { streams } = JSON.parse(stdout) as {
    streams: { codec_type: string; height?: number; nb_read_packets: string }[];
  };
  return Object.fromEntries(
    streams.map((one) => [`${one.codec_type}${one.height ?? ''}`, Number(one.nb_read_packets)]),
  );
}

async function expectTitle(folder: string): Promise<void> {
  const packets = await countPackets(folder);
  expect(packets).toMatchObject({ video180: 25 * SEGMENTS, video90: 25 * SEGMENTS });
  expect(Math.abs((packets['audio'] ?? 0) - (48_000 * SEGMENTS) / 1024)).toBeLessThan(3);
  expect(await filesBelow(folder)).toEqual(whole().files);
  const master = await readMultivariant(path.join(folder, 'master.m3u8'));
  for (const { uri } of [...master.variants, ...master.media]) {
    const { segments } = await readMedia(path.join(folder, uri));
    expect(segments.map(({ uri: file }) => file)).toEqual(Array.from({ length: SEGMENTS }, (_, i) => `0000${i}.ts`));
  }
}

const LONG = `😀 ünïcödé e\u0301 ${'x'.repeat(220)}`;

test.each([
  ['a dash', '-i -y'],
  ['quotes, spaces, a new line, what a shell would run', ` it's "new\nline"\t$(touch oops) \`touch oops\` \\n..`],
  ['what FFmpeg takes for patterns and protocols', 'pipe:%05d %s %% concat:a|b'],
  ['what URLs are made of', '#a?b=c&d*[e] 100%25 +~'],
  ['many bytes', LONG],
])('%s', async (_, name) => {
  const cwd = await fs.mkdtemp(shop.path('cwd-'));
  await fs.copyFile(shop.source, path.join(cwd, `${name}.mp4`));
  await fs.utimes(path.join(cwd, `${name}.mp4`), WRITTEN, WRITTEN);

  // The title's folder is named after the input.
  const args = ['encode', '--ladder', shop.ladder, '--json', '--', `${name}.mp4`];
  const { exitCode, events, stderr } = await runMediactl(args, { cwd });
  expect(exitCode, stderr).toBe(0);
  expect(events.at(-1)).toMatchObject({ type: 'result', output: path.join(cwd, name) });
  expect((await fs.readdir(cwd)).toSorted()).toEqual([name, `${name}.mp4`].toSorted());
  await expectTitle(path.join(cwd, name));
  if (name === LONG) expect((await runMediactl(args, { cwd })).events.at(-1)).toMatchObject({ outcome: 'unchanged' });
});

test('an output folder below folders of such names, all made for it', async () => {
  const output = path.join('-o', 'new\nline', '%d:%%?#', '😀');
  const { exitCode, stderr } = await runMediactl(
    ['encode', shop.source, '--ladder', shop.ladder, '-o', output, '--decode', 'per-rung'],
    { cwd: shop.folder },
  );
  expect(exitCode, stderr).toBe(0);
  await expectTitle(shop.path(output));
  expect((await fs.readdir(path.dirname(shop.path(output)))).toSorted()).toEqual(['😀']);
});
