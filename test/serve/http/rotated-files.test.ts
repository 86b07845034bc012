import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RotatedFiles } from '../../../src/serve/http/rotated-files.js';

let root = '';
let folder = '';
let now = Date.UTC(2026, 10, 26, 23, 59, 59);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mediactl-rotated-'));
  folder = join(root, 'a/b');
  now = Date.UTC(2026, 10, 26, 23, 59, 59);
});
afterEach(() => rm(root, { recursive: true }));

const open = (rotateAt: number): RotatedFiles =>
  new RotatedFiles({ folder, prefix: 'reports', rotateAt, today: () => now });

test('what comes at once is whole and in order; only this user can read it; a new file each day and after a size', async () => {
  const files = open(1000);
  await files.prepare();
  const lines = Array.from({ length: 90 }, (_, i) => `line ${String(i).padStart(4, '0')}\n`);
  await Promise.all(lines.map((line) => files.append(line)));
  await files.append('x'.repeat(99));
  await files.append(`${'y'.repeat(99)}\n`);
  now += 1000;
  await files.append('tomorrow\n');
  await files.close();
  const names = (await readdir(folder)).sort();
  expect(names.map((name) => name.replace(/-[0-9a-f]{8}-/, '-RUN-'))).toEqual([
    'reports-2026-11-26-RUN-0000.ndjson',
    'reports-2026-11-26-RUN-0001.ndjson',
    'reports-2026-11-27-RUN-0002.ndjson',
  ]);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  expect(texts).toEqual([`${lines.join('')}${'x'.repeat(99)}`, `${'y'.repeat(99)}\n`, 'tomorrow\n']);
  for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('what cannot be written is told to whoever gave it, and the next may be kept', async () => {
  const files = open(1000);
  await expect(files.append('lost\n')).rejects.toMatchObject({ code: 'ENOENT' });
  await files.prepare();
  await files.append('kept\n');
  await files.close();
  const [name = ''] = await readdir(folder);
  expect(await readFile(join(folder, name), 'utf8')).toBe('kept\n');
});

test('two runs never write to one file', async () => {
  const [one, other] = [open(1000), open(1000)];
  await one.prepare();
  await Promise.all([one.append('one\n'), other.append('other\n')]);
  await Promise.all([one.close(), other.close()]);
  expect(await readdir(folder)).toHaveLength(2);
});
