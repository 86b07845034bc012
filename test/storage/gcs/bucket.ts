import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { GcsStorage } from '../../../src/storage/gcs/gcs-storage.js';
import { openGcs, type GcsOptions } from '../../../src/storage/gcs/open-gcs.js';
import type { StorageEvent } from '../../../src/storage/storage-event.js';
import type { Control } from '../../gcs/control-client.js';
import type { FakeOptions } from '../../gcs/options.js';
import { startFakeGcs, type FakeGcs } from '../../gcs/start.mjs';
import { timeOfEncodes } from '../../support/pace.js';

/** Quick to try again, and to give up: as quick as a server that is well is sure to answer now. */
export function quick(): Partial<GcsOptions> {
  return {
    credentials: { kind: 'anonymous', impersonate: null },
    retry: { baseMs: 4, capMs: 40, patienceMs: timeOfEncodes(30) },
    limits: { stallMs: timeOfEncodes(3) },
    sameNameMs: 0,
    env: {},
  };
}

export interface Bucket {
  readonly control: Control;
  readonly endpoint: string;
  /** For files of the test; removed after it. */
  readonly folder: string;
  readonly events: StorageEvent[];
  open(options?: Partial<GcsOptions>): GcsStorage;
  /** A file of that many random bytes, or with that content. */
  file(content: number | string | Uint8Array): Promise<string>;
}

/** A fake server for the tests of a file, and an empty bucket "media" without faults for each. */
export function useBucket(options: FakeOptions = {}): Bucket {
  let fake: FakeGcs | null = null;
  let folder = '';
  const started = (): FakeGcs => fake ?? missing();
  const events: StorageEvent[] = [];
  beforeAll(async () => {
    fake = await startFakeGcs(options);
  });
  afterAll(() => started().stop());
  beforeEach(async () => {
    const { control } = started();
    folder = await mkdtemp(join(tmpdir(), 'mediactl-gcs-'));
    events.length = 0;
    await control.removeFault();
    await control.settings({ auth: 'open', writeLimit: false, latencyMs: 0 });
    await control.deleteBucket('media');
    await control.createBucket({ name: 'media' });
    await control.clearLog();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return {
    get control() {
      return started().control;
    },
    get endpoint() {
      return started().endpoint;
    },
    get folder() {
      return folder;
    },
    events,
    open: (more = {}) =>
      openGcs(
        { kind: 'gcs', bucket: 'media', prefix: 't' },
        {
          credentials: { kind: 'anonymous', impersonate: null },
          endpoint: started().endpoint,
          ...quick(),
          onEvent: (event) => events.push(event),
          ...more,
        },
      ),
    file: async (content) => {
      const file = join(folder, `f${Math.random()}`);
      await writeFile(file, typeof content === 'number' ? randomBytes(content) : content);
      return file;
    },
  };
}

function missing(): never {
  throw new Error('the fake is not running');
}
