import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { stallSeconds } from '../../support/pace.js';
import { titleFacts, useWholeTitle } from './facts.js';
import { processesWith, whichRuns } from './processes.js';
import { CRAWLING, exists, HAS_PROC, segmentDone, sleep, until, untilNoneLeft, useWorkshop } from './workshop.js';

/** A run that is asked to end, is suspended, or whose reader goes away. */

const BIN = fileURLToPath(new URL('../../../bin/mediactl.js', import.meta.url));

const shop = useWorkshop();
const whole = useWholeTitle(shop);
const wholeOfBoth = useWholeTitle(shop, 'hls,cmaf');

/** Nothing but what a later run needs: no lock, no half-written segment, no pipe. */
async function expectTidyStaging(output: string): Promise<void> {
  const entries = await fs.readdir(shop.path(`.${output}.mediactl`), { recursive: true });
  const wanted =
    /^(journal(\/[\w-]+(\/\d{8})?(\.ndjson)?)?|(180p|90p|audio-und)-[0-9a-f]{8}(\/(\d{5}\.(ts|m4s)|init\.mp4))?)$/;
  expect(entries.filter((entry) => !wanted.test(entry))).toEqual([]);
}

describe.skipIf(!HAS_PROC)('asked to end', () => {
  test.each([
    ['SIGINT', 130, 'interrupted', 'hls,cmaf'],
    ['SIGTERM', 143, 'terminated', 'hls'],
    ['SIGQUIT', 131, 'quit', 'cmaf'],
    ['SIGHUP', 129, 'hung-up', 'hls'],
  ] as const)('%s: exit code %d, and the same command goes on', async (signal, exitCode, code, format) => {
    const run = shop.start(shop.args(signal, '--ffmpeg', shop.slow, '--format', format));
    await run.waitFor(segmentDone('180p', 4));
    run.child.kill(signal);
    const ran = await run.done;
    expect(ran.exitCode).toBe(exitCode);
    const final = ran.events.filter(({ type }) => type === 'error' || type === 'result');
    expect(final).toMatchObject([{ type: 'error', code, exitCode }]);
    expect(ran.events.at(-1)).toBe(final[0]);
    await untilNoneLeft(run.children);
    expect(await exists(shop.path(signal))).toBe(false);
    await expectTidyStaging(signal);

    const kept = ran.events.at(-2);
    expect(kept).toMatchObject({ type: 'kept', folder: shop.path(`.${signal}.mediactl`) });
    expect(kept?.['bytes']).toBeGreaterThan(0);

    if (signal !== 'SIGINT') return;
    const resumed = await shop.encode(signal, '--format', format);
    const start = resumed.events.find(({ type }) => type === 'start');
    const done = start?.['renditions'].map(({ doneSeconds }: { doneSeconds: number }) => doneSeconds) as number[];
    expect([start?.['resumed'], Math.min(...done)]).toEqual([true, kept?.['seconds']]);
    const first = resumed.events.find(
      ({ type, rendition }) => type === 'segment' && String(rendition).startsWith('180p'),
    );
    expect(Number(first?.['index'])).toBeGreaterThan(0);
    expect(await titleFacts(shop.path(signal))).toEqual(wholeOfBoth());
    expect(await exists(shop.path(`.${signal}.mediactl`))).toBe(false);
  });

  test('with --no-keep nothing is left to go on with', async () => {
    const run = shop.start(shop.args('nothing', '--ffmpeg', shop.slow, '--no-keep'));
    await run.waitFor(segmentDone('180p', 1));
    run.child.kill('SIGTERM');
    expect((await run.done).exitCode).toBe(143);
    await untilNoneLeft(run.children);
    expect((await fs.readdir(shop.folder)).filter((name) => name.includes('nothing'))).toEqual([]);
  });

  test('a second signal leaves at once', async () => {
    // An FFmpeg that takes its time to end: the first signal waits for it, the second does not.
    const stubborn = path.join(shop.folder, 'stubborn-ffmpeg');
    await fs.writeFile(stubborn, `#!/usr/bin/env bash\ntrap '' TERM INT\n"${shop.slow}" "$@"\n`, { mode: 0o755 });
    const run = shop.start(shop.args('twice', '--ffmpeg', stubborn, '--format', 'hls,cmaf'));
    await run.waitFor(segmentDone('180p', 0));
    run.child.kill('SIGINT');
    // Two that come together come in no certain order.
    await sleep(20);
    run.child.kill('SIGTERM');
    const { exitCode, events } = await run.done;
    // The second one's own exit code: the first has not come to its end.
    expect(exitCode).toBe(143);
    expect(events.filter(({ type }) => type === 'error')).toHaveLength(1);
    await untilNoneLeft(run.children);
    expect((await shop.encode('twice', '--format', 'hls,cmaf')).exitCode).toBe(0);
  });

  test('what a wrapper around FFmpeg has started ends too', async () => {
    const wrapper = path.join(shop.folder, 'wrapped-ffmpeg');
    await fs.writeFile(wrapper, `#!/usr/bin/env bash\n"${shop.slow}" "$@"\n`, { mode: 0o755 });
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const run = shop.start(shop.args(`wrapped-${signal}`, '--ffmpeg', wrapper), { env: CRAWLING });
      await run.waitFor(/"type":"progress"/);
      run.child.kill(signal);
      await run.done;
      await untilNoneLeft(run.children);
    }
  });
});

