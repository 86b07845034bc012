import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Segment } from '../../../src/model/artifact.js';
import { openJournal, type Journal } from '../../../src/pipeline/work/journal.js';
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
    lead: index === 0 ? 7508 : undefined,
  };
}

const inLowestTerms = (index: number): Segment => ({ ...segment(index), duration: { num: 3003, den: 500 } });

async function stage(index: number, folder = staging): Promise<Segment> {
  await mkdir(join(folder, ID), { recursive: true });
  await writeFile(join(folder, ID, segment(index).file), Buffer.alloc(segment(index).bytes));
  return segment(index);
}

/** Records segments in chunks of `LENGTH`, the last of which may be shorter. */
async function record(count: number, ended: boolean, first = 0): Promise<void> {
  const journal = openJournal(staging, publishedIn(published));
  for (let chunk = first; chunk < count; chunk += LENGTH) {
    const next = Math.min(count, chunk + LENGTH);
    for (let index = chunk; index < next; index++) await journal.append(chunk, await stage(index));
    if (next === chunk + LENGTH || ended) await end(journal, chunk, next, ended && next === count);
  }
  await journal.close();
}

const LENGTH = 10;

function end(journal: Journal, first: number, segments: number, ended: boolean): Promise<void> {
  return journal.endChunk(ID, { first, segments, ended, codecs: 'avc1.64001f' });
}

async function all(journal = openJournal(staging, publishedIn(published))): Promise<Segment[]> {
  const found: Segment[] = [];
  for await (const each of journal.segments(ID)) found.push(each);
  return found;
}

const progress = async () => {
  const { chunks, ended } = await openJournal(staging, publishedIn(published)).progress(ID, LENGTH);
  return `${chunks.map((chunk) => `${chunk.first}–${chunk.end}`).join(' ')}${ended ? ' end' : ''}`;
};

const whole = (journal = openJournal(staging, publishedIn(published))) => journal.totals(ID);

test('a rendition nobody began starts at 0', async () => {
  expect(await openJournal(staging, null).progress(ID, LENGTH)).toEqual({ chunks: [], ended: false, seconds: 0 });
  expect(await all()).toEqual([]);
  await expect(whole()).rejects.toThrow('is incomplete: its segments end at 0');
});

test('what was appended is read back exactly, also when nobody awaited in between', async () => {
  const journal = openJournal(staging, null);
  const segments = await Promise.all(Array.from({ length: 200 }, (_, index) => stage(index)));
  await Promise.all(segments.map((each) => journal.append(0, each)));
  await end(journal, 0, 200, true);
  expect(await all()).toEqual(segments.map((each) => inLowestTerms(each.index)));
  expect(await whole(journal)).toMatchObject({ segments: 200, frames: 200 * 144, codecs: 'avc1.64001f' });
  await journal.close();
  expect(await all()).toEqual(segments.map((each) => inLowestTerms(each.index)));
});

test('chunks that are made side by side become one journal in order', async () => {
  const journal = openJournal(staging, null);
  for (let index = 0; index < LENGTH; index++) {
    await journal.append(LENGTH, await stage(LENGTH + index));
    await journal.append(0, await stage(index));
  }
  await end(journal, LENGTH, 2 * LENGTH, true);
  await expect(whole(journal)).rejects.toThrow(RangeError);
  await end(journal, 0, LENGTH, false);
  expect(await whole(journal)).toMatchObject({ segments: 20, frames: 20 * 144 });
  expect((await all()).map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(await readdir(join(staging, 'journal'))).toEqual([`${ID}.ndjson`]);
  await journal.close();
});

test('only whole chunks count, and each by itself', async () => {
  await record(35, false);
  expect(await progress()).toBe('0–10 10–20 20–30');
  expect(await all()).toHaveLength(30);
  await rm(join(staging, ID, '00013.ts'));
  expect(await progress()).toBe('0–10 20–30');
  await record(35, true, 30);
  expect(await progress()).toBe('0–10 20–30 30–35 end');
  await record(20, false, 10);
  expect(await progress()).toBe('0–10 10–20 20–30 30–35 end');
});

test('a finished rendition is ended, with its codecs', async () => {
  await record(23, true);
  await whole();
  expect(await progress()).toBe('0–23 end');
  expect(await whole()).toMatchObject({ segments: 23, frames: 23 * 144, codecs: 'avc1.64001f' });
});

test('of a finished rendition with segments missing or of another size the other chunks stay', async () => {
  await record(45, true);
  await whole();
  await truncate(join(staging, ID, '00018.ts'), 5);
  await rm(join(staging, ID, '00030.ts'));
  expect(await progress()).toBe('0–10 20–30 40–45 end');
  expect(await progress()).toBe('0–10 20–30 40–45 end');
  await rm(join(staging, ID, '00044.ts'));
  expect(await progress()).toBe('0–10 20–30');
});

test('a chunk whose journal was torn by a kill is made again', async () => {
  await record(20, false);
  const file = join(staging, 'journal', ID, '00000010.ndjson');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.slice(0, -20));
  expect(await progress()).toBe('0–10');
  expect(await readdir(join(staging, 'journal', ID))).toEqual(['00000000.ndjson']);
});

