import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, pathsOf, put, reasonOf, sendJson } from './http.js';
import { startFakeGcs, type FakeGcs } from './start.mjs';

let fake: FakeGcs;
let buckets: string;

beforeAll(async () => {
  fake = await startFakeGcs({ projects: ['one', 'two'] });
  buckets = `${fake.endpoint}/storage/v1/b`;
});
afterAll(() => fake.stop());

test('insert, get, list by project, delete only when empty', async () => {
  const made = await sendJson(`${buckets}?project=one`, 'POST', { name: 'made-here', location: 'europe-west1' });
  expect(made.json).toMatchObject({
    kind: 'storage#bucket',
    name: 'made-here',
    location: 'EUROPE-WEST1',
    locationType: 'region',
    storageClass: 'STANDARD',
    metageneration: '1',
    softDeletePolicy: { retentionDurationSeconds: '604800', effectiveTime: expect.any(String) },
    iamConfiguration: { uniformBucketLevelAccess: { enabled: false } },
  });
  expect((await ask(`${buckets}/made-here`)).json['name']).toBe('made-here');
  await sendJson(`${buckets}?project=two`, 'POST', { name: 'elsewhere' });
  const listed = await ask(`${buckets}?project=one&fields=items/name`);
  expect(listed.json).toEqual({ items: [{ name: 'made-here' }] });

  expect(reasonOf(await sendJson(`${buckets}?project=one`, 'POST', { name: 'made-here' }))).toBe('conflict');
  expect((await sendJson(`${buckets}?project=none`, 'POST', { name: 'nowhere' })).status).toBe(400);
  expect((await sendJson(`${buckets}`, 'POST', { name: 'nowhere' })).status).toBe(400);
  expect((await sendJson(`${buckets}?project=one`, 'POST', { name: 'Wrong Name' })).status).toBe(400);

  const paths = pathsOf(fake.endpoint, 'made-here');
  await put(paths, 'a', '1');
  expect((await ask(paths.bucket, { method: 'DELETE' })).status).toBe(409);
  await ask(paths.object('a'), { method: 'DELETE' });
  expect((await ask(paths.bucket, { method: 'DELETE' })).status).toBe(204);
  expect((await ask(paths.bucket)).status).toBe(404);
  expect((await put(paths, 'a', '1')).status).toBe(404);
});

test('patch: CORS, lifecycle, soft delete, uniform access, retention, requester pays, storage class', async () => {
  await fake.control.createBucket({ name: 'patched' });
  const url = `${buckets}/patched`;
  const config = {
    cors: [{ origin: ['*'], method: ['GET'], responseHeader: ['Range'], maxAgeSeconds: 60 }],
    lifecycle: { rule: [{ action: { type: 'Delete' }, condition: { age: 7, matchesPrefix: ['tmp/'] } }] },
    softDeletePolicy: { retentionDurationSeconds: 0 },
    billing: { requesterPays: true },
    storageClass: 'NEARLINE',
    iamConfiguration: { uniformBucketLevelAccess: { enabled: true } },
  };
  const changed = await sendJson(`${url}?ifMetagenerationMatch=1`, 'PATCH', config);
  expect(changed.json).toMatchObject({
    ...config,
    softDeletePolicy: { retentionDurationSeconds: '0' },
    metageneration: '2',
  });
  const paid = 'userProject=one';
  expect((await sendJson(`${url}?ifMetagenerationMatch=1&${paid}`, 'PATCH', {})).status).toBe(412);
  await sendJson(`${url}?${paid}`, 'PATCH', { billing: null, cors: null });
  expect((await ask(url)).json).not.toHaveProperty('cors');

  for (const wrong of [
    { cors: {} },
    { cors: [{ origin: '*' }] },
    { lifecycle: { rule: [{ action: { type: 'Explode' }, condition: {} }] } },
    { softDeletePolicy: { retentionDurationSeconds: 60 } },
    { storageClass: 'GOLD' },
  ]) {
    expect((await sendJson(url, 'PATCH', wrong)).status).toBe(400);
  }
  const paths = pathsOf(fake.endpoint, 'patched');
  expect((await put(paths, 'a', '1', 'predefinedAcl=publicRead')).text).toMatch(
    'uniform bucket-level access is enabled',
  );
  expect((await put(paths, 'a', '1')).json['storageClass']).toBe('NEARLINE');
  expect((await put(paths, 'b', '1', 'kmsKeyName=nonsense')).status).toBe(400);
  const key = 'projects/p/locations/l/keyRings/r/cryptoKeys/k';
  expect((await put(paths, 'b', '1', `kmsKeyName=${key}`)).json['kmsKeyName']).toBe(`${key}/cryptoKeyVersions/1`);

  const locked = { retentionPolicy: { retentionPeriod: 100, isLocked: true } };
  await sendJson(url, 'PATCH', locked);
  expect((await sendJson(url, 'PATCH', { retentionPolicy: { retentionPeriod: 50 } })).status).toBe(403);
});