describe.skipIf(!HAS_PROC)('a reader that goes away', () => {
  async function pipe(command: string, env: Record<string, string>): Promise<{ status: string; stderr: string }> {
    const script = `set -o pipefail; ${command}; echo "\${PIPESTATUS[0]}" >&3`;
    const child = spawn('bash', ['-c', script], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    let status = '';
    let stderr = '';
    child.stdio[3]?.on('data', (text: Buffer) => (status += String(text)));
    child.stderr?.on('data', (text: Buffer) => (stderr += String(text)));
    await once(child, 'close');
    return { status: status.trim(), stderr };
  }

  test('encode --json | head -1 ends the run, with 141', async () => {
    const args = shop
      .args('piped', '--ffmpeg', shop.slow)
      .map((arg) => `'${arg}'`)
      .join(' ');
    const { status } = await pipe(`"${process.execPath}" "${BIN}" ${args} | head -1`, { ROBUST_PIPE: 'encode' });
    expect(status).toBe('141');
    await untilNoneLeft(() => processesWith('ROBUST_PIPE=encode'));
    expect(await exists(shop.path('piped'))).toBe(false);
  });

  test.each([
    ['plan', (): string => `plan '${shop.source}'`],
    ['plan --json', (): string => `plan '${shop.source}' --json`],
    ['ladders', (): string => 'ladders vod --json'],
    ['help', (): string => 'encode --help'],
  ])('%s | head -1 is quiet', async (_, command) => {
    const { status, stderr } = await pipe(`"${process.execPath}" "${BIN}" ${command()} | head -1`, {});
    expect({ status, stderr }).toEqual({ status: '0', stderr: '' });
  });
});

describe.skipIf(!HAS_PROC || !existsSync('/usr/bin/script'))('in a terminal', () => {
  /** Runs the command line in a terminal of its own; it writes its exit code to `<output>.status`. */
  function inTerminal(output: string): { terminal: ChildProcess; mark: string; status: string } {
    const mark = `ROBUST_TERMINAL=${process.pid}-${output}`;
    const status = shop.path(`${output}.status`);
    const args = shop.args(output, '--ffmpeg', shop.slow).filter((arg) => arg !== '--json');
    const command = [process.execPath, BIN, ...args].map((arg) => `'${arg}'`).join(' ');
    const [name = '', value] = mark.split('=');
    // As a shell does with its jobs when the window is closed.
    const shell =
      `${command} & pid=$!; trap : INT; trap 'kill -HUP $pid' HUP; ` +
      `while kill -0 $pid 2>&-; do wait $pid; s=$?; done; echo $s > '${status}'`;
    const terminal = spawn('script', ['-qc', shell, '/dev/null'], {
      env: { ...process.env, [name]: value, ...CRAWLING },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    return { terminal, mark, status };
  }

  async function started(mark: string): Promise<void> {
    await until('FFmpeg', async () => (await whichRuns(await processesWith(mark), /\/%05d\.ts/)) !== undefined);
  }

  test.each([
    ['Ctrl-C, which FFmpeg gets as well', 'ctrl-c', (terminal: ChildProcess) => terminal.stdin?.write('\u0003'), 130],
    ['a closed window', 'closed', (terminal: ChildProcess) => terminal.kill('SIGKILL'), 129],
  ])('%s', async (_, output, act, expected) => {
    const { terminal, mark, status } = inTerminal(output);
    await started(mark);
    act(terminal);
    await until('its exit code', async () => (await fs.readFile(status, 'utf8').catch(() => '')) !== '');
    expect(await fs.readFile(status, 'utf8')).toBe(`${expected}\n`);
    await untilNoneLeft(() => processesWith(mark));
    expect(await exists(shop.path(output))).toBe(false);
    expect(await exists(shop.path(`.${output}.mediactl/lock`))).toBe(false);
  });
});

describe.skipIf(!HAS_PROC)('suspended', () => {
  test.each(['SIGSTOP', 'SIGTSTP'] as const)(
    '%s of the whole job, for longer than the stall timeout',
    async (signal) => {
      // A job of its own, as a shell makes one for each command line; a lone process group could not be suspended.
      const stall = stallSeconds();
      const args = shop.args(signal, '--ffmpeg', shop.slow, '--stall-timeout', String(stall));
      const job = `set -m; "$@" & pid=$!; echo $pid >&3
      again() { wait $pid; s=$?; ((s == 147 || s == 148)) || exit $s; sleep 0.1; again; }; again`;
      const shell = spawn('bash', ['-c', job, 'bash', process.execPath, BIN, ...args], {
        stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
      });
      let stdout = '';
      let pid = '';
      shell.stdout?.on('data', (text: Buffer) => (stdout += String(text)));
      shell.stdio[3]?.on('data', (text: Buffer) => (pid += String(text)));
      await until('a segment', () => segmentDone('180p', 0).test(stdout));
      process.kill(-Number(pid), signal);
      // A signal that can be caught is heard when its turn comes; what was said before is read when ours does.
      let before = '';
      for (; before !== stdout; await sleep(1000 * stall)) before = stdout;
      await sleep(stall * 1000 + 1300);
      expect(stdout).toBe(before);
      process.kill(-Number(pid), 'SIGCONT');
      const [exitCode] = (await once(shell, 'close')) as [number | null];
      expect(exitCode, stdout).toBe(0);
      expect(await titleFacts(shop.path(signal))).toEqual(whole());
    },
  );

  test('one FFmpeg alone: it is not waited for, and named', async () => {
    const run = shop.start(shop.args('stopped', '--ffmpeg', shop.slow, '--stall-timeout', String(stallSeconds())));
    await run.waitFor(segmentDone('180p', 0));
    const encoder = await whichRuns(await run.children(), /90p-[0-9a-f]{8}\/%05d\.ts/);
    if (encoder === undefined) return expect.unreachable();
    process.kill(encoder, 'SIGSTOP');
    const { exitCode, events } = await run.done;
    expect(exitCode).toBe(5);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'encode-stalled' });
    expect(events.at(-1)?.['message']).toContain('encode 90p');
    expect(events.at(-1)?.['reason']).toContain(`process ${encoder}`);
    await untilNoneLeft(run.children);
    await expectTidyStaging('stopped');
  });
});