test.each([
  ['not JSON', 'hello\n'],
  [
    'a file name that leads away',
    '{"index":8,"file":"../x","bytes":1,"startTicks":0,"duration":"6","frames":1,"keyframes":[]}\n',
  ],
  [
    'a length of nothing',
    '{"index":8,"file":"00008.ts","bytes":1,"startTicks":0,"duration":"0/5","frames":1,"keyframes":[]}\n',
  ],
  [
    'negative bytes',
    '{"index":8,"file":"00008.ts","bytes":-1,"startTicks":0,"duration":"6","frames":1,"keyframes":[]}\n',
  ],
  [
    'an index that jumps',
    '{"index":9,"file":"00009.ts","bytes":1880,"startTicks":0,"duration":"6","frames":1,"keyframes":[]}\n',
  ],
  [
    'a torn keyframe',
    '{"index":8,"file":"00008.ts","bytes":1692,"startTicks":0,"duration":"6","frames":1,"keyframes":[[1]]}\n',
  ],
  ['a mark that counts more', '{"chunk":true,"segments":9,"ended":true,"codecs":null}\n'],
])('%s is not what a chunk ends with', async (_, line) => {
  await record(8, false);
  await stage(8);
  await stage(9);
  await appendFile(
    join(staging, 'journal', ID, '00000000.ndjson'),
    `${line}{"chunk":true,"segments":8,"ended":true,"codecs":null}\n`,
  );
  expect(await progress()).toBe('');
});

test('what is after the chunk in which the title ends does not count', async () => {
  await record(8, true);
  const journal = openJournal(staging, null);
  await journal.append(LENGTH, await stage(LENGTH));
  expect(await whole(journal)).toMatchObject({ segments: 8 });
  await journal.close();
});

test('nor does a chunk after it that came out empty', async () => {
  await record(8, true);
  const journal = openJournal(staging, null);
  for (const first of [2 * LENGTH, 3 * LENGTH]) await end(journal, first, first, true);
  expect(await progress()).toBe('0–8 end');
  expect(await readdir(join(staging, 'journal', ID))).toEqual(['00000000.ndjson']);
  await journal.close();
});

test('truncate forgets, and the encoder can append from there', async () => {
  await record(25, true);
  const journal = openJournal(staging, null);
  await journal.totals(ID);
  await journal.truncate(ID, 22, LENGTH);
  await journal.append(22, await stage(22));
  await end(journal, 22, 23, true);
  expect(await whole(journal)).toMatchObject({ segments: 23, codecs: 'avc1.64001f' });
  await journal.truncate(ID, 0, LENGTH);
  expect(await all(journal)).toEqual([]);
  await journal.close();
});

test.each([
  ['finished', true],
  ['unfinished', false],
])('chunks before the place at which a rendition is cut off stay whole (%s)', async (_, ended) => {
  await record(45, ended);
  const journal = openJournal(staging, null);
  if (ended) await journal.totals(ID);
  await journal.truncate(ID, 30, LENGTH);
  expect(await progress()).toBe('0–10 10–20 20–30');
  await journal.truncate(ID, 15, LENGTH);
  expect(await all()).toHaveLength(15);
  // The chunk that is cut is there for the end that is made next, and not for another run.
  expect(await progress()).toBe('0–10');
  await journal.close();
});

