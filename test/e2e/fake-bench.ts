import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { FakeOptions } from '../gcs/options.js';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';

/** A fake server with the bucket "media" for the tests of a file, and folders for the real program to work in. */
export interface FakeBench {
  readonly fake: FakeGcs;
  /** One for all tests of the file. */
  readonly root: string;
  /** Below `root`, another one for each test. */
  readonly cwd: string;
  /** Of the test in its file, from 1: what tests put into the bucket is kept apart by it. */
  readonly number: number;
  /** What makes the program use the fake. */
  readonly env: Readonly<Record<string, string>>;
}

/** `options.buckets`: besides "media". `setUp` runs once, when the fake is up, with `root`. */
export function useFake(options: FakeOptions, setUp: (root: string) => Promise<void>): FakeBench {
  let fake: FakeGcs | null = null;
  let root = '';
  let cwd = '';
  let number = 0;
  const started = (): FakeGcs => {
    if (fake === null) throw new Error('the fake is not running');
    return fake;
  };
  beforeAll(async () => {
    root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-bench-'));
    fake = await startFakeGcs({ ...options, buckets: [{ name: 'media' }, ...(options.buckets ?? [])] });
    await setUp(root);
  });
  afterAll(async () => {
    await started().stop();
    await fs.rm(root, { recursive: true, force: true });
  });
  beforeEach(async () => {
    number++;
    cwd = await fs.mkdtemp(path.join(root, 'cwd-'));
    await started().control.clearLog();
  });
  afterEach(async () => {
    await started().control.removeFault();
    await started().control.settings({ auth: 'open', latencyMs: 0 });
  });
  return {
    get fake() {
      return started();
    },
    get root() {
      return root;
    },
    get cwd() {
      return cwd;
    },
    get number() {
      return number;
    },
    get env() {
      return { MEDIACTL_ENDPOINT: started().endpoint, MEDIACTL_ANONYMOUS: 'true' };
    },
  };
}

/** A bench that has more: `own` gets what `base` has. */
export function extend<Bench extends FakeBench>(base: FakeBench, own: Omit<Bench, keyof FakeBench>): Bench {
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(base)) as Bench;
}

/** Of an answer whose shape is not known. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
