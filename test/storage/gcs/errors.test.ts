import { once } from 'node:events';
import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { MediactlError } from '../../../src/errors.js';
import type { GcsStorage } from '../../../src/storage/gcs/gcs-storage.js';
import { openObject, type GcsOptions } from '../../../src/storage/gcs/open-gcs.js';
import type { BucketOptions } from '../../gcs/options.js';
import { timeOfEncodes } from '../../support/pace.js';
import { FakeClock } from '../clock.js';
import { useBucket } from './bucket.js';

const SECRET = 'ya29.very-secret-token';
const bucket = useBucket({
  tokens: [
    { token: SECRET, permissions: ['storage.objects.get'], projects: [] },
    { token: 'payer', projects: ['test-project'] },
    { token: 'stranger', projects: [] },
  ],
});
const nobody: GcsOptions['credentials'] = { kind: 'anonymous', impersonate: null };
const as = (token: string): GcsOptions['credentials'] => ({ kind: 'access-token', token, impersonate: null });
const bytes = Buffer.from('bytes');
const retries = (): number => bucket.events.filter(({ type }) => type === 'retry').length;

async function bucketWith(options: Omit<BucketOptions, 'name'>): Promise<void> {
  await bucket.control.deleteBucket('media');
  await bucket.control.createBucket({ name: 'media', ...options });
}

async function failure(work: Promise<unknown>): Promise<MediactlError> {
  const error = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MediactlError)) throw error;
  // Whatever is printed of it, at any depth, no secret is in it.
  const all = inspect(error, { depth: 10, showHidden: true }) + String(error.stack);
  expect(all).not.toMatch(/very-secret|upload_id|Bearer/);
  expect(error.hint).not.toBe('');
  expect(error.exitCode).toBe(10);
  return error;
}

const OPERATIONS: readonly [string, (storage: GcsStorage) => Promise<unknown>][] = [
  ['write', (storage) => storage.write('m', bytes, 'record')],
  ['put', async (storage) => storage.put('m', await bucket.file(9_000_000), 'segment')],
  ['stat', (storage) => storage.stat('m')],
  ['read', (storage) => storage.read('m')],
  ['remove', (storage) => storage.remove('m')],
  ['list', (storage) => storage.list('')[Symbol.asyncIterator]().next()],
];

