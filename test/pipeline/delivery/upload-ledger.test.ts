import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LEDGER_NAME, openLedger } from '../../../src/pipeline/delivery/upload-ledger.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const first = { bytes: 3, crc32c: 'AAAAAA==' };
const second = { bytes: 4, crc32c: 'BBBBBB==' };

test('knows nothing at first, and leaves no file until it has something to say', async () => {
  const ledger = await openLedger(folder);
  expect(ledger.isOurs('a/00000.ts', first.crc32c)).toBe(false);
  expect([...ledger.all()].length).toBe(0);
  await ledger.close();
  expect(existsSync(join(folder, LEDGER_NAME))).toBe(false);
});

test('what was announced is known at once, and to the next run', async () => {
  const ledger = await openLedger(folder);
  await ledger.recordIntent('a/00000.ts', first);
  expect(ledger.isOurs('a/00000.ts', first.crc32c)).toBe(true);
  // As a kill leaves it: nobody has closed it.
  const next = await openLedger(folder);
  for (const one of [ledger, next]) {
    expect([...one.all()]).toMatchObject([{ path: 'a/00000.ts', ...first }]);
    expect(one.last('a/00000.ts')).toMatchObject(first);
    expect(one.isOurs('a/00000.ts', first.crc32c)).toBe(true);
    expect(one.isOurs('a/00000.ts', second.crc32c)).toBe(false);
    expect(one.isOurs('a/00000.ts', null)).toBe(false);
    expect(one.isOurs('b/00000.ts', first.crc32c)).toBe(false);
    await one.close();
  }
});

test('of other bytes under the same name the last ones count, and the first are still known as ours', async () => {
  const ledger = await openLedger(folder);
  await ledger.recordIntent('m', first);
  await ledger.recordIntent('m', second);
  await ledger.close();
  const next = await openLedger(folder);
  expect([...next.all()]).toMatchObject([{ path: 'm', ...second }]);
  expect(next.isOurs('m', first.crc32c)).toBe(true);
  await next.close();
});

test('what was brought of a rendition that is disowned is nobody’s, for the next run too', async () => {
  const ledger = await openLedger(folder);
  await ledger.recordIntent('a/00000.ts', first);
  await ledger.recordIntent('a/00000.ts', second);
  await ledger.recordIntent('ab/00000.ts', first);
  await ledger.disown('a');
  const next = await openLedger(folder);
  for (const one of [ledger, next]) {
    expect([...one.all()].map(({ path }) => path)).toEqual(['ab/00000.ts']);
    expect(one.last('a/00000.ts')).toBeNull();
    for (const { crc32c } of [first, second]) expect(one.isOurs('a/00000.ts', crc32c)).toBe(false);
    expect(one.isOurs('ab/00000.ts', first.crc32c)).toBe(true);
  }
  // What is brought after that is ours again, and what was before is not.
  await next.recordIntent('a/00000.ts', second);
  const last = await openLedger(folder);
  for (const one of [next, last]) {
    expect(one.isOurs('a/00000.ts', second.crc32c)).toBe(true);
    expect(one.isOurs('a/00000.ts', first.crc32c)).toBe(false);
  }
  for (const one of [ledger, next, last]) await one.close();
});

test('a line that a crash tore is forgotten, and the next is not glued to it', async () => {
  const ledger = await openLedger(folder);
  await ledger.recordIntent('a', first);
  await ledger.close();
  await appendFile(join(folder, LEDGER_NAME), '{"path":"b","bytes":3,"crc');
  const next = await openLedger(folder);
  expect([...next.all()].map(({ path }) => path)).toEqual(['a']);
  await next.recordIntent('c', second);
  await next.close();
  const lines = (await readFile(join(folder, LEDGER_NAME), 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).path)).toEqual(['a', 'c']);
});

test.each([
  ['no JSON', 'x'],
  ['another shape', '{"path":"a"}'],
  ['another type', '{"path":"a","bytes":"3","crc32c":"x"}'],
  ['a path that leads out', '{"path":"../a","bytes":3,"crc32c":"x"}'],
  ['null', 'null'],
])('a line of %s is passed over', async (_, line) => {
  const good = JSON.stringify({ path: 'z', bytes: first.bytes, crc32c: first.crc32c });
  await writeFile(join(folder, LEDGER_NAME), `${line}\n${good}\n`);
  const ledger = await openLedger(folder);
  expect([...ledger.all()]).toMatchObject([{ path: 'z', ...first }]);
  await ledger.close();
});

test('a path that leads out of the title is refused', async () => {
  const ledger = await openLedger(folder);
  await expect(ledger.recordIntent('../a', first)).rejects.toThrow(RangeError);
  await ledger.close();
});

test('it says where it all went, from the first entry on', async () => {
  const first = await openLedger(folder, 'gs://b/t');
  expect(first.destination).toBe(null);
  await first.recordIntent('a', { bytes: 1, crc32c: 'x' });
  await first.recordIntent('b', { bytes: 1, crc32c: 'y' });
  await first.close();
  const next = await openLedger(folder);
  expect(next.destination).toBe('gs://b/t');
  expect([...next.all()].map(({ path }) => path)).toEqual(['a', 'b']);
  await next.close();
});
