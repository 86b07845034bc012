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
import { limitOfEncodes } from '../../support/pace.js';

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

// A process that says "ready", tries once when the first file is there, writes "held" or the error's code, and stays
// until the second file is there.
const CONTENDER = `
  import { appendFileSync, existsSync } from 'node:fs';
  const [folder, log, go, leave] = process.argv.slice(2);
  const { acquireLock } = await import(process.env.DIST + '/pipeline/work/lock.js');
  appendFileSync(log, 'ready ' + process.pid + '\\n');
  while (!existsSync(go)) await new Promise((done) => setTimeout(done, 1));
  try {
    const lock = await acquireLock(folder, { command: 'contender' });
    appendFileSync(log, 'held ' + process.pid + '\\n');
    while (!existsSync(leave)) await new Promise((done) => setTimeout(done, 10));
    await lock.release();
    appendFileSync(log, 'released ' + process.pid + '\\n');
  } catch (error) {
    appendFileSync(log, (error.code ?? error.stack) + ' ' + process.pid + '\\n');
  }`;

// Takes the lock over and over, checks that nobody else is in while it holds, and now and then dies holding it.
const RIOTER = `
  import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
  const [folder, log, enough, inside] = process.argv.slice(2);
  const { acquireLock } = await import(process.env.DIST + '/pipeline/work/lock.js');
  for (let round = 0; readFileSync(log, 'utf8').split('turn').length <= Number(enough); round++) {
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

/** Starts one that takes the lock at once and keeps it. */
async function startHolder(log: string): Promise<ChildProcess> {
  const holder = start(CONTENDER, folder, log, root, join(root, 'never'));
  await said('held', log, 1);
  return holder;
}

/** Waits until the log has so many lines that begin with this word. */
async function said(word: string, log: string, times: number): Promise<void> {
  const lines = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []);
  await expect.poll(() => lines().filter((line) => line.startsWith(word)).length).toBe(times);
}

test('the second run is told who holds the destination', async () => {
  const lock = await acquireLock(folder, { command: 'mediactl encode a.mp4' });
  const second = acquireLock(folder, { command: 'other', destination: '/titles/a' });
  await expect(second).rejects.toMatchObject({
    code: 'output-busy',
    message: '/titles/a is in use by another run of mediactl',
    reason: expect.stringMatching(
      new RegExp(`^process ${process.pid} has been using it since 20.*: mediactl encode a.mp4$`),
    ),
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
  const child = await startHolder(log);
  await expect(acquireLock(folder, { command: 'early' })).rejects.toMatchObject({ code: 'output-busy' });
  process.kill(child.pid ?? 0, 'SIGKILL');
  // Not awaiting the exit: the child may still be a zombie here.
  const limit = limitOfEncodes(10);
  let lock = await acquireLock(folder, { command: 'next' }).catch(() => null);
  while (!lock && !limit.isOver()) lock = await acquireLock(folder, { command: 'next' }).catch(() => null);
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
    const parent = spawn('sh', ['-c', command, process.execPath, script, folder, log, root, join(root, 'never')], {
      env: { ...process.env, DIST },
    });
    children.add(parent);
    await said('held', log, 1);
    const pid = Number(/held (\d+)/.exec(readFileSync(log, 'utf8'))?.[1]);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
    await (await acquireLock(folder, { command: 'next' })).release();
  },
);

test('a frozen process (Ctrl-Z) keeps the destination', async () => {
  const log = join(root, 'log');
  const child = await startHolder(log);
  child.kill('SIGSTOP');
  await utimes(join(folder, 'lock'), new Date(0), new Date(Date.now() - 3_600_000));
  await expect(acquireLock(folder, { command: 'next' })).rejects.toMatchObject({ code: 'output-busy' });
});

test('of many that find a dead lock at the same moment exactly one takes it over', async () => {
  for (let round = 0; round < 2; round++) {
    const log = join(root, `log-${round}`);
    const go = join(root, `go-${round}`);
    const leave = join(root, `leave-${round}`);
    const holder = await startHolder(log);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await rm(log);
    const takers = Array.from({ length: 8 }, () => once(start(CONTENDER, folder, log, go, leave), 'exit'));
    await said('ready', log, 8);
    await writeFile(go, '');
    await said('output-busy', log, 7);
    await said('held', log, 1);
    await writeFile(leave, '');
    await Promise.all(takers);
    await said('held', log, 1);
    expect(await readdir(folder)).toEqual([]);
  }
});

test('never two at once, though holders are killed all the time', async () => {
  const log = join(root, 'log');
  appendFileSync(log, '');
  const enough = 60;
  const lines = (): string[] => readFileSync(log, 'utf8').split('\n').slice(0, -1);
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (lines().length < enough) {
        await once(start(RIOTER, folder, log, String(enough), join(root, 'inside')), 'exit');
      }
    }),
  );
  expect(lines().filter((line) => line !== 'turn')).toEqual([]);
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
  for (let round = 0; round < 60; round++) {
    const token = round.toString(16).padStart(16, '0');
    await writeFile(join(folder, 'lock'), JSON.stringify({ ...dead, token }));
    await Promise.all(Array.from({ length: 4 }, takeTurn));
  }
  expect(most).toBe(1);
  expect(turns).toBe(60 * 4);
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
  await utimes(lock, new Date(), new Date(Date.now() - 20_000));
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
