import { afterAll, beforeAll } from 'vitest';
import type { GcsStorage } from '../../../src/storage/gcs/gcs-storage.js';
import { openGcs } from '../../../src/storage/gcs/open-gcs.js';
import { startFakeGcs, type FakeGcs } from '../../gcs/start.mjs';
import { storageContract } from '../contract.js';

let fake: FakeGcs;
beforeAll(async () => {
  fake = await startFakeGcs({ buckets: [{ name: 'media' }] });
});
afterAll(() => fake.stop());

let titles = 0;

const open = (bucket: string): GcsStorage => {
  const prefix = `titles/a title ${titles++}`;
  return openGcs(
    { kind: 'gcs', bucket, prefix },
    { credentials: { kind: 'anonymous', impersonate: null }, endpoint: fake.endpoint, sameNameMs: 0, env: {} },
  );
};

storageContract('a bucket', {
  open: () => open('media'),
  openBroken: () => open('no-such-bucket'),
  brokenCode: 'storage-not-found',
});
