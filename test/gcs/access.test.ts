import { createSign } from 'node:crypto';
import { Storage } from '@google-cloud/storage';
import { GoogleAuth, OAuth2Client } from 'google-auth-library';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, field, pathsOf, put, reasonOf, sendJson, type Paths } from './http.js';
import { startFakeGcs, type FakeGcs } from './start.mjs';
import { createTestKey, type TestKey } from './test-key.js';

const key = createTestKey();
let fake: FakeGcs;
let paths: Paths;

beforeAll(async () => {
  fake = await startFakeGcs({
    buckets: [{ name: 'own' }, { name: 'payers', billing: { requesterPays: true } }],
    projects: ['test-project', 'other-project'],
    signers: [key.signer],
    settings: { auth: 'required' },
    tokens: [
      { token: 'all' },
      { token: 'creator', permissions: ['storage.objects.create'], email: 'creator@example.com' },
      { token: 'reader', permissions: ['storage.objects.get', 'storage.buckets.*'], projects: ['test-project'] },
      { token: 'stranger', projects: [] },
      { token: 'old', expires: 1 },
    ],
  });
  paths = pathsOf(fake.endpoint, 'own');
});
afterAll(() => fake.stop());

const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const create = (token: string, name: string, on = paths) =>
  ask(on.upload('media', name), { method: 'POST', body: 'x', ...as(token) });

test('nobody: 401 required; a wrong or old token: 401 authError', async () => {
  const anonymous = await put(paths, 'a', 'x');
  expect([anonymous.status, reasonOf(anonymous)]).toEqual([401, 'required']);
  expect(anonymous.headers.get('www-authenticate')).toMatch('Bearer');
  expect(anonymous.text).toMatch('Anonymous caller does not have storage.objects.create access');
  for (const token of ['wrong', 'old']) {
    const answer = await create(token, 'a');
    expect([answer.status, reasonOf(answer)]).toEqual([401, 'authError']);
  }
});

test('a permission that is missing: 403 with its name; to replace needs delete too', async () => {
  expect((await create('creator', 'a')).status).toBe(200);
  const again = await create('creator', 'a');
  expect([again.status, reasonOf(again)]).toEqual([403, 'forbidden']);
  expect(again.text).toMatch('creator@example.com does not have storage.objects.delete access');
  expect((await ask(paths.media('a'), as('creator'))).status).toBe(403);
  expect((await ask(paths.media('a'), as('reader'))).status).toBe(200);
  expect((await ask(paths.bucket, as('reader'))).status).toBe(200);
  expect((await ask(paths.objects, as('reader'))).status).toBe(403);
  const tested = await ask(
    `${paths.bucket}/iam/testPermissions?permissions=storage.objects.get&permissions=storage.objects.list`,
    as('reader'),
  );
  expect(tested.json['permissions']).toEqual(['storage.objects.get']);
});

test("a session's URI needs no token", async () => {
  const start = await ask(paths.upload('resumable', 's'), { method: 'POST', ...as('all') });
  const url = start.headers.get('location') ?? '';
  expect((await ask(url, { method: 'PUT', body: 'x' })).status).toBe(200);
});

test('one object may be public by its ACL', async () => {
  await ask(paths.upload('media', 'open', 'predefinedAcl=publicRead'), { method: 'POST', body: 'x', ...as('all') });
  expect((await ask(paths.public('open'))).headers.get('cache-control')).toBe('public, max-age=3600');
  expect((await ask(paths.public('a'))).status).toBe(401);
});

test('requester pays: 400 without a project, 403 for one that may not be billed, 400 for one that is none', async () => {
  const payers = pathsOf(fake.endpoint, 'payers');
  const none = await create('all', 'a', payers);
  expect([none.status, reasonOf(none)]).toEqual([400, 'required']);
  expect(none.text).toMatch('Bucket is a requester pays bucket but no user project provided.');
  const ask403 = await ask(payers.object('a', 'userProject=other-project'), as('stranger'));
  expect([ask403.status, ask403.text.includes('serviceusage.services.use')]).toEqual([403, true]);
  expect((await ask(payers.object('a', 'userProject=none'), as('all'))).status).toBe(400);
  const paid = await ask(payers.upload('media', 'a', 'userProject=other-project'), {
    method: 'POST',
    body: 'x',
    ...as('all'),
  });
  expect(paid.status).toBe(200);
  const headers = { ...as('all').headers, 'x-goog-user-project': 'other-project' };
  expect((await ask(payers.object('a'), { headers })).status).toBe(200);
  // The owner's project pays for its own requests.
  expect((await ask(payers.object('a'), as('reader'))).status).toBe(200);
});

test("a JWT signed with a service account's key: for a token, or as one", async () => {
  const sign = (of: TestKey, seconds: number) => {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const exp = Math.floor(Date.now() / 1000) + seconds;
    const text = `${encode({ alg: 'RS256' })}.${encode({ iss: of.signer.email, exp })}`;
    const signature = createSign('RSA-SHA256')
      .update(text)
      .sign(of.keyFile('')['private_key'] ?? '', 'base64url');
    return `${text}.${signature}`;
  };
  const exchange = (assertion: string) =>
    ask(`${fake.endpoint}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString(),
    });
  const got = await exchange(sign(key, 60));
  expect((await create(field(got, 'access_token'), 'by-token')).status).toBe(200);
  expect((await create(sign(key, 60), 'by-jwt')).status).toBe(200);
  for (const wrong of [sign(key, -60), sign(createTestKey(key.signer.email), 60), 'a.b.c', 'nonsense']) {
    expect((await exchange(wrong)).json['error']).toBe('invalid_grant');
    expect((await create(wrong, 'x')).status).toBe(401);
  }
});

test('the client sends the token it was given', async () => {
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: 'all' });
  const options = { apiEndpoint: fake.endpoint, useAuthWithCustomEndpoint: true, projectId: 'test-project' };
  const storage = new Storage({ ...options, authClient: new GoogleAuth({ authClient }) as never });
  const file = storage.bucket('own').file('by-client');
  // Not resumable: createWriteStream of 7.22 leaves the token out with an endpoint of one's own.
  await file.save('x', { resumable: false });
  expect((await file.download())[0].toString()).toBe('x');
  const [uri] = await file.createResumableUpload();
  expect((await ask(uri, { method: 'PUT', body: 'y' })).status).toBe(200);
});

test('impersonation and signBlob', async () => {
  const url = `${fake.endpoint}/v1/projects/-/serviceAccounts/${key.signer.email}`;
  expect((await sendJson(`${url}:generateAccessToken`, 'POST', {})).status).toBe(401);
  const token = await ask(`${url}:generateAccessToken`, { method: 'POST', body: '{}', ...as('all') });
  expect((await create(field(token, 'accessToken'), 'i')).status).toBe(200);
  const signed = await ask(`${url}:signBlob`, { method: 'POST', body: '{"payload":"aGk="}', ...as('all') });
  expect(field(signed, 'signedBlob')).toHaveLength(344);
});
