import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { makeLongTitle } from '../../../fixtures/long-title.mjs';
import { peakMemory } from './processes.js';
import { HAS_PROC, startMarked } from './workshop.js';

/**
 * mediactl's own memory (not FFmpeg's) does not grow with the segments of a title. What single parts hold is looked at
 * more sharply beside them; `npm run bench -- --only memory` measures a title of a day, and a bucket.
 */

const MEGABYTE = 1 << 20;
const MEDIACTL = fileURLToPath(new URL('../../../bin/mediactl.js', import.meta.url));
/** Of six rungs. With fewer the heap has not found its size yet. */
const FEW = 3000;
const MANY = 9000;
/** MB. What was known of each segment when it was all held came to 18; equal runs differ by up to 5 either way. */
const LIMIT = 12;

const root = path.join(os.tmpdir(), `mediactl-memory-${randomUUID()}`);
afterAll(() => fs.rm(root, { recursive: true, force: true }));

async function peakOf(args: readonly string[]): Promise<number> {
  const run = startMarked(args);
  let peak = 0;
  const timer = setInterval(() => {
    void peakMemory(run.pid).then((bytes) => (peak = Math.max(peak, bytes)));
  }, 20);
  const { exitCode, stderr } = await run.done;
  clearInterval(timer);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return peak / MEGABYTE;
}

/**
 * Of packaging, checking and publishing, and of listing. When V8 collects is chance, and a run this short is over before it
 * has collected often: the lower of two says more.
 */
async function peaksOf(segments: number): Promise<Readonly<Record<string, number>>> {
  const [first, second] = [await peaksOnce(segments, 'first'), await peaksOnce(segments, 'second')];
  return { encode: Math.min(first.encode, second.encode), ls: Math.min(first.ls, second.ls) };
}

async function peaksOnce(segments: number, name: string): Promise<{ readonly encode: number; readonly ls: number }> {
  const folder = path.join(root, `${segments}-${name}`);
  const { args, title } = makeLongTitle({ folder, mediactl: MEDIACTL, segments: segments / 6 });
  return { encode: await peakOf([...args, '--quiet']), ls: await peakOf(['ls', title]) };
}

describe.skipIf(!HAS_PROC)('memory', () => {
  test('a title of 9000 segments takes as much as one of 3000', async () => {
    const few = await peaksOf(FEW);
    const many = await peaksOf(MANY);
    for (const [command, peak] of Object.entries(many)) {
      const less = few[command] ?? NaN;
      process.stdout.write(
        `${command}: ${less.toFixed(1)} MB for ${FEW} segments, ${peak.toFixed(1)} MB for ${MANY}\n`,
      );
      expect(less).toBeGreaterThan(30);
      expect(peak - less).toBeLessThan(LIMIT);
    }
  });
});
