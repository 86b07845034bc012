import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MediactlError } from '../../../src/errors.js';
import { acquireLock } from '../../../src/pipeline/work/lock.js';
import { currentProcess } from '../../../src/pipeline/work/process-identity.js';

// Compiled by test/global-setup.ts, for the processes that are killed here.
const DIST = new URL('../../../dist', import.meta.url).href;

let root: string;
let folder: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mediactl-lock-'));
  folder = join(root, 'staging');
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  await rm(root, { recursive: true, force: true });
});

// A process that tries once at the given time, and writes "held" or the error's code, then stays as long as told.
const CONTENDER = `
  import { appendFileSync, writeFileSync, readFileSync } from 'node:fs';
  const [folder, log, at, holdMs] = process.argv.slice(2);
  const { acquireLock } = await import(process.env.DIST + '/pipeline/work/lock.js');
  await new Promise((done) => setTimeout(done, Number(at) - Date.now()));
  try {
    const lock = await acquireLock(folder, { command: 'contender' });
    appendFileSync(log, 'held ' + process.pid + '\\n');
    await new Promise((done) => setTimeout(done, Number(holdMs)));
    await lock.release();
    appendFileSync(log, 'released ' + process.pid + '\\n');
  } catch (error) {
    appendFileSync(log, (error.code ?? error.stack) + ' ' + process.pid + '\\n');
  }`;

// Takes the lock over and over, checks that nobody else is in while it holds, and now and then dies holding it.
const RIOTER = `
  import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
  const [folder, log, until, inside] = process.argv.slice(2);
  const { acquireLock } = await import(process.env.DIST + '/pipeline/work/lock.js');
  for (let round = 0; Date.now() < Number(until); round++) {
    let lock;
    try {
      lock = await acquireLock(folder, { command: 'rioter' });
    } catch (error) {
      if (error.code !== 'output-busy') appendFileSync(log, 'error ' + error.stack + '\\n');
      await new Promise((done) => setTimeout(done, Math.random() * 10));
      continue;
    }
    const mine = process.pid + ' ' + round;
    writeFileSync(inside, mine);
    await new Promise((done) => setTimeout(done, Math.random() * 8));
    if (readFileSync(inside, 'utf8') !== mine) appendFileSync(log, 'two at once\\n');
    appendFileSync(log, 'turn\\n');
    if (Math.random() < 0.3) process.kill(process.pid, 'SIGKILL');
    await lock.release();
  }`;

function start(script: string, ...argv: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ['--input-type=module', '-', ...argv], {
    env: { ...process.env, DIST },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin?.end(script);
  children.add(child);
  return child;
}

async function holderIn(log: string): Promise<void> {
  while (!existsSync(log) || !readFileSync(log, 'utf8').includes('held')) await sleep(10);
}

test('the second run is told who holds the destination', async () => {
  const lock = await acquireLock(folder, { command: 'mediactl encode a.mp4' });
  const second = acquireLock(folder, { command: 'other', destination: '/titles/a' });
  await expect(second).rejects.toMatchObject({
    code: 'output-busy',
    message: '/titles/a is in use by another run of mediactl',
    reason: expect.stringMatching(new RegExp(`^process ${process.pid} holds it since 20.*: mediactl encode a.mp4$`)),
    hint: expect.stringContaining(`kill ${process.pid}`),
  });
  await lock.release();
  await lock.release();
  const third = await acquireLock(folder, { command: 'third' });
  await third.release();
  expect(await readdir(folder)).toEqual([]);
});

test('a process killed with SIGKILL frees the destination at once, even before its parent noticed', async () => {
  const log = join(root, 'log');
  const child = start(CONTENDER, folder, log, '0', '60000');
  await holderIn(log);
  await expect(acquireLock(folder, { command: 'early' })).rejects.toMatchObject({ code: 'output-busy' });
  process.kill(child.pid ?? 0, 'SIGKILL');
  // Not awaiting the exit: the child may still be a zombie here.
  const began = Date.now();
  let lock = await acquireLock(folder, { command: 'next' }).catch(() => null);
  while (!lock && Date.now() - began < 1000) lock = await acquireLock(folder, { command: 'next' }).catch(() => null);
  expect(lock).not.toBeNull();
  expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid, command: 'next' });
  await lock?.release();
  expect(await readdir(folder)).toEqual([]);
});

test.skipIf(process.platform !== 'linux')(
  'a killed process whose parent never looks does not hold it either',
  async () => {
    const [log, script] = [join(root, 'log'), join(root, 'contender.mjs')];
    await writeFile(script, CONTENDER);
    // The shell becomes a sleep that knows nothing of its child, so the dead child stays a zombie.
    const command = '"$0" "$@" & exec sleep 60';
    const parent = spawn('sh', ['-c', command, process.execPath, script, folder, log, '0', '60000'], {
      env: { ...process.env, DIST },
    });
    children.add(parent);
    await holderIn(log);
    const pid = Number(readFileSync(log, 'utf8').split(' ')[1]);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
    await (await acquireLock(folder, { command: 'next' })).release();
  },
);

test('a frozen process (Ctrl-Z) keeps the destination', async () => {
  const log = join(root, 'log');
  const child = start(CONTENDER, folder, log, '0', '60000');
  await holderIn(log);
  child.kill('SIGSTOP');
  await utimes(join(folder, 'lock'), new Date(0), new Date(Date.now() - 3_600_000));
  await expect(acquireLock(folder, { command: 'next' })).rejects.toMatchObject({ code: 'output-busy' });
});

