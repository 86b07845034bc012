import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { stagedCmafTitle } from '../../../fixtures/title.js';
import { packageTitle } from '../../../src/stages/package/package.js';
import { checkTitle } from '../../../src/stages/verify/check-title.js';

const HIGH = '90p-fmp4';
const LOW = 'other-90p-fmp4';
const SOUND = 'audio-en-fmp4';
let root = '';
let sound = '';
let title = '';

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'verify-fragments-'));
  sound = path.join(root, 'sound');
  await packageTitle(await stagedCmafTitle(sound, 5));
});
afterAll(() => fs.rm(root, { recursive: true, force: true }));

let copies = 0;
async function copy(): Promise<void> {
  title = path.join(root, `copy-${copies++}`);
  await fs.cp(sound, title, { recursive: true });
}
afterEach(() => (title === '' ? undefined : fs.rm(title, { recursive: true, force: true })));

const deep = async (folder: string): Promise<string[]> => {
  const findings = await checkTitle(folder, 'master.m3u8', { deep: true });
  return [...new Set(findings.map(({ severity, code, path: where }) => `${severity} ${code} ${where}`))];
};

/** Changes a file by its bytes. */
async function change(file: string, edit: (bytes: Buffer) => Buffer | void): Promise<void> {
  const where = path.join(title, file);
  const bytes = await fs.readFile(where);
  await fs.writeFile(where, edit(bytes) ?? bytes);
}

/** Where the content of the n-th box of a type is; boxes of these types are not in each other's content. */
function find(bytes: Buffer, type: string, n = 0): number {
  let at = -1;
  for (let i = 0; i <= n; i++) at = bytes.indexOf(type, at + 1, 'latin1');
  if (at === -1) throw new Error(`no ${type}`);
  return at + 4;
}

/** Moves all fragments of a segment by ticks. */
function shift(bytes: Buffer, ticks: number): void {
  for (let at = bytes.indexOf('tfdt'); at !== -1; at = bytes.indexOf('tfdt', at + 1)) {
    bytes.writeBigUInt64BE(bytes.readBigUInt64BE(at + 8) + BigInt(ticks), at + 8);
  }
}

test('a title of fragments has no findings, quick or deep', async () => {
  expect(await checkTitle(sound)).toEqual([]);
  expect(await deep(sound)).toEqual([]);
});

test.each<[what: string, () => Promise<void>, found: readonly string[]]>([
  [
    'a segment begins late',
    () => change(`${SOUND}/00001.m4s`, (bytes) => shift(bytes, 1024)),
    [
      `error time-gap ${SOUND}/00001.m4s`,
      `error duration-wrong ${SOUND}/00001.m4s`,
      `error time-gap ${SOUND}/00002.m4s`,
    ],
  ],
  [
    'a rung is late by a frame from the start',
    async () => {
      for (const n of [0, 1, 2]) await change(`${LOW}/0000${n}.m4s`, (bytes) => shift(bytes, 1001));
    },
    [
      `error time-gap ${LOW}/00000.m4s`,
      ...[0, 1, 2].flatMap((n) => [
        `error duration-wrong ${LOW}/0000${n}.m4s`,
        `error idr-differs ${LOW}/0000${n}.m4s`,
      ]),
    ],
  ],
  [
    'fragments are numbered anew',
    () => change(`${HIGH}/00001.m4s`, (bytes) => void bytes.writeUInt32BE(1, find(bytes, 'mfhd') + 4)),
    [`error sequence-wrong ${HIGH}/00001.m4s`],
  ],
  [
    'a segment does not say what it is',
    () => change(`${HIGH}/00001.m4s`, (bytes) => void bytes.write('free', 4, 'latin1')),
    [`error segment-not-cmaf ${HIGH}/00001.m4s`],
  ],
  [
    'a segment is cut off',
    () => change(`${SOUND}/00001.m4s`, (bytes) => bytes.subarray(0, bytes.length - 100)),
    [`error segment-broken ${SOUND}/00001.m4s`],
  ],
  [
    'an initialization segment does not say that it is CMAF',
    () => change(`${HIGH}/init.mp4`, (bytes) => void bytes.write('mp42', find(bytes, 'cmfc') - 4, 'latin1')),
    [`error init-not-cmaf ${HIGH}/init.mp4`],
  ],
  [
    'an edit list delays the pictures',
    () => change(`${HIGH}/init.mp4`, withEditList),
    [`error init-not-cmaf ${HIGH}/init.mp4`],
  ],
  [
    'a rung with a clock of its own',
    () => change(`${LOW}/init.mp4`, (bytes) => void bytes.writeUInt32BE(12_000, find(bytes, 'mdhd') + 12)),
    [
      ...[0, 1, 2].flatMap((n) => [
        `error duration-wrong ${LOW}/0000${n}.m4s`,
        `error timescale-differs ${LOW}/0000${n}.m4s`,
      ]),
    ],
  ],
  [
    'an initialization segment is none',
    () => change(`${SOUND}/init.mp4`, () => Buffer.from('nothing of the kind')),
    [`error init-broken ${SOUND}/init.mp4`],
  ],
  [
    'the sound is of another codec than declared',
    async () => {
      for (const file of ['master.m3u8', 'manifest.mpd']) {
        await change(file, (bytes) => Buffer.from(bytes.toString().replaceAll('mp4a.40.2', 'mp4a.40.5')));
      }
    },
    [`error codecs-wrong master.m3u8`],
  ],
  [
    'a picture is shown late',
    () => change(`${HIGH}/00001.m4s`, (bytes) => void bytes.writeUInt32BE(2002, find(bytes, 'trun') + 20)),
    [
      `error late-picture ${HIGH}/00001.m4s`,
      `error idr-missing ${HIGH}/00001.m4s`,
      `error idr-differs ${LOW}/00001.m4s`,
    ],
  ],
])('deep: %s', async (_, breakIt, found) => {
  await copy();
  await breakIt();
  expect(await deep(title)).toEqual(found);
});

/** An empty edit of a second, at the end of the track. */
function withEditList(bytes: Buffer): Buffer {
  const edit = Buffer.from(
    '0000002465647473' + '0000001c656c7374' + '00000000' + '00000001' + '000003e8' + 'ffffffff' + '00010000',
    'hex',
  );
  const [moov, trak] = [find(bytes, 'moov') - 8, find(bytes, 'trak') - 8];
  const end = trak + bytes.readUInt32BE(trak);
  for (const at of [moov, trak]) bytes.writeUInt32BE(bytes.readUInt32BE(at) + edit.length, at);
  return Buffer.concat([bytes.subarray(0, end), edit, bytes.subarray(end)]);
}
