import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createGate, type GateControl } from '../../../src/stages/encode/gate.js';
import { withGroup } from '../../../src/stages/encode/group.js';
import type { GroupListener, GroupOptions } from '../../../src/stages/encode/member.js';
import type { FfmpegCommand } from '../../../src/tools/ffmpeg/command.js';
import { processState } from '../../../src/tools/process-state.js';
import { isAlive } from '../../support/alive.js';
import { stallSeconds, timeOfEncodes } from '../../support/pace.js';

/** The programs are lines of a shell. */

let folder: string;
let gate: GateControl;
let heard: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'group-'));
  gate = createGate();
  heard = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const listener: GroupListener = {
  onSegment: (rendition, file) => void heard.push(`${rendition}/${file}`),
  onError: ({ label }, kind, frames) => void heard.push(`${label} after ${frames}: ${kind}`),
  onProgress: ({ label }, { frames }) => void heard.push(`${label} ${frames}`),
};

function options(changes: Partial<GroupOptions> = {}): GroupOptions {
  return {
    ffmpeg: '/bin/sh',
    address: { url: 'file:a.mp4', protocols: 'file', env: { FOLDER: folder } },
    stallSeconds: 1000,
    skipsAhead: false,
    signal: new AbortController().signal,
    gate,
    ...changes,
  };
}

function program(label: string, script: string): FfmpegCommand {
  const outputs = [{ rendition: label, listFd: 3 }];
  return { label, role: 'encode', readsSource: true, args: ['-c', script], outputs, writesTo: [] };
}

/** One that runs until it is stopped, and can be found. */
function sleeper(label: string): FfmpegCommand {
  return program(label, `echo $$ > "$FOLDER/${label}"; exec sleep 1000`);
}

async function pidOf(label: string): Promise<number> {
  return vi.waitFor(async () => {
    const text = await readFile(join(folder, label), 'utf8');
    expect(text).toMatch(/\n/);
    return Number(text);
  }, timeOfEncodes(100));
}

describe('sets of processes', () => {
  test('tell of segments, errors and progress, and give what the body gives', async () => {
    const script = `
      echo 'frame=7'; echo 'progress=continue'; sleep 0.2
      echo '[h264 @ 0x5] [error] broken at 12' >&2
      echo '00000.ts,0,1' >&3; echo '00001.ts,1,2' >&3`;
    const given = await withGroup(options(), async (start) => {
      await start([program('a', script)], listener).ended;
      return 'done';
    });
    expect(given).toBe('done');
    expect(heard.toSorted()).toEqual(['a 7', 'a after 0: h264: broken at #', 'a/00000.ts', 'a/00001.ts']);
  });

  test('may be started one after the other', async () => {
    await withGroup(options(), async (start) => {
      await start([program('a', 'echo 00000.ts >&3'), program('b', 'echo 00000.ts >&3')], listener).ended;
      expect(heard.toSorted()).toEqual(['a/00000.ts', 'b/00000.ts']);
      await start([program('c', 'echo 00000.ts >&3')], listener).ended;
    });
    expect(heard.at(-1)).toBe('c/00000.ts');
  });

  test('have all ended when it is over, also those that nobody waited for', async () => {
    await withGroup(options(), async (start) => {
      start([program('a', 'sleep 0.3; echo 00000.ts >&3')], listener);
      await Promise.resolve();
    });
    expect(heard).toEqual(['a/00000.ts']);
  });

  test('are suspended at once when the gate is shut', async () => {
    gate.set(true);
    const run = withGroup(options(), (start) => start([program('a', 'sleep 0.2; : > "$FOLDER/a"')], listener).ended);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(existsSync(join(folder, 'a'))).toBe(false);
    gate.set(false);
    await run;
    expect(existsSync(join(folder, 'a'))).toBe(true);
  });

  test.runIf(process.platform === 'linux')('and stopped out of it when the run is aborted', async () => {
    const controller = new AbortController();
    const run = withGroup(options({ signal: controller.signal }), (start) => start([sleeper('a')], listener).ended);
    const pid = await pidOf('a');
    gate.set(true);
    await vi.waitFor(() => expect(processState(pid)).toBe('stopped'), timeOfEncodes(100));
    controller.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
    expect(isAlive(pid)).toBe(false);
  });
});

