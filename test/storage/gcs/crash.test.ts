import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { crc32cOf } from '../../../src/storage/crc32c.js';
import { FileSessions } from '../../../src/storage/gcs/sessions.js';
import { useBucket } from './bucket.js';

const bucket = useBucket({ nativeChecksums: true });
const MiB = 1024 * 1024;
const SIZE = 40 * MiB + 77;

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
}

function putFile(file: string): { kill: () => void; ended: Promise<Ended> } {
  const script = fileURLToPath(new URL('put-file.mjs', import.meta.url));
  const argv = [script, bucket.endpoint, file, join(bucket.folder, 'sessions')];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, stdout }));
  return { kill: () => void child.kill('SIGKILL'), ended };
}

const count = async (kind: string): Promise<number> => (await bucket.control.requests({ kind })).length;

test.each([1, 4])('killed after chunk %i, the next process goes on from there', async (chunks) => {
  await bucket.control.settings({ latencyMs: 80 });
  const file = await bucket.file(SIZE);
  const first = putFile(file);
  await expect.poll(() => count('resumable-chunk'), { interval: 10 }).toBeGreaterThanOrEqual(chunks);
  first.kill();
  expect(await first.ended).toMatchObject({ signal: 'SIGKILL', stdout: '' });
  const before = await count('resumable-chunk');

  const second = await putFile(file).ended;
  expect(second).toMatchObject({ code: 0 });
  const [there] = await bucket.control.objects('media');
  expect(there).toMatchObject({ size: String(SIZE), crc32c: crc32cOf(await readFile(file)) });
  expect(JSON.parse(second.stdout)).toMatchObject({ generation: there?.['generation'], bytes: SIZE });
  expect(await count('resumable-start')).toBe(1);
  expect((await bucket.control.writes()).length).toBe(1);
  // Five chunks and the rest; one may have been cut off by the kill.
  const again = (await count('resumable-chunk')) - before;
  expect(again).toBeLessThanOrEqual(5 - (chunks - 1));
  expect(await readdir(join(bucket.folder, 'sessions'))).toEqual([]);
});

test('killed when the object was complete but nobody knew: found so, and nothing is sent again', async () => {
  const file = await bucket.file(SIZE);
  await bucket.control.addFault({ fault: { type: 'lost-ack' }, match: { kind: 'resumable-final' } });
  const first = putFile(file);
  await expect.poll(async () => (await bucket.control.writes()).length).toBe(1);
  first.kill();
  await first.ended;
  await bucket.control.clearLog();
  expect((await putFile(file).ended).code).toBe(0);
  expect(await count('resumable-chunk')).toBe(0);
  expect(await count('resumable-start')).toBe(0);
  expect(await bucket.control.writes()).toEqual([]);
});

test('another file of the same name does not go on with the session of the first', async () => {
  await bucket.control.settings({ latencyMs: 80 });
  const first = putFile(await bucket.file(SIZE));
  await expect.poll(() => count('resumable-chunk'), { interval: 10 }).toBeGreaterThanOrEqual(2);
  first.kill();
  await first.ended;
  const other = await bucket.file(SIZE);
  expect((await putFile(other).ended).code).toBe(0);
  const [there] = await bucket.control.objects('media');
  expect(there).toMatchObject({ crc32c: crc32cOf(await readFile(other)) });
});

test('addresses of sessions are readable by this user only, and gone when forgotten', async () => {
  const folder = join(bucket.folder, 'sessions');
  const sessions = new FileSessions(folder);
  expect(await sessions.load('k')).toBeNull();
  await sessions.forget('k');
  await sessions.save('k', 'https://example.com/?upload_id=secret');
  await sessions.save('k', 'https://example.com/?upload_id=2');
  expect(await sessions.load('k')).toBe('https://example.com/?upload_id=2');
  const [name = ''] = await readdir(folder);
  expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
  await sessions.forget('k');
  expect(await readdir(folder)).toEqual([]);
});
