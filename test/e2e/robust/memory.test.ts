import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { peakMemory } from './processes.js';
import { HAS_PROC, useWorkshop } from './workshop.js';

/** mediactl's own memory (not FFmpeg's) does not grow with the title. */

const MEGABYTE = 1 << 20;
const shop = useWorkshop();

async function peakOf(name: string, seconds: number): Promise<number> {
  const source = shop.path(`${name}.mp4`);
  await promisify(execFile)('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', `color=gray:size=160x90:rate=2:duration=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', source],
  ]);
  const run = shop.start(['encode', source, '--ladder', shop.ladder, '-o', shop.path(name), '--json']);
  let peak = 0;
  const timer = setInterval(() => {
    void peakMemory(run.pid).then((bytes) => (peak = Math.max(peak, bytes)));
  }, 20);
  const { events } = await run.done;
  clearInterval(timer);
  expect(events.at(-1)).toMatchObject({ type: 'result', status: 'complete' });
  expect(events.filter(({ type }) => type === 'segment').length).toBe(seconds);
  return peak;
}

describe.skipIf(!HAS_PROC)('memory', () => {
  test('a title of 360 segments takes as much as one of 10', async () => {
    const short = await peakOf('short', 10);
    const long = await peakOf('long', 360);
    const megabytes = [short, long].map((bytes) => (bytes / MEGABYTE).toFixed(1));
    process.stdout.write(`peak memory of mediactl: ${megabytes[0]} MB for 10 s, ${megabytes[1]} MB for 6 min\n`);
    expect(short).toBeGreaterThan(30 * MEGABYTE);
    expect(long - short).toBeLessThan(30 * MEGABYTE);
  });
});
