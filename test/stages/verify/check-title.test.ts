import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { audioTrack, stagedTitle, tinyRungs } from '../../../fixtures/title.js';
import type { Finding } from '../../../src/model/finding.js';
import { packageTitle } from '../../../src/stages/package/package.js';
import { checkTitle } from '../../../src/stages/verify/check-title.js';

const HIGH = '360p-00000001';
const LOW = '240p-00000001';
let root = '';
let sound = '';
let copies = 0;

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'verify-'));
  sound = path.join(root, 'sound title');
  const input = await stagedTitle(sound, { seconds: 5, rungs: tinyRungs(), audio: [audioTrack()] });
  await packageTitle(input);
});
afterAll(() => fs.rm(root, { recursive: true, force: true }));

let title = '';
async function copy(): Promise<void> {
  title = path.join(root, `copy-${copies++}`);
  await fs.cp(sound, title, { recursive: true });
}
afterEach(() => (title === '' ? undefined : fs.rm(title, { recursive: true, force: true })));

async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
  const before = await fs.readFile(path.join(title, file), 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  await fs.writeFile(path.join(title, file), after);
}

const brief = (findings: readonly Finding[]): string[] => [
  ...new Set(findings.map(({ severity, code, path: where }) => `${severity} ${code} ${where}`)),
];

test('a sound title has no findings, quick or deep', async () => {
  expect(await checkTitle(sound)).toEqual([]);
  expect(await checkTitle(sound, 'master.m3u8', { deep: true })).toEqual([]);
});

test('a folder without a title', async () => {
  await copy();
  expect(brief(await checkTitle(path.join(title, 'nowhere')))).toEqual(['error missing-file master.m3u8']);
  await fs.writeFile(path.join(title, 'master.m3u8'), '');
  expect(brief(await checkTitle(title))).toEqual(['error empty-file master.m3u8']);
  await fs.writeFile(path.join(title, 'master.m3u8'), 'hello\n');
  expect(brief(await checkTitle(title))).toEqual([
    'error playlist-syntax master.m3u8',
    'error no-variants master.m3u8',
    'warning not-independent master.m3u8',
  ]);
});