test('cut off where it ended, it ends there no longer', async () => {
  await record(15, true);
  const journal = openJournal(staging, null);
  await journal.truncate(ID, 15, LENGTH);
  await expect(whole(journal)).rejects.toThrow('its segments end at 15');
  await journal.append(15, await stage(15));
  await end(journal, 15, 16, true);
  expect(await whole(journal)).toMatchObject({ segments: 16 });
  await journal.close();
});

test('a chunk that is cut off while it is written to is not written on', async () => {
  const journal = openJournal(staging, null);
  await journal.append(0, await stage(0));
  await journal.truncate(ID, 0, LENGTH);
  await journal.append(0, await stage(0));
  await end(journal, 0, 1, true);
  expect(await whole(journal)).toMatchObject({ segments: 1 });
  await journal.close();
});

test('segments that a killed publisher had moved already count', async () => {
  await record(4, true);
  await mkdir(join(published, ID), { recursive: true });
  for (const file of ['00000.ts', '00001.ts']) await rename(join(staging, ID, file), join(published, ID, file));
  expect(await progress()).toBe('0–4 end');
  const journal = openJournal(staging, publishedIn(published));
  await whole(journal);
  const { path, file, bytes } = await journal.artifact(ID);
  expect([path, (await readFile(file)).length]).toEqual([`${ID}/segments.ndjson`, bytes]);
  await rename(file, join(published, ID, 'segments.ndjson'));
  expect(await progress()).toBe('0–4 end');
});

test('a rendition of the published title is taken as it is; afresh, it is not', async () => {
  await record(24, true);
  const journal = openJournal(staging, null);
  await whole(journal);
  // A copy beside the segments: publishing takes it with them.
  await journal.artifact(ID);
  await mkdir(published);
  await rename(join(staging, ID), join(published, ID));
  await rm(staging, { recursive: true });
  expect((await openJournal(staging, null).progress(ID, LENGTH)).chunks).toEqual([]);
  expect(await progress()).toBe('0–24 end');
  expect(await all()).toEqual(Array.from({ length: 24 }, (_, index) => inLowestTerms(index)));
  await rm(join(published, ID, '00012.ts'));
  expect(await progress()).toBe('0–10 20–24 end');
  expect(await readdir(join(published, ID))).toContain('00013.ts');
});

test('an id that leads out of the folder is refused', async () => {
  await expect(openJournal(staging, null).progress('../x', LENGTH)).rejects.toThrow(RangeError);
});

test('killed with SIGKILL while appending, again and again, it goes on without a gap', async () => {
  const script = `
    import { writeFileSync } from 'node:fs';
    const { openJournal } = await import(process.env.DIST + '/pipeline/work/journal.js');
    const journal = openJournal(process.argv[2], null);
    const { chunks } = await journal.progress('${ID}', 4);
    process.stdout.write('begun');
    for (let first = chunks.at(-1)?.end ?? 0; ; first += 4) {
      for (let index = first; index < first + 4; index++) {
        const file = String(index).padStart(5, '0') + '.ts';
        writeFileSync(process.argv[2] + '/${ID}/' + file, 'x');
        const keyframes = Array.from({ length: 300 }, (_, at) => ({ offset: at, bytes: 1, time: at }));
        await journal.append(first, { rendition: '${ID}', index, file, bytes: 1, start: index, duration: { num: 6, den: 1 }, frames: 1, keyframes });
      }
      await journal.endChunk('${ID}', { first, segments: first + 4, ended: false, codecs: null });
      process.stdout.write('.');
    }`;
  let before = 0;
  for (let round = 0; round < 8; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-', staging], {
      env: { ...process.env, DIST },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(script);
    const exit = once(child, 'exit');
    // Anywhere in a chunk; in the first round after some are made.
    for (let chunks = round === 0 ? 1 : 0; chunks >= 0; chunks--) await once(child.stdout, 'data');
    await sleep(Math.random() * 30);
    child.kill('SIGKILL');
    await exit;
    const { chunks } = await openJournal(staging, null).progress(ID, 4);
    const next = chunks.at(-1)?.end ?? 0;
    expect(chunks.map(({ first }) => first)).toEqual(Array.from({ length: next / 4 }, (_, at) => 4 * at));
    expect((await all()).map((each) => each.index)).toEqual(Array.from({ length: next }, (_, index) => index));
    expect(next).toBeGreaterThanOrEqual(before);
    before = next;
  }
  expect(before).toBeGreaterThan(0);
});