test('lifecycle rules do what they say when they are run', async () => {
  const rule = (type: string, condition: object, storageClass?: string) => ({
    action: { type, storageClass },
    condition,
  });
  await fake.control.createBucket({
    name: 'cycle',
    lifecycle: {
      rule: [
        rule('Delete', { age: 7, matchesPrefix: ['tmp/'] }),
        rule('SetStorageClass', { age: 30, matchesStorageClass: ['STANDARD'] }, 'NEARLINE'),
      ],
    } as never,
  });
  const paths = pathsOf(fake.endpoint, 'cycle');
  await put(paths, 'tmp/a', '1');
  await put(paths, 'title/a', '1');
  expect(await fake.control.runLifecycle()).toEqual([]);
  await fake.control.advanceClock(8 * 24 * 3600_000);
  expect(await fake.control.runLifecycle()).toEqual(['Delete cycle/tmp/a']);
  await fake.control.advanceClock(23 * 24 * 3600_000);
  expect(await fake.control.runLifecycle()).toEqual(['SetStorageClass cycle/title/a']);
  expect((await ask(paths.object('title/a'))).json['storageClass']).toBe('NEARLINE');
});

test('lifecycle rules that the service refuses', async () => {
  await fake.control.createBucket({ name: 'strict' });
  const refused = async (action: object, condition: object, more: object = {}): Promise<number> => {
    const lifecycle = { rule: [{ action, condition }] };
    return (await sendJson(`${buckets}/strict`, 'PATCH', { lifecycle, ...more })).status;
  };
  const [age, abort] = [{ age: 7 }, { type: 'AbortIncompleteMultipartUpload' }];
  const nearline = { type: 'SetStorageClass', storageClass: 'NEARLINE' };
  expect(await refused({ type: 'SetStorageClass', storageClass: 'COLD' }, age)).toBe(400);
  expect(await refused(abort, { ...age, matchesStorageClass: ['STANDARD'] })).toBe(400);
  expect(await refused(nearline, age, { autoclass: { enabled: true } })).toBe(400);
  expect(await refused(abort, { ...age, matchesPrefix: ['a/'] })).toBe(200);
  expect(await refused(nearline, age)).toBe(200);
});

test('IAM policy: read, changed with its etag, permissions tested', async () => {
  await fake.control.createBucket({ name: 'policy' });
  const url = `${buckets}/policy/iam`;
  const bindings = [{ role: 'roles/storage.objectViewer', members: ['allUsers'] }];
  const set = await sendJson(url, 'PUT', { bindings });
  expect((await ask(url)).json).toMatchObject({ bindings, etag: set.json['etag'] });
  expect((await sendJson(url, 'PUT', { bindings: [], etag: 'stale' })).status).toBe(412);
  const tested = await ask(
    `${url}/testPermissions?permissions=storage.objects.create&permissions=storage.objects.list`,
  );
  expect(tested.json['permissions']).toEqual(['storage.objects.create', 'storage.objects.list']);
});
