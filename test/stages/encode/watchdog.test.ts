import { spawn, type ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createGate, type GateControl } from '../../../src/stages/encode/gate.js';
import type { GroupOptions, Member } from '../../../src/stages/encode/member.js';
import { watch, type Watchdog } from '../../../src/stages/encode/watchdog.js';
import type { FfmpegCommand } from '../../../src/tools/ffmpeg/command.js';
import { processorTicks, processState } from '../../../src/tools/process-state.js';

const STALL_SECONDS = 20;
const HAS_PROC = process.platform === 'linux';

let gate: GateControl;
let stalls = 0;
let watchdog: Watchdog | null = null;
const children: ChildProcess[] = [];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  gate = createGate();
  stalls = 0;
});
afterEach(() => {
  watchdog?.stop();
  vi.useRealTimers();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function member(label: string, role: FfmpegCommand['role'], changes: Partial<Member> = {}): Member {
  const writesTo = role === 'decode' ? ['/pipes/360p'] : [];
  const command = { label, role, readsSource: true, args: [], outputs: [], writesTo };
  return { command, pid: undefined, frames: 0, position: '0', ended: false, ...changes };
}

function start(members: readonly Member[], changes: Partial<GroupOptions> = {}): Watchdog {
  const options: GroupOptions = {
    ffmpeg: 'ffmpeg',
    address: { url: 'file:a.mp4', protocols: 'file', env: {} },
    stallSeconds: STALL_SECONDS,
    skipsAhead: false,
    signal: new AbortController().signal,
    gate,
    ...changes,
  };
  watchdog = watch(members, options, () => void stalls++);
  return watchdog;
}

const pass = (seconds: number): void => void vi.advanceTimersByTime(seconds * 1000);

/** Uses the processor until the system has counted a tick of it. */
function work(): void {
  const before = processorTicks(process.pid);
  while (processorTicks(process.pid) === before);
}

/** A process that waits and uses no processor time. */
function sleeper(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  children.push(child);
  return child.pid ?? 0;
}

describe('processes that are connected', () => {
  test('stall when none gets further, and it is said once', () => {
    const members = [member('decode', 'decode', { frames: 7 }), member('encode 360p', 'encode', { frames: 7 })];
    const dog = start(members);
    pass(STALL_SECONDS);
    expect(dog.verdict()).toBeNull();
    pass(2);
    expect(stalls).toBe(1);
    pass(100);
    expect(stalls).toBe(1);
    expect(dog.verdict()?.toError(['last words'])).toMatchObject({
      code: 'encode-stalled',
      message: expect.stringContaining(`${STALL_SECONDS} s`),
      detail: ['last words'],
    });
  });

  test('do not, as long as one of them does', () => {
    const members = [member('decode', 'decode'), member('encode 360p', 'encode')];
    start(members);
    for (let i = 0; i < 10; i++) {
      pass(STALL_SECONDS - 1);
      members[1]!.position = String(i + 1);
    }
    expect(stalls).toBe(0);
  });

  test('the end of one is a step, too', () => {
    const members = [member('decode', 'decode'), member('encode 360p', 'encode')];
    start(members);
    pass(STALL_SECONDS - 1);
    members[0]!.ended = true;
    pass(STALL_SECONDS - 1);
    expect(stalls).toBe(0);
    pass(5);
    expect(watchdog?.verdict()?.member).toBe(members[1]);
  });

  test('the encoder behind the others is blamed, else the decoder', () => {
    const behind = [
      member('decode', 'decode'),
      member('encode 720p', 'encode', { frames: 40 }),
      member('encode 360p', 'encode', { frames: 30 }),
    ];
    start(behind);
    pass(STALL_SECONDS + 2);
    expect(watchdog?.verdict()?.member).toBe(behind[2]);
    watchdog?.stop();

    const abreast = behind.map((one) => ({ ...one, frames: 40 }));
    start(abreast);
    pass(STALL_SECONDS + 2);
    expect(watchdog?.verdict()?.member).toBe(abreast[0]);
  });

  test.runIf(HAS_PROC)('one that was stopped is blamed before all others', async () => {
    const pid = sleeper();
    process.kill(pid, 'SIGSTOP');
    const members = [
      member('decode', 'decode'),
      member('encode 720p', 'encode', { frames: 40, pid }),
      member('encode 360p', 'encode', { frames: 30 }),
    ];
    await vi.waitFor(() => expect(processState(pid)).toBe('stopped'));
    start(members);
    pass(STALL_SECONDS + 2);
    expect(watchdog?.verdict()?.member).toBe(members[1]);
  });
});

describe('time that does not count', () => {
  test('is that in which the gate is shut', () => {
    start([member('encode 360p', 'encode')]);
    pass(STALL_SECONDS - 1);
    gate.set(true);
    pass(10 * STALL_SECONDS);
    expect(stalls).toBe(0);
    gate.set(false);
    pass(1);
    expect(stalls).toBe(0);
  });

  test('is that after the end', () => {
    start([member('decode', 'decode')]).stop();
    pass(10 * STALL_SECONDS);
    expect(stalls).toBe(0);
  });
});

describe.runIf(HAS_PROC)('processes that work alone', () => {
  test('stall one by one, when one neither gets further nor works', () => {
    const idle = member('audio en', 'audio', { pid: sleeper() });
    const busy = member('encode 360p', 'encode');
    start([busy, idle]);
    for (let i = 0; i < 5 * STALL_SECONDS && stalls === 0; i++) {
      busy.position = String(i);
      pass(1);
    }
    expect(stalls).toBe(1);
    expect(watchdog?.verdict()?.member).toBe(idle);
  });

  test('do not while they work, silent as they are before a span that cannot be sought to', () => {
    // This very process uses the processor all the time that passes here.
    const working = member('decode', 'decode', { pid: process.pid });
    start([working], { skipsAhead: true });
    for (let i = 0; i < 3 * STALL_SECONDS; i++) {
      work();
      pass(1);
    }
    expect(stalls).toBe(0);
    working.frames = 1;
    for (let i = 0; i < STALL_SECONDS + 3; i++) {
      work();
      pass(1);
    }
    expect(stalls).toBe(1);
  });
});