describe('one that fails', () => {
  const failing = program('b', `until [ -s "$FOLDER/a" ]; do sleep 0.02; done; echo '[error] no more' >&2; exit 3`);

  test('stops all others and is named', async () => {
    const run = withGroup(options(), (start) => start([sleeper('a'), failing], listener).ended);
    await expect(run).rejects.toMatchObject({
      code: 'encode-failed',
      message: 'FFmpeg failed: b',
      reason: 'it ended with exit code 3',
      detail: ['no more'],
    });
    expect(isAlive(await pidOf('a'))).toBe(false);
  });

  test('in a set started later, too', async () => {
    const run = withGroup(options(), async (start) => {
      start([sleeper('a')], listener);
      await start([program('c', 'true')], listener).ended;
      await start([failing], listener).ended;
      heard.push('went on');
    });
    await expect(run).rejects.toMatchObject({ message: 'FFmpeg failed: b' });
    expect(isAlive(await pidOf('a'))).toBe(false);
    expect(heard).not.toContain('went on');
  });

  test('lets nothing more be started', async () => {
    let wasAsked = false;
    const run = withGroup(options(), async (start) => {
      start([program('b', 'exit 3')], listener);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      wasAsked = true;
      await start([sleeper('a')], listener).ended;
    });
    await expect(run).rejects.toMatchObject({ message: 'FFmpeg failed: b' });
    await vi.waitFor(() => expect(wasAsked).toBe(true), timeOfEncodes(100));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });

  test('could not even be started', async () => {
    const run = withGroup(options({ ffmpeg: join(folder, 'none') }), (start) => start([failing], listener).ended);
    await expect(run).rejects.toMatchObject({ code: 'tool-missing' });
  });

  test('is blamed before what the body threw over it', async () => {
    const run = withGroup(options(), async (start) => {
      start([program('b', 'exit 3')], listener);
      // Long enough for it to have ended, on a busy machine too.
      await new Promise((resolve) => setTimeout(resolve, timeOfEncodes(2)));
      throw new Error('lost its output');
    });
    await expect(run).rejects.toMatchObject({ message: 'FFmpeg failed: b' });
  });
});

describe('stopped from outside', () => {
  test('a set that is cancelled is nobody’s failure, and never ends well', async () => {
    await withGroup(options(), async (start) => {
      const set = start([sleeper('a')], listener);
      void set.ended.then(() => heard.push('ended well'));
      await pidOf('a');
      set.cancel();
    });
    expect(isAlive(await pidOf('a'))).toBe(false);
    expect(heard).toEqual([]);
  });

  test('what fails beside a set that was cancelled is named', async () => {
    const run = withGroup(options(), async (start) => {
      start([sleeper('a')], listener).cancel();
      await start([program('b', 'exit 3')], listener).ended;
    });
    await expect(run).rejects.toMatchObject({ message: 'FFmpeg failed: b' });
  });

  test('an abort stops all, and its reason is thrown', async () => {
    const controller = new AbortController();
    const run = withGroup(options({ signal: controller.signal }), (start) => start([sleeper('a')], listener).ended);
    const pid = await pidOf('a');
    controller.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
    expect(isAlive(pid)).toBe(false);
  });

  test('an abort that came before lets nothing begin', async () => {
    let wasCalled = false;
    const body = async (): Promise<void> => {
      wasCalled = true;
      await Promise.resolve();
    };
    await expect(withGroup(options({ signal: AbortSignal.abort(new Error('no')) }), body)).rejects.toThrow('no');
    expect(wasCalled).toBe(false);
  });

  test('a body that throws stops all', async () => {
    const run = withGroup(options(), async (start) => {
      start([sleeper('a')], listener);
      await pidOf('a');
      throw new Error('not what was planned');
    });
    await expect(run).rejects.toThrow('not what was planned');
    expect(isAlive(await pidOf('a'))).toBe(false);
  });

  test('a stall in a set started later is told of that set', async () => {
    const seconds = stallSeconds();
    const run = withGroup(options({ stallSeconds: seconds }), async (start) => {
      await start([program('first', 'true')], listener).ended;
      await start([sleeper('a')], listener).ended;
    });
    await expect(run).rejects.toMatchObject({
      code: 'encode-stalled',
      message: expect.stringContaining(`${seconds} s and was stopped: a`),
    });
    expect(isAlive(await pidOf('a'))).toBe(false);
  });
});