test('of many that find a dead lock at the same moment exactly one takes it over', async () => {
  for (let round = 0; round < 2; round++) {
    const log = join(root, `log-${round}`);
    const holder = start(CONTENDER, folder, log, '0', '60000');
    await holderIn(log);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await rm(log);
    const at = String(Date.now() + 700);
    const takers = Array.from({ length: 8 }, () => start(CONTENDER, folder, log, at, '1500'));
    await Promise.all(takers.map((taker) => once(taker, 'exit')));
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    expect(lines.filter((line) => line.startsWith('held'))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('output-busy'))).toHaveLength(7);
    expect(await readdir(folder)).toEqual([]);
  }
});

test('never two at once, though holders are killed all the time', async () => {
  const log = join(root, 'log');
  appendFileSync(log, '');
  const until = Date.now() + 5000;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (Date.now() < until) await once(start(RIOTER, folder, log, String(until), join(root, 'inside')), 'exit');
    }),
  );
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  expect(lines.filter((line) => line !== 'turn')).toEqual([]);
  expect(lines.length).toBeGreaterThan(5);
});

test('never two at once, when those who find a dead lock race with those who release', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  const dead = { ...currentProcess(), pid, startTime: '1', startedAt: 'x', command: 'dead' };
  await mkdir(folder);
  let inside = 0;
  let most = 0;
  let turns = 0;
  const takeTurn = async (): Promise<void> => {
    for (;;) {
      const lock = await acquireLock(folder, { command: 'taker' }).catch((error: unknown) => {
        if (error instanceof MediactlError && error.code === 'output-busy') return null;
        throw error;
      });
      if (!lock) continue;
      most = Math.max(most, ++inside);
      await sleep(Math.random() * 2);
      turns++;
      inside--;
      return lock.release();
    }
  };
  const until = Date.now() + 4000;
  for (let round = 0; round < 300 && Date.now() < until; round++) {
    const token = round.toString(16).padStart(16, '0');
    await writeFile(join(folder, 'lock'), JSON.stringify({ ...dead, token }));
    await Promise.all(Array.from({ length: 4 }, takeTurn));
  }
  expect(most).toBe(1);
  expect(turns).toBeGreaterThan(20);
  expect(await readdir(folder)).toEqual([]);
});

test('a number given to another process, and a reboot, are recognised', async () => {
  await mkdir(folder);
  const self = currentProcess();
  const foreign = { ...self, token: 'aaaaaaaabbbbbbbb', startedAt: '2026-01-01T00:00:00Z', command: 'old' };
  if (self.startTime !== null) {
    await writeFile(join(folder, 'lock'), JSON.stringify({ ...foreign, startTime: '1' }));
    await (await acquireLock(folder, { command: 'next' })).release();
  }
  await writeFile(join(folder, 'lock'), JSON.stringify({ ...foreign, bootId: 'another boot' }));
  await expect(acquireLock(folder, { command: 'next' })).rejects.toMatchObject({ code: 'output-busy' });
  await utimes(join(folder, 'lock'), new Date(0), new Date('2001-01-01'));
  await (await acquireLock(folder, { command: 'next' })).release();
});

test('a lock of another machine holds while it is touched, and ends after a minute of silence', async () => {
  await mkdir(folder);
  const other = { ...currentProcess(), host: 'farm', bootId: 'elsewhere', pid: 4242 };
  const lock = join(folder, 'lock');
  await writeFile(lock, JSON.stringify({ ...other, token: 'aaaaaaaabbbbbbbb', startedAt: 'x', command: 'y' }));
  await utimes(lock, new Date(), new Date(Date.now() - 50_000));
  await expect(acquireLock(folder, { command: 'next' })).rejects.toMatchObject({
    code: 'output-busy',
    reason: expect.stringContaining('process 4242 on farm'),
    hint: expect.not.stringContaining('kill'),
  });
  await utimes(lock, new Date(), new Date(Date.now() - 61_000));
  await (await acquireLock(folder, { command: 'next' })).release();
});

test('signs of life are given, and a lost lock is noticed and left alone', async () => {
  const lock = await acquireLock(folder, { command: 'beating', heartbeatMs: 20 });
  const path = join(folder, 'lock');
  await utimes(path, new Date(0), new Date(0));
  await expect.poll(async () => Date.now() - (await stat(path)).mtimeMs).toBeLessThan(60_000);
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ host: hostname() });
  await writeFile(path, JSON.stringify({ ...currentProcess(), token: 'cccccccc', startedAt: 'x', command: 'thief' }));
  await expect.poll(() => lock.lost.aborted).toBe(true);
  await lock.release();
  expect(await readFile(path, 'utf8')).toContain('thief');
});

test('a half-written lock is waited for, then taken over', async () => {
  await mkdir(folder);
  await writeFile(join(folder, 'lock'), '{"pid": 12');
  const lock = await acquireLock(folder, { command: 'next' });
  expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))).toMatchObject({ command: 'next' });
  await lock.release();
});

test('a lock in the other possible working folder counts', async () => {
  const rival = join(root, 'rival');
  const theirs = await acquireLock(rival, { command: 'theirs' });
  await expect(acquireLock(folder, { command: 'ours', rivals: [rival] })).rejects.toMatchObject({
    code: 'output-busy',
    reason: expect.stringContaining('theirs'),
  });
  expect(await readdir(folder)).toEqual([]);
  await theirs.release();
  await (await acquireLock(folder, { command: 'ours', rivals: [rival] })).release();
});