/** What is broken, how, and what is found. */
const faults: readonly (readonly [string, () => Promise<unknown>, readonly string[]])[] = [
  ['a segment is gone', () => fs.rm(path.join(title, LOW, '00001.ts')), [`error missing-file ${LOW}/00001.ts`]],
  ['a segment is empty', () => fs.truncate(path.join(title, LOW, '00001.ts')), [`error empty-file ${LOW}/00001.ts`]],
  ['a playlist is gone', () => fs.rm(path.join(title, LOW, 'index.m3u8')), [`error missing-file ${LOW}/index.m3u8`]],
  [
    'a URI leads out of the title',
    () => edit(`${LOW}/index.m3u8`, '00001.ts', '../../sound%20title/240p-00000001/00001.ts'),
    [`error uri-outside ${LOW}/index.m3u8`],
  ],
  [
    'a URI leads to another host',
    () => edit(`${LOW}/index.m3u8`, '00001.ts', 'https://example.org/00001.ts'),
    [`error uri-outside ${LOW}/index.m3u8`],
  ],
  ['no end', () => edit(`${LOW}/index.m3u8`, '#EXT-X-ENDLIST\n', ''), [`error not-vod ${LOW}/index.m3u8`]],
  ['a byte order mark', () => edit('master.m3u8', '#EXTM3U', '\ufeff#EXTM3U'), ['error playlist-syntax master.m3u8']],
  [
    'a segment longer than the target',
    () => edit(`${LOW}/index.m3u8`, '#EXTINF:2.002000', '#EXTINF:2.502000'),
    [`error extinf-over-target ${LOW}/index.m3u8`, `error duration-differs ${LOW}/index.m3u8`],
  ],
  [
    'target durations that differ',
    () => edit(`${LOW}/index.m3u8`, 'TARGETDURATION:2', 'TARGETDURATION:3'),
    [`error target-differs ${LOW}/index.m3u8`],
  ],
  [
    'a rung with fewer segments',
    () => edit(`${LOW}/index.m3u8`, /#EXTINF:1.001000,\n00002.ts\n/, ''),
    [`error segments-differ ${LOW}/index.m3u8`],
  ],
  [
    'a byte range beyond its file',
    () => edit(`${LOW}/iframes.m3u8`, /BYTERANGE:\d+@564/, 'BYTERANGE:1880000@564'),
    [`error byterange-outside ${LOW}/iframes.m3u8`],
  ],
  [
    'an I-frame range that includes the tables',
    () => edit(`${LOW}/iframes.m3u8`, '@564', '@0'),
    [`error iframes-broken ${LOW}/iframes.m3u8`],
  ],
  [
    'an I-frame too few',
    () => edit(`${LOW}/iframes.m3u8`, /#EXTINF:1.001000,\n#EXT-X-BYTERANGE:\d+@\d+\n00002.ts\n/, ''),
    [`error iframes-broken ${LOW}/iframes.m3u8`],
  ],
  [
    'too low a version',
    () => edit(`${LOW}/iframes.m3u8`, 'VERSION:4', 'VERSION:3'),
    [`error version-too-low ${LOW}/iframes.m3u8`, `error playlist-syntax ${LOW}/iframes.m3u8`],
  ],
  [
    'too low a bandwidth',
    () => edit('master.m3u8', /(?<=STREAM-INF:BANDWIDTH=)\d+/, '100000'),
    ['error bandwidth-wrong master.m3u8'],
  ],
  [
    'too high an average',
    () => edit('master.m3u8', /AVERAGE-BANDWIDTH=\d+/, 'AVERAGE-BANDWIDTH=99000000'),
    ['error bandwidth-wrong master.m3u8'],
  ],
  ['no codecs', () => edit('master.m3u8', /CODECS="[^"]*",/, ''), ['error codecs-missing master.m3u8']],
  ['no default', () => edit('master.m3u8', 'DEFAULT=YES', 'DEFAULT=NO'), ['error default-missing master.m3u8']],
  [
    'no audio group',
    () => edit('master.m3u8', /#EXT-X-MEDIA:.*\n/, ''),
    ['error group-missing master.m3u8', 'error bandwidth-wrong master.m3u8'],
  ],
];
test.each(faults)('%s', async (_, damage, expected) => {
  await copy();
  await damage();
  const found = brief(await checkTitle(title));
  for (const line of expected) expect(found).toContain(line);
  // Fault by fault: nothing is said of the files that are whole.
  expect(found.filter((line) => line.includes(HIGH))).toEqual([]);
});

/** The last byte of a packet's header, with another counter. */
const shifted = (control: number): number => (control & 0xf0) | ((control + 1) & 0xf);

test('deep: what only the bytes can tell', async () => {
  await copy();
  const deep = async (): Promise<string[]> => brief(await checkTitle(title, 'master.m3u8', { deep: true }));
  const file = path.join(title, LOW, '00001.ts');
  const bytes = await fs.readFile(file);

  const damaged = Buffer.from(bytes);
  damaged.writeUInt8(0, 188 * 5);
  await fs.writeFile(file, damaged);
  expect(await checkTitle(title)).toEqual([]);
  expect(await deep()).toEqual([`error segment-broken ${LOW}/00001.ts`]);

  // A segment of the same length from elsewhere on the timeline.
  await fs.copyFile(path.join(title, LOW, '00000.ts'), file);
  const found = await deep();
  expect(found).toContain(`error time-gap ${LOW}/00001.ts`);
  expect(found).toContain(`error idr-differs ${LOW}/00001.ts`);

  // Counters that begin anew, as FFmpeg leaves them.
  const anew = Buffer.from(bytes);
  for (let at = 0; at < anew.length; at += 188) {
    if ((anew.readUInt16BE(at + 1) & 0x1fff) === 0x100) anew.writeUInt8(shifted(anew.readUInt8(at + 3)), at + 3);
  }
  await fs.writeFile(file, anew);
  expect(await deep()).toEqual([`error counter-gap ${LOW}/00001.ts`, `error counter-gap ${LOW}/00002.ts`]);

  await fs.writeFile(file, bytes);
  await edit('master.m3u8', /avc1\.64..../, 'avc1.4D4028');
  expect(await deep()).toEqual(['error codecs-wrong master.m3u8']);
});

test('a mistake made in every line is said a few times only', async () => {
  await copy();
  const lines = Array.from({ length: 400 }, (_, i) => `#EXTINF:9.000000,\n0000${i % 3}.ts\n`).join('');
  await edit(`${LOW}/index.m3u8`, /#EXTINF[^]*(?=#EXT-X-ENDLIST)/, lines);
  const findings = await checkTitle(title);
  expect(findings.filter((finding) => finding.code === 'extinf-over-target')).toHaveLength(6);
});
