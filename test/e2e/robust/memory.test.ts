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
/** MB; what was known of each segment when it was all held came to twice as much. */
const LIMIT = 9;

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

/** Of packaging, checking and publishing, and of listing. */
async function peaksOf(segments: number): Promise<Readonly<Record<string, number>>> {
  const folder = path.join(root, String(segments));
  const { args, title } = makeLongTitle({ folder, mediactl: MEDIACTL, segments: segments / 6 });
  const encode = await peakOf([...args, '--quiet']);
  // A run this short is over before V8 has collected twice: the lower of two says more.
  const ls = Math.min(await peakOf(['ls', title]), await peakOf(['ls', title]));
  return { encode, ls };
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
