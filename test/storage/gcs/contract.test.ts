import { afterAll, beforeAll } from 'vitest';
import { openGcs } from '../../../src/storage/gcs/open-gcs.js';
import { startFakeGcs, type FakeGcs } from '../../gcs/start.mjs';
import { storageContract } from '../contract.js';

let fake: FakeGcs;
beforeAll(async () => {
  fake = await startFakeGcs({ buckets: [{ name: 'media' }] });
});
afterAll(() => fake.stop());

let titles = 0;

storageContract('a bucket', () => {
  const prefix = `titles/a title ${titles++}`;
  return openGcs(
    { kind: 'gcs', bucket: 'media', prefix },
    { credentials: { kind: 'anonymous', impersonate: null }, endpoint: fake.endpoint, sameNameMs: 0, env: {} },
  );
});
