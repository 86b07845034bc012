import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { UploadReceipt } from '../../../src/model/receipt.js';
import { uploadedObjects } from '../../../src/pipeline/delivery/result.js';
import { readReceipt, writeReceipt } from '../../../src/pipeline/upload/upload-receipt.js';
import { Listing } from '../../../src/storage/listing.js';

let folder = '';
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-receipt-'));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

const object = { path: 'a b/ü#1.ts', bytes: 3, crc32c: 'AAAAAA==', generation: '1700000000000001' };
const listing = new Listing();
listing.set({ ...object, headers: { contentType: 'video/mp2t', cacheControl: null, metadata: { a: 'b' } } });
const receipt: UploadReceipt = {
  schema: 'mediactl.receipt/1',
  destination: 'gs://media/titles/a b',
  folder: null,
  objects: uploadedObjects(listing),
};

const asJson = (value: UploadReceipt): unknown => JSON.parse(JSON.stringify(value));

test('is read as it was written, leaves nothing beside it, and is not written again', async () => {
  const file = path.join(folder, 'a b.receipt.json');
  await writeReceipt(file, receipt);
  expect(asJson(await readReceipt(file))).toEqual(asJson(receipt));
  const before = await fs.stat(file);
  await writeReceipt(file, receipt);
  expect((await fs.stat(file)).ino).toBe(before.ino);
  expect(await fs.readFile(file, 'utf8')).toBe(`${JSON.stringify(receipt, null, 2)}\n`);
  expect(await fs.readdir(folder)).toEqual(['a b.receipt.json']);
  await writeReceipt(path.join(folder, 'new/deep/r.json'), receipt);
  expect(asJson(await readReceipt(path.join(folder, 'new/deep/r.json')))).toEqual(asJson(receipt));
});

test('the folder is told by its way from the receipt, and not at all when it lies elsewhere', async () => {
  const file = path.join(folder, 'a b.receipt.json');
  for (const [uploaded, told] of [
    [path.join(folder, 'a b'), 'a b'],
    [path.join(folder, 'deep/..er'), 'deep/..er'],
    [folder, '.'],
    ['/home/ed/a b', null],
  ] as const) {
    await writeReceipt(file, { ...receipt, folder: uploaded });
    expect(JSON.parse(await fs.readFile(file, 'utf8'))).toMatchObject({ folder: told });
    expect((await readReceipt(file)).folder).toBe(told === null ? null : uploaded);
  }
  await fs.writeFile(file, JSON.stringify({ ...receipt, folder: '/srv/of an older version' }));
  expect((await readReceipt(file)).folder).toBe('/srv/of an older version');
});

test('what a link points to is replaced, a device is not; a folder in the way is told', async () => {
  await fs.writeFile(path.join(folder, 'real.json'), '');
  await fs.symlink('real.json', path.join(folder, 'link.json'));
  await fs.symlink('/dev/null', path.join(folder, 'null.json'));
  await writeReceipt(path.join(folder, 'link.json'), receipt);
  await writeReceipt(path.join(folder, 'null.json'), receipt);
  expect(await fs.readlink(path.join(folder, 'link.json'))).toBe('real.json');
  expect(asJson(await readReceipt(path.join(folder, 'real.json')))).toEqual(asJson(receipt));
  expect((await fs.stat('/dev/null')).isCharacterDevice()).toBe(true);
  await fs.mkdir(path.join(folder, 'sub'));
  await expect(writeReceipt(path.join(folder, 'sub'), receipt)).rejects.toThrow(/EISDIR|cannot write/);
});

test('keys of later versions are no reason to refuse it; without metadata it has none', async () => {
  const file = path.join(folder, 'r.json');
  const { metadata: _, ...bare } = { ...receipt.objects.toJSON()[0], more: 1 };
  await fs.writeFile(file, JSON.stringify({ ...receipt, more: 1, folder: undefined, objects: [bare] }));
  expect(asJson(await readReceipt(file))).toMatchObject({ folder: null, objects: [{ metadata: {} }] });
});

test.each([
  ['no JSON', '{'],
  ['something else', '{"schema":"mediactl.title/1"}'],
  ['nothing in it', JSON.stringify({ ...receipt, objects: [] })],
  ['a folder as its place', JSON.stringify({ ...receipt, destination: '/srv' })],
  ['a path that leads outside', JSON.stringify({ ...receipt, objects: [{ ...object, path: '../x' }] })],
])('%s is no receipt', async (_, text) => {
  const file = path.join(folder, 'r.json');
  await fs.writeFile(file, text);
  await expect(readReceipt(file)).rejects.toMatchObject({ code: 'input-unsupported' });
  await expect(readReceipt(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'input-not-found' });
});

const RECEIPTS = `
  const dist = '${new URL('../../../dist', import.meta.url).href}';
  const { readReceipt, writeReceipt } = await import(dist + '/pipeline/upload/upload-receipt.js');
  const [file, count] = process.argv.slice(1);
  function* objects() {
    const rest = { bytes: 1, crc32c: 'AAAAAA==', contentType: 'video/mp2t', cacheControl: 'no-store', metadata: {} };
    for (let i = 0; i < count; i++) {
      yield { path: 'a/' + String(i).padStart(7, '0') + '.ts', generation: String(1700000000000000 + i), ...rest };
    }
  }
  const all = { [Symbol.iterator]: objects };
  await writeReceipt(file, { schema: 'mediactl.receipt/1', destination: 'gs://media/t', folder: null, objects: all });
  const { objects: read } = await readReceipt(file);
  if (read.size !== Number(count)) throw new Error('read ' + read.size);
  process.stdout.write(String(process.resourceUsage().maxRSS / 1024));`;

test('one of 100 000 objects is written and read with little more memory than one of 2000', async () => {
  const peakOf = async (objects: number): Promise<number> => {
    const flags = ['--optimize-for-size', '--max-semi-space-size=1', '--input-type=module', '--eval', RECEIPTS];
    const args = [...flags, path.join(folder, 'r.json'), String(objects)];
    return Number((await promisify(execFile)(process.execPath, args)).stdout);
  };
  const few = await peakOf(2000);
  const many = await peakOf(100_000);
  process.stdout.write(`receipts: ${few.toFixed(1)} MB, ${many.toFixed(1)} MB\n`);
  expect(few).toBeGreaterThan(30);
  expect(many - few).toBeLessThan(25);
});
