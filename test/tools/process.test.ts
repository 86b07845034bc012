import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processorTicks, processState } from '../../src/tools/process-state.js';
import { capture, launch } from '../../src/tools/process.js';
import { isAlive } from '../support/alive.js';
import { limitOfEncodes } from '../support/pace.js';

const HAS_PROC = process.platform === 'linux';
let folder = '';

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-process-'));
});

afterAll(async () => {
  await fs.rm(folder, { recursive: true, force: true });
});

async function until(isSo: () => boolean): Promise<void> {
  const limit = limitOfEncodes(100);
  while (!isSo() && !limit.isOver()) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isSo()).toBe(true);
}

describe('launch', () => {
  test('lines come per file descriptor, all of them, before the end', async () => {
    const lines: string[] = [];
    const handle = (fd: number) => (line: string) => void lines.push(`${fd} ${line}`);
    const running = launch({
      program: 'sh',
      args: ['-c', 'echo a; echo b >&2; printf "c\\nlast" >&3; exit 4'],
      lines: { 1: handle(1), 2: handle(2), 3: handle(3) },
    });
    expect(await running.ended).toEqual({ kind: 'exit', code: 4 });
    expect(lines.toSorted()).toEqual(['1 a', '2 b', '3 c', '3 last']);
  });

  test('a program that is not there ends at once', async () => {
    const exit = await launch({ program: path.join(folder, 'none'), args: [], lines: {} }).ended;
    expect(exit).toMatchObject({ kind: 'not-started', error: { code: 'tool-missing' } });
  });

  test('stop ends one that is deaf to SIGTERM', async () => {
    const lines: string[] = [];
    const args = ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done'];
    const running = launch({ program: 'sh', args, lines: { 1: (line) => void lines.push(line) } });
    await until(() => lines.includes('ready'));
    running.stop();
    expect(await running.ended).toEqual({ kind: 'signal', signal: 'SIGKILL' });
  });

  test.skipIf(!HAS_PROC)('stop ends what a wrapper has started, and does not wait for its pipes', async () => {
    const lines: string[] = [];
    const args = ['-c', 'sh -c \'trap "" TERM; echo $$; while :; do sleep 0.1; done\' & wait'];
    const running = launch({ program: 'sh', args, lines: { 1: (line) => void lines.push(line) } });
    await until(() => lines.length > 0);
    running.stop();
    expect(await running.ended).toMatchObject({ kind: 'signal' });
    await until(() => !isAlive(Number(lines[0])));
  });
});

test('capture: an abort ends the program, with the reason', async () => {
  const abort = new AbortController();
  const running = capture('sleep', ['100'], { signal: abort.signal });
  setTimeout(() => abort.abort(new Error('enough')), 50);
  await expect(running).rejects.toThrow('enough');
});

describe.skipIf(!HAS_PROC)('processState', () => {
  const started: ChildProcess[] = [];
  const start = (...args: string[]): number => {
    const child = spawn(args[0] ?? '', args.slice(1), { stdio: ['ignore', 'ignore', 'ignore'] });
    started.push(child);
    return child.pid ?? 0;
  };
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
  });

  test('stopped, though it has work', async () => {
    const pid = start('sh', '-c', 'while :; do :; done');
    expect(processState(pid)).not.toBe('stopped');
    process.kill(pid, 'SIGSTOP');
    await until(() => processState(pid) === 'stopped');
    const ticks = processorTicks(pid);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(processorTicks(pid)).toBe(ticks);
  });

  test('waiting for a pipe; not one that sleeps', async () => {
    const pipe = path.join(folder, 'pipe');
    await capture('mkfifo', [pipe]);
    const holder = start('sh', '-c', `exec sleep 100 > '${pipe}'`);
    const reader = start('cat', pipe);
    await until(() => processState(reader) === 'waiting-for-input');
    expect(processState(holder)).toBe('other');
  });

  test('gone', () => {
    expect(processState(2 ** 22 + 1)).toBe(null);
    expect(processorTicks(2 ** 22 + 1)).toBe(null);
  });
});
