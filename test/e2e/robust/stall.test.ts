import fs from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { stallSeconds } from '../../support/pace.js';
import { runMediactl } from '../run.js';
import { titleFacts, useWholeTitle } from './facts.js';
import { whichRuns } from './processes.js';
import { exists, HAS_PROC, segmentDone, SEGMENTS, untilNoneLeft, useWorkshop, writeProgram } from './workshop.js';

/** FFmpegs that hang or die, and sources that change under their hands. */

const shop = useWorkshop();
const whole = useWholeTitle(shop);

/** An FFmpeg that answers questions about itself, and does `work` when it is to encode; $1… are its arguments. */
async function fakeFfmpeg(name: string, work: string): Promise<string> {
  const file = path.join(shop.folder, `${name}-ffmpeg`);
  await writeProgram(
    file,
    `#!/usr/bin/env bash\nfor arg; do [[ $arg == -progress ]] && encodes=1; done\n` +
      `[[ $encodes ]] || exec ffmpeg "$@"\n${work}\n`,
  );
  return file;
}

describe.skipIf(!HAS_PROC)('an FFmpeg that hangs', () => {
  test('from the start', async () => {
    const hangs = await fakeFfmpeg('hangs', 'sleep 100');
    const run = shop.start(shop.args('hangs', '--ffmpeg', hangs, '--stall-timeout', String(stallSeconds())));
    const { exitCode, events } = await run.done;
    expect(exitCode).toBe(5);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'encode-stalled' });
    await untilNoneLeft(run.children);
    expect(await exists(shop.path('hangs'))).toBe(false);
    expect(await exists(shop.path('.hangs.mediactl'))).toBe(false);
  });

  test.each([
    ['shared', 'encode 90p', '90p'],
    ['per-rung', 'encode 90p', '90p'],
  ])('in the middle, deaf to SIGTERM (%s): that one is named', async (mode, label, rung) => {
    // Passes on what FFmpeg writes, then goes silent, and FFmpeg with it, before its first segment is closed: until then no
    // other chunk begins. The others have work for long enough.
    const hangs = await fakeFfmpeg(
      `hangs-${mode}`,
      `trap '' TERM\n[[ "$*" == *${rung}-????????/%05d.ts* ]] || SPEED=0.2 exec "${shop.slow}" "$@"\n` +
        `SPEED=0.3 "${shop.slow}" "$@" & sleep 0.9; kill -STOP $!; wait`,
    );
    const flags = ['--ffmpeg', hangs, '--stall-timeout', String(stallSeconds()), '--decode', mode];
    const run = shop.start(shop.args(`hangs-${mode}`, ...flags));
    const { exitCode, events } = await run.done;
    expect(exitCode).toBe(5);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'encode-stalled' });
    expect(events.at(-1)?.['message']).toContain(label);
    const others = events.filter(({ type, rendition }) => type === 'segment' && String(rendition).startsWith('180p'));
    expect(others.length).toBeLessThan(SEGMENTS);
    await untilNoneLeft(run.children);
  });
});

describe.skipIf(!HAS_PROC)('an FFmpeg that dies', () => {
  test.each([
    ['an encoder', /90p-[0-9a-f]{8}\/%05d\.ts/, 'encode 90p', true],
    ['the decoder', /rawvideo file:/, 'decode', false],
    ['the sound', /audio-und-[0-9a-f]{8}\/%05d\.ts/, 'encode audio-und', false],
  ])('%s: the error names it, and the next run goes on', async (_, pattern, label, resume) => {
    const output = label.replace(' ', '-');
    const run = shop.start(shop.args(output, '--ffmpeg', shop.slow));
    // The first chunk is whole, where the next run is to go on.
    await run.waitFor(segmentDone('180p', resume ? 4 : 1));
    const pid = await whichRuns(await run.children(), pattern);
    if (pid === undefined) return expect.unreachable();
    process.kill(pid, 'SIGKILL');
    const { exitCode, events } = await run.done;
    expect(exitCode).toBe(5);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'encode-failed', message: `FFmpeg failed: ${label}` });
    expect(events.at(-1)?.['reason']).toContain('SIGKILL');
    await untilNoneLeft(run.children);
    expect(await exists(shop.path(output))).toBe(false);
    expect(await fs.readdir(shop.path(`.${output}.mediactl`))).toContain('journal');

    if (!resume) return;
    const resumed = await shop.encode(output);
    const indexes = resumed.events.filter(({ rendition }) => String(rendition).startsWith('180p'));
    expect(Number(indexes.find(({ type }) => type === 'segment')?.['index'])).toBeGreaterThan(0);
    expect(await titleFacts(shop.path(output))).toEqual(whole());
  });

  test('with words of its own: they are shown', async () => {
    const fails = await fakeFfmpeg('fails', 'echo "[error] the cat sat on the keyboard" >&2; exit 3');
    const { exitCode, events } = await shop.encode('fails', '--ffmpeg', fails);
    expect(exitCode).toBe(5);
    expect(events.at(-1)).toMatchObject({ code: 'encode-failed', detail: ['the cat sat on the keyboard'] });
  });
});

describe('a source that changes while it is encoded', () => {
  test.each([
    ['touched', async (file: string) => fs.utimes(file, new Date(), new Date())],
    [
      'replaced',
      async (file: string) => fs.copyFile(shop.source, `${file}.new`).then(() => fs.rename(`${file}.new`, file)),
    ],
    ['cut short', async (file: string) => fs.truncate(file, 20_000)],
    ['removed', async (file: string) => fs.rm(file)],
  ])('%s', async (how, change) => {
    const output = how.replace(' ', '-');
    const source = path.join(shop.folder, `${output}.mp4`);
    await fs.copyFile(shop.source, source);
    const args = ['encode', source, '--ladder', shop.ladder, '-o', shop.path(output), '--json'];
    const run = shop.start([...args, '--ffmpeg', shop.slow]);
    await run.waitFor(segmentDone('180p', 0));
    await change(source);
    const { exitCode, events } = await run.done;
    expect(exitCode).toBe(5);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'source-changed' });
    expect(await exists(shop.path(output))).toBe(false);

    if (how !== 'replaced') return;
    await fs.copyFile(shop.source, source);
    const again = await runMediactl(args);
    expect(again.events.at(-1)).toMatchObject({ type: 'result', status: 'complete' });
    expect(Object.values((await titleFacts(shop.path(output))).times)).toEqual(Object.values(whole().times));
  });
});