describe.each(OPERATIONS)('%s', (name, operation) => {
  test('no such bucket', async () => {
    await bucket.control.deleteBucket('media');
    const error = await failure(operation(bucket.open()));
    expect(error).toMatchObject({ code: 'storage-not-found', message: /gs:\/\/media\/t\//, reason: /does not exist/ });
    expect(error.hint).toContain('gs://media');
    expect(retries()).toBe(0);
  });

  test('nobody may not', async () => {
    await bucket.control.settings({ auth: 'required' });
    const error = await failure(operation(bucket.open({ credentials: nobody })));
    expect(error).toMatchObject({
      code: 'storage-auth',
      reason: /Anonymous caller/,
      hint: /send no credentials.*gcloud/,
    });
  });

  test('a token that is not good', async () => {
    await bucket.control.settings({ auth: 'required' });
    const error = await failure(operation(bucket.open({ credentials: as('wrong') })));
    expect(error).toMatchObject({ code: 'storage-auth', reason: /Invalid Credentials/ });
    expect(retries()).toBe(0);
  });

  test('a server that is down is tried for a while, then given up', async () => {
    await bucket.control.addFault({ fault: { type: 'status', status: 503 }, count: 1e6 });
    const error = await failure(
      operation(bucket.open({ retry: { baseMs: 4, capMs: 8, patienceMs: timeOfEncodes(4) } })),
    );
    expect(error).toMatchObject({ code: 'storage-unavailable', reason: /503.*tried \d+ times/, hint: /resumes/ });
    expect(retries()).toBeGreaterThan(0);
  });

  test('the retries of a run have an end, also when each request would be patient', async () => {
    await bucket.control.addFault({ fault: { type: 'status', status: 503 }, count: 1e6 });
    const error = await failure(operation(bucket.open({ retryBudget: 5, retry: { baseMs: 1, capMs: 1 } })));
    expect(error).toMatchObject({ code: 'storage-unavailable', reason: /tried 6 times; too many retries in this run/ });
    expect(retries()).toBe(5);
  });

  test.skipIf(name === 'stat' || name === 'read')('what the account may not', async () => {
    await bucket.control.settings({ auth: 'required' });
    if (name === 'remove') await bucket.open({ credentials: as('payer') }).write('m', bytes, 'record');
    const error = await failure(operation(bucket.open({ credentials: as(SECRET) })));
    expect(error).toMatchObject({ code: 'storage-forbidden', reason: /403.*storage\.objects\./ });
    expect(error.hint).toMatch(
      /^the token in the environment lacks storage\.objects\.\w+: gcloud storage buckets add-iam-policy-binding gs:\/\/media/,
    );
  });

  test('requester pays', async () => {
    await bucketWith({ billing: { requesterPays: true } });
    await bucket.control.settings({ auth: 'required' });
    const error = await failure(operation(bucket.open({ credentials: as('stranger') })));
    expect(error).toMatchObject({ code: 'storage-requester-pays', reason: /requester pays/ });
    await operation(bucket.open({ credentials: as('payer'), userProject: 'test-project' }));
    const wrong = await failure(operation(bucket.open({ credentials: as('stranger'), userProject: 'test-project' })));
    expect(wrong).toMatchObject({ code: 'storage-forbidden', hint: /serviceUsageConsumer/ });
  });
});

test('a retention policy', async () => {
  await bucketWith({ retentionPolicy: { retentionPeriod: '3600' } });
  const storage = bucket.open();
  await storage.write('m', bytes, 'record');
  expect(await failure(storage.write('m', Buffer.from('x'), 'record'))).toMatchObject({ code: 'storage-retention' });
  expect(await failure(storage.remove('m'))).toMatchObject({ code: 'storage-retention', reason: /until/ });
  expect(await storage.read('m')).toHaveLength(5);
});

test('a hold', async () => {
  await bucketWith({ defaultEventBasedHold: true });
  const storage = bucket.open();
  await storage.write('m', bytes, 'record');
  expect(await failure(storage.write('m', Buffer.from('x'), 'record'))).toMatchObject({ code: 'storage-hold' });
  expect(await failure(storage.remove('m'))).toMatchObject({ hint: /gs:\/\/media\/t\/m --no-temporary-hold/ });
});

test('an ACL for a bucket with uniform access', async () => {
  const placement = { predefinedAcl: 'publicRead' };
  await bucketWith({ iamConfiguration: { uniformBucketLevelAccess: { enabled: true } } });
  const error = await failure(bucket.open({ placement }).write('m', bytes, 'record'));
  expect(error).toMatchObject({ code: 'storage-rejected', hint: /leave out --acl/ });
});

test.each([10, 9_000_000])('an ACL that makes public what a bucket keeps private (%i bytes)', async (size) => {
  await bucketWith({ iamConfiguration: { publicAccessPrevention: 'enforced' } });
  const open = (acl: string): GcsStorage => bucket.open({ placement: { predefinedAcl: acl } });
  const error = await failure(open('publicRead').put('m', await bucket.file(size), 'segment', { condition: 'absent' }));
  // 412 like a lost race, which it is not.
  expect(error).toMatchObject({ code: 'storage-rejected', reason: /public access prevention/, hint: /--acl/ });
  await open('private').put('m', await bucket.file(size), 'segment', { condition: 'absent' });
});

test('storage class, key and ACL are sent with each object, large or small', async () => {
  const kmsKey = 'projects/p/locations/l/keyRings/r/cryptoKeys/k';
  const storage = bucket.open({ placement: { storageClass: 'NEARLINE', kmsKey, predefinedAcl: 'publicRead' } });
  await storage.write('small', bytes, 'record');
  await storage.put('large', await bucket.file(9_000_000), 'segment');
  for (const object of await bucket.control.objects('media')) {
    expect(object).toMatchObject({ storageClass: 'NEARLINE', kmsKeyName: expect.stringContaining('cryptoKeys/k') });
  }
  for (const kind of ['insert-multipart', 'resumable-start']) {
    const [request] = await bucket.control.requests({ kind });
    expect(request?.url).toContain('predefinedAcl=publicRead');
  }
});

test('a bucket that disappears in the middle', async () => {
  await bucket.control.addFault({ fault: { type: 'delete-bucket' }, match: { kind: 'resumable-chunk' }, skip: 1 });
  const error = await failure(bucket.open().put('l', await bucket.file(30_000_000), 'segment'));
  expect(error).toMatchObject({ code: 'storage-not-found' });
});

test('nobody listens', async () => {
  const storage = bucket.open({ endpoint: 'http://127.0.0.1:9', retry: { baseMs: 1, patienceMs: 50 } });
  expect(await failure(storage.stat('m'))).toMatchObject({
    code: 'storage-unavailable',
    reason: /127\.0\.0\.1:9: .*REFUSED/,
  });
});

test('no TLS where TLS should be is no reason to try again', async () => {
  const storage = bucket.open({ endpoint: bucket.endpoint.replace('http:', 'https:') });
  expect(await failure(storage.stat('m'))).toMatchObject({ code: 'storage-unavailable' });
  expect(retries()).toBe(0);
});

test('a path outside the title is refused before anything is asked', async () => {
  await expect(bucket.open().stat('../x')).rejects.toThrow(RangeError);
  expect(await bucket.control.requests()).toEqual([]);
});

test('an abort ends everything at once, with its own reason', async () => {
  await bucket.control.addFault({ fault: { type: 'stall', when: 'never-answer' }, count: 1e6 });
  const controller = new AbortController();
  const storage = bucket.open({ signal: controller.signal, limits: { stallMs: 60_000 }, jobs: 2 });
  const works = [1, 2, 3, 4].map((i) => storage.write(`m${i}`, bytes, 'record'));
  const reason = new Error('Ctrl-C');
  setTimeout(() => controller.abort(reason), 100);
  for (const outcome of await Promise.allSettled(works)) expect(outcome).toEqual({ status: 'rejected', reason });
});

describe('a server that is none', () => {
  const NONSENSE = '<html>Welcome to our Wi-Fi</html>';

  /** Answers 200 with each of these in turn, the last one for ever. */
  const answers = async (bodies: readonly string[], work: (endpoint: string) => Promise<void>): Promise<void> => {
    const left = [...bodies];
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(left.length > 1 ? left.shift() : left[0]);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    try {
      await work(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  };
  const LONG = { baseMs: 500, capMs: 32_000, patienceMs: 600_000 };

  test.each([NONSENSE, '[]', '{"items":[{}]}'])('is a wrong address after seconds: %s', async (body) => {
    await answers([body], async (endpoint) => {
      const clock = new FakeClock();
      const began = clock.now();
      const error = await failure(bucket.open({ endpoint, clock, retry: LONG }).snapshot());
      expect(error).toMatchObject({ code: 'storage-wrong-address', hint: /--endpoint/ });
      expect(clock.now() - began).toBeLessThan(10_000);
      expect(retries()).toBeGreaterThan(1);
    });
  });

  test('one that was right before is waited for', async () => {
    await answers(['{}', NONSENSE], async (endpoint) => {
      const clock = new FakeClock();
      const began = clock.now();
      const storage = bucket.open({ endpoint, clock, retry: LONG });
      await storage.snapshot();
      expect(await failure(storage.snapshot())).toMatchObject({ code: 'storage-unavailable' });
      expect(clock.now() - began).toBeGreaterThan(500_000);
    });
  });

  test('one that gives all of an object for a part of it', async () => {
    const object = JSON.stringify({ name: 'm', size: '9', generation: '1', contentType: 'video/mp4' });
    await answers([object, 'all of it'], async (endpoint) => {
      const clock = new FakeClock();
      const began = clock.now();
      const options = { credentials: nobody, endpoint, clock, retry: LONG, env: {} };
      const source = await openObject('media', 'm', options);
      await expect(source.fetch(3, 6, () => {})).rejects.toMatchObject({ code: 'storage-wrong-address' });
      expect(clock.now() - began).toBeLessThan(10_000);
      source.close();
    });
  });
});

test('how long the server wants to be left alone is told', async () => {
  const fault = { type: 'status', status: 429, retryAfter: '3600' } as const;
  await bucket.control.addFault({ fault, match: { kind: 'object-list' }, count: 99 });
  expect(await failure(bucket.open().snapshot())).toMatchObject({ reason: /left alone for 1 h/ });
});
