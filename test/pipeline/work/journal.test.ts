import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Segment } from '../../../src/model/artifact.js';
import { openJournal } from '../../../src/pipeline/work/journal.js';
import { publishedIn } from '../../../src/pipeline/work/published.js';

const DIST = new URL('../../../dist', import.meta.url).href;
const ID = '720p-1a2b3c4d';
let root: string;
let staging: string;
let published: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mediactl-journal-'));
  staging = join(root, 'staging');
  published = join(root, 'title');
  await mkdir(join(staging, ID), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

function segment(index: number): Segment {
  return {
    rendition: ID,
    index,
    file: `${String(index).padStart(5, '0')}.ts`,
    bytes: 188 * (index + 1),
    start: index * 540_540,
    duration: { num: 1001 * 144, den: 24_000 },
    frames: 144,
    keyframes: [
      { offset: 564, bytes: 9000 + index, time: index * 540_540 },
      { offset: 20_000, bytes: 8000, time: index * 540_540 + 180_180 },
    ],
  };
}

const inLowestTerms = (index: number): Segment => ({ ...segment(index), duration: { num: 3003, den: 500 } });

async function stage(index: number, folder = staging): Promise<Segment> {
  await mkdir(join(folder, ID), { recursive: true });
  await writeFile(join(folder, ID, segment(index).file), Buffer.alloc(segment(index).bytes));
  return segment(index);
}

async function record(count: number, ended: boolean): Promise<void> {
  const journal = openJournal(staging, publishedIn(published));
  for (let index = 0; index < count; index++) await journal.append(await stage(index));
  if (ended) await journal.end(ID, { frames: 144 * count, segments: count, codecs: 'avc1.64001f' });
  await journal.close();
}

async function all(journal = openJournal(staging, publishedIn(published))): Promise<Segment[]> {
  const found: Segment[] = [];
  for await (const each of journal.segments(ID)) found.push(each);
  return found;
}

const resume = () => openJournal(staging, publishedIn(published)).resumePoint(ID);

test('a rendition nobody began starts at 0', async () => {
  expect(await resume()).toEqual({ next: 0, ended: false, seconds: 0, frames: 0, codecs: null });
  expect(await all()).toEqual([]);
});

test('what was appended is read back exactly, also when nobody awaited in between', async () => {
  const journal = openJournal(staging, null);
  const segments = await Promise.all(Array.from({ length: 200 }, (_, index) => stage(index)));
  await Promise.all(segments.map((each) => journal.append(each)));
  await journal.close();
  expect(await all()).toEqual(segments.map((each) => inLowestTerms(each.index)));
  const point = await resume();
  expect(point).toMatchObject({ next: 200, ended: false, frames: 200 * 144 });
  expect(point.seconds).toBeCloseTo(200 * 6.006, 9);
});

test('a finished rendition is ended, with its codecs', async () => {
  await record(3, true);
  expect(await resume()).toMatchObject({ next: 3, ended: true, frames: 432, codecs: 'avc1.64001f' });
});

test('a finished rendition with a segment missing or of another size goes on from there', async () => {
  await record(100, true);
  await truncate(join(staging, ID, '00080.ts'), 5);
  await rm(join(staging, ID, '00090.ts'));
  expect(await resume()).toMatchObject({ next: 80, ended: false });
  expect(await all()).toHaveLength(80);
  expect((await readdir(join(staging, ID))).length).toBe(80);
  expect(await resume()).toMatchObject({ next: 80, ended: false });
  await rm(join(staging, ID, '00000.ts'));
  expect(await resume()).toMatchObject({ next: 0, ended: false, seconds: 0 });
});

test('a line torn by a kill is dropped, with the segment that closed last', async () => {
  await record(3, false);
  await stage(3);
  await appendFile(join(staging, 'journal', `${ID}.ndjson`), '{"index":3,"file":"0000');
  expect(await resume()).toMatchObject({ next: 3, ended: false });
  expect(await readdir(join(staging, ID))).toEqual(['00000.ts', '00001.ts', '00002.ts']);
});

test('appending without asking first still makes whole lines after a torn one', async () => {
  await record(2, false);
  await appendFile(join(staging, 'journal', `${ID}.ndjson`), '{"index":2,"fi');
  const journal = openJournal(staging, null);
  await journal.append(await stage(2));
  await journal.close();
  expect((await all()).map((each) => each.index)).toEqual([0, 1, 2]);
});

test.each([
  ['not JSON', 'hello\n'],
  [
    'a file name that leads away',
    '{"index":2,"file":"../x","bytes":1,"startTicks":0,"duration":"6","frames":1,"keyframes":[]}\n',
  ],
  [
    'a length of nothing',
    '{"index":2,"file":"00002.ts","bytes":1,"startTicks":0,"duration":"0/5","frames":1,"keyframes":[]}\n',
  ],
  [
    'negative bytes',
    '{"index":2,"file":"00002.ts","bytes":-1,"startTicks":0,"duration":"6","frames":1,"keyframes":[]}\n',
  ],
  [
    'an index that jumps',
    '{"index":5,"file":"00005.ts","bytes":1128,"startTicks":0,"duration":"6","frames":1,"keyframes":[]}\n',
  ],
  [
    'a torn keyframe',
    '{"index":2,"file":"00002.ts","bytes":564,"startTicks":0,"duration":"6","frames":1,"keyframes":[[1]]}\n',
  ],
  ['an end that counts more', '{"end":true,"frames":1,"segments":3}\n'],
])('%s ends what counts', async (_, line) => {
  await record(2, false);
  await stage(5);
  await appendFile(join(staging, 'journal', `${ID}.ndjson`), line);
  await stage(2);
  expect(await resume()).toMatchObject({ next: 2, ended: false });
  expect(await all()).toHaveLength(2);
});

test('truncate forgets, and the encoder can append from there', async () => {
  await record(4, true);
  const journal = openJournal(staging, null);
  await journal.truncate(ID, 2);
  await journal.append(await stage(2));
  await journal.end(ID, { frames: 432, segments: 3 });
  expect(await journal.resumePoint(ID)).toMatchObject({ next: 3, ended: true, codecs: null });
  await journal.close();
});

test('segments that a killed publisher had moved already count', async () => {
  await record(4, true);
  await mkdir(join(published, ID), { recursive: true });
  for (const file of ['00000.ts', '00001.ts']) await rename(join(staging, ID, file), join(published, ID, file));
  expect(await resume()).toMatchObject({ next: 4, ended: true });
  const { path, file, bytes } = await openJournal(staging, publishedIn(published)).artifact(ID);
  expect([path, (await readFile(file)).length]).toEqual([`${ID}/segments.ndjson`, bytes]);
  await rename(file, join(published, ID, 'segments.ndjson'));
  expect(await resume()).toMatchObject({ next: 4, ended: true });
});

test('a rendition of the published title is taken as it is; afresh, it is not', async () => {
  await record(4, true);
  const { file } = await openJournal(staging, null).artifact(ID);
  await mkdir(published);
  await rename(join(staging, ID), join(published, ID));
  await rename(file, join(published, ID, 'segments.ndjson'));
  await rm(staging, { recursive: true });
  expect(await openJournal(staging, null).resumePoint(ID)).toMatchObject({ next: 0, ended: false });
  expect(await resume()).toMatchObject({ next: 4, ended: true, codecs: 'avc1.64001f' });
  expect(await all()).toEqual([0, 1, 2, 3].map(inLowestTerms));
  await rm(join(published, ID, '00002.ts'));
  expect(await resume()).toMatchObject({ next: 2, ended: false });
  expect(await readdir(join(published, ID))).toContain('00003.ts');
});

test('an id that leads out of the folder is refused', async () => {
  await expect(openJournal(staging, null).resumePoint('../x')).rejects.toThrow(RangeError);
});

test('killed with SIGKILL while appending, again and again, it goes on without a gap', async () => {
  const script = `
    import { writeFileSync } from 'node:fs';
    const { openJournal } = await import(process.env.DIST + '/pipeline/work/journal.js');
    const journal = openJournal(process.argv[2], null);
    const { next } = await journal.resumePoint('${ID}');
    for (let index = next; ; index++) {
      const file = String(index).padStart(5, '0') + '.ts';
      writeFileSync(process.argv[2] + '/${ID}/' + file, 'x');
      const keyframes = Array.from({ length: 300 }, (_, at) => ({ offset: at, bytes: 1, time: at }));
      await journal.append({ rendition: '${ID}', index, file, bytes: 1, start: index, duration: { num: 6, den: 1 }, frames: 1, keyframes });
    }`;
  let before = 0;
  for (let round = 0; round < 8; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-', staging], {
      env: { ...process.env, DIST },
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    child.stdin.end(script);
    await sleep(250 + Math.random() * 100);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { next } = await resume();
    expect((await all()).map((each) => each.index)).toEqual(Array.from({ length: next }, (_, index) => index));
    expect(next).toBeGreaterThanOrEqual(before);
    before = next;
  }
  expect(before).toBeGreaterThan(0);
});
