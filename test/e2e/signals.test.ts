import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { isAlive } from '../support/alive.js';
import { runMediactl, startMediactl } from './run.js';

let folder = '';
let slow: readonly string[] = [];

/** An ffprobe that never answers and has to be killed, for a command that is still busy when a signal comes. */
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-signals-'));
  const program = path.join(folder, 'slow-ffprobe');
  await fs.writeFile(
    program,
    '#!/bin/sh\ntrap "" TERM INT HUP QUIT\necho "$$" >> "$0.started"\nwhile :; do sleep 0.1; done\n',
  );
  await fs.chmod(program, 0o755);
  slow = ['probe', await clip('pal25'), '--ffprobe', program];
});

afterAll(async () => {
  await fs.rm(folder, { recursive: true, force: true });
});

async function startedPids(atLeast: number): Promise<number[]> {
  for (;;) {
    const text = await fs.readFile(path.join(folder, 'slow-ffprobe.started'), 'utf8').catch(() => '');
    const pids = text.trim().split('\n').filter(Boolean).map(Number);
    if (pids.length >= atLeast) return pids;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test.each([
  ['SIGINT', 130, 'error: interrupted\n'],
  ['SIGTERM', 143, 'error: told to stop (SIGTERM)\n'],
  ['SIGQUIT', 131, 'error: told to quit (SIGQUIT)\n'],
  ['SIGHUP', 129, 'error: the terminal was closed (SIGHUP)\n'],
] as const)('%s ends in good order with %d, and nothing is left running', async (signal, expected, message) => {
  const before = (await startedPids(0)).length;
  const { child, done } = startMediactl(slow, { cwd: folder });
  const pids = await startedPids(before + 1);
  child.kill(signal);
  const { exitCode, stderr, stdout } = await done;
  expect({ exitCode, stderr, stdout }).toEqual({ exitCode: expected, stderr: message, stdout: '' });
  expect(pids.filter(isAlive)).toEqual([]);
});

test('with --json the signal is the final error line', async () => {
  const before = (await startedPids(0)).length;
  const { child, done } = startMediactl([...slow, '--json'], { cwd: folder });
  await startedPids(before + 1);
  child.kill('SIGINT');
  expect((await done).events).toMatchObject([{ type: 'error', code: 'interrupted', exitCode: 130 }]);
});

test.each(['SIGINT', 'SIGQUIT'] as const)('%s while the program is still being loaded is not lost', async (signal) => {
  // As soon as anybody listens, which is long before there is a run.
  const early = `if(process.argv[1].endsWith("mediactl.js")){const t=setInterval(()=>{if(process.listenerCount("${signal}")>0){clearInterval(t);process.kill(process.pid,"${signal}")}},0)}`;
  const env = { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(early)}"` };
  const { exitCode, events } = await runMediactl(['encode', await clip('pal25'), '-o', 'early', '--json'], {
    cwd: folder,
    env,
  });
  expect(exitCode).toBe(signal === 'SIGINT' ? 130 : 131);
  expect(events.at(-1)).toMatchObject({ type: 'error', code: signal === 'SIGINT' ? 'interrupted' : 'quit' });
  expect(events.filter(({ type }) => type === 'start')).toEqual([]);
});

test('a second signal leaves at once, with its own exit code', async () => {
  // It leaves something behind that is no descendant of it any more and holds its stdout: the first signal's end, which
  // waits for that, does not come.
  const program = path.join(folder, 'leaving-ffprobe');
  const text = '#!/bin/sh\n(sleep 100000 & echo "$!" > "$0.left")\necho "$$" > "$0.started"\nexec sleep 100000\n';
  await fs.writeFile(program, text, { mode: 0o755 });
  const pidIn = async (name: string): Promise<number> =>
    Number(await fs.readFile(`${program}.${name}`, 'utf8').catch(() => ''));
  const { child, done } = startMediactl(['probe', await clip('pal25'), '--ffprobe', program], { cwd: folder });
  await expect.poll(() => pidIn('started')).toBeGreaterThan(0);
  const [ffprobe, left] = [await pidIn('started'), await pidIn('left')];
  onTestFinished(() => void (isAlive(left) && process.kill(left, 'SIGKILL')));
  child.kill('SIGINT');
  await expect.poll(() => isAlive(ffprobe)).toBe(false);
  child.kill('SIGTERM');
  const { exitCode, stderr } = await done;
  expect({ exitCode, stderr }).toEqual({ exitCode: 143, stderr: 'error: told to stop (SIGTERM)\n' });
});

test('what nobody expected is told as a bug, with exit code 1', async () => {
  const { exitCode, stderr } = await runMediactl(['probe', await clip('pal25')], {
    env: { NODE_OPTIONS: `--import ${new URL('./throw-later.mjs', import.meta.url).href}` },
  });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: internal error: thrown from nowhere\n/);
});
