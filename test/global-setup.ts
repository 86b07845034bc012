import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { build } from '../scripts/build.mjs';
import { measureEncode } from './support/pace.js';

/** The limits of all tests are made of the slowest of so many, measured so often. */
const MEASURES = 3;
const EVERY_MS = 10_000;

/**
 * The end-to-end tests run the real bin, so dist/ must be what src/ is now; types are `npm run check`'s business.
 * The pace of the machine is measured from here to the end of the run (see test/support/pace.ts).
 */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  if (!build({ tolerant: true })) throw new Error('dist/ could not be built');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mediactl-pace-'));
  const file = path.join(folder, 'pace.json');
  let measured: readonly number[] = [];
  const measure = async (): Promise<void> => {
    measured = [...measured, await measureEncode()].slice(-MEASURES);
    fs.writeFileSync(`${file}.new`, JSON.stringify(measured));
    fs.renameSync(`${file}.new`, file);
  };
  await measure();
  provide('paceFile', file);
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    // One that fails says nothing of the pace; the tests will say what is wrong.
    void measure()
      .catch(() => {})
      .finally(() => (isBusy = false));
  }, EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    fs.rmSync(folder, { recursive: true, force: true });
  };
}
