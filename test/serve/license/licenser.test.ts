import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { SecretKey, type ContentKey } from '../../../src/model/content-keys.js';
import type { HttpServer } from '../../../src/serve/http/server.js';
import { startService } from '../../../src/serve/http/service.js';
import { askLicense } from '../../../src/serve/license/ask-license.js';
import { readAuthKeys, type AuthKey } from '../../../src/serve/license/auth-keys.js';
import { KeyRing } from '../../../src/serve/license/key-ring.js';
import type { LicenseEntry } from '../../../src/serve/license/license-log.js';
import { LicenseState } from '../../../src/serve/license/license-state.js';
import { createLicenser } from '../../../src/serve/license/licenser.js';
import { signToken } from '../../../src/serve/license/sign-token.js';

const now = Date.UTC(2026, 10, 26, 18);
const KEYS: readonly ContentKey[] = ['sd', 'hd', 'uhd', 'audio'].map((label) => ({
  kid: randomBytes(16).toString('hex'),
  label,
  key: new SecretKey(randomBytes(16)),
}));
const OTHER: ContentKey = { kid: randomBytes(16).toString('hex'), label: 'all', key: new SecretKey(randomBytes(16)) };
const UNKNOWN = randomBytes(16).toString('hex');
const [SD, HD, UHD, AUDIO] = KEYS.map(({ kid }) => kid) as [string, string, string, string];

let folder = '';
let auth: readonly AuthKey[] = [];
let server: HttpServer | null = null;
let entries: LicenseEntry[] = [];
let url = '';
let isFull = false;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-licenser-'));
  await writeFile(join(folder, 'secret'), randomBytes(32).toString('hex'), { mode: 0o600 });
  auth = await readAuthKeys(join(folder, 'secret'));
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  entries = [];
  isFull = false;
  server = await startService({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    rateLimit: 60_000,
    forwarded: false,
    openMetrics: false,
    allowOrigin: '*',
    onTrouble: (error) => {
      throw error;
    },
    routes: (registry) => ({
      '/license': createLicenser({
        registry,
        ring: new KeyRing([
          { title: 'movie', keys: KEYS },
          { title: 'other', keys: [OTHER] },
        ]),
        auth,
        state: new LicenseState(),
        tokenRate: 60,
        keepAddresses: false,
        today: () => now,
        keep: async () => {},
        log: async (entry) => {
          if (isFull) throw new Error('the disk is full');
          entries.push(entry);
        },
        onTrouble: () => {},
      }),
    }),
  });
  url = `http://127.0.0.1:${server.port}/license`;
});

afterEach(async () => {
  await server?.close(0);
});

const sign = (claims: object = { title: 'movie' }): Promise<string> =>
  signToken({ ...claims }, { keys: auth, nowMs: now, spanSeconds: 3600 });

const b64 = (kid: string): string => Buffer.from(kid, 'hex').toString('base64url');

async function post(token: string | null, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const bearer: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(url, { method: 'POST', headers: { ...bearer, ...headers }, body: text });
}

const asking = (kids: readonly string[], type = 'temporary'): object => ({ kids: kids.map(b64), type });

/** [status, code], or [200, KIDs that came]. */
async function outcome(
  token: string | null,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<readonly unknown[]> {
  const response = await post(token, body, headers);
  const value = (await response.json()) as { code?: string; keys?: readonly { kid: string }[] };
  return [response.status, value.code ?? value.keys?.map(({ kid }) => Buffer.from(kid, 'base64url').toString('hex'))];
}

test('all keys that the token gives a right to, in one answer as W3C has it', async () => {
  const response = await post(await sign(), asking([SD]));
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toEqual({
    keys: KEYS.map(({ kid, key }) => ({
      kty: 'oct',
      kid: b64(kid),
      k: Buffer.from(key.reveal()).toString('base64url'),
    })),
    type: 'temporary',
  });
  // As hls.js and Shaka send it: without a content type. dash.js says JSON.
  expect(await outcome(await sign(), asking([SD]), { 'content-type': 'application/json' })).toMatchObject([
    200,
    [SD, HD, UHD, AUDIO],
  ]);
});

test('pictures up to a height, or KIDs by name, and never a key beyond that', async () => {
  expect(await outcome(await sign({ title: 'movie', max_height: 1080 }), asking([AUDIO]))).toEqual([
    200,
    [SD, HD, AUDIO],
  ]);
  expect(await outcome(await sign({ title: 'movie', max_height: 720 }), asking([AUDIO]))).toEqual([200, [SD, AUDIO]]);
  expect(await outcome(await sign({ kids: [HD, OTHER.kid] }), asking([HD]))).toEqual([200, [HD, OTHER.kid]]);
  expect(await outcome(await sign({ title: 'movie', max_height: 720 }), asking([HD]))).toEqual([403, 'not-entitled']);
  // One key for all heights opens larger pictures, too.
  expect(await outcome(await sign({ title: 'other', max_height: 720 }), asking([OTHER.kid]))).toEqual([
    403,
    'not-entitled',
  ]);
});

test('what exists and is not allowed is answered as what does not exist', async () => {
  const token = await sign({ kids: [SD] });
  const [known, unknown] = [await post(token, asking([OTHER.kid])), await post(token, asking([UNKNOWN]))];
  expect([known.status, await known.text()]).toEqual([unknown.status, await unknown.text()]);
  const titles = [
    await post(await sign({ title: 'none' }), asking([SD])),
    await post(await sign({ title: 'other' }), asking([SD])),
  ];
  const [first, second] = await Promise.all(titles.map((each) => each.text()));
  expect(first).toBe(second);
});

test('each refusal has its status, a kind that DASH-IF names, and a sentence for the viewer', async () => {
  const missing = await post(null, asking([SD]));
  expect([missing.status, missing.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect(await missing.json()).toEqual({
    type: 'https://dashif.org/drm-problems/insufficient-proof-of-authorization',
    status: 401,
    title: 'a token is needed',
    detail: 'Please sign in to watch this.',
    code: 'token-missing',
  });
  const bad = await post('a.b.c', asking([SD]));
  expect([bad.status, bad.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
  const old = await signToken({ title: 'movie' }, { keys: auth, nowMs: now - 7_200_000, spanSeconds: 3600 });
  expect(await outcome(old, asking([SD]))).toEqual([401, 'token-expired']);
  expect(await outcome(await sign({ title: 'other' }), asking([SD]))).toEqual([403, 'not-entitled']);
  expect(await outcome(await sign(), asking([SD], 'persistent-license'))).toEqual([403, 'not-persistent']);
  const once = await sign({ title: 'movie', uses: 1 });
  expect(await outcome(once, asking([SD]))).toMatchObject([200, {}]);
  expect(await outcome(once, asking([SD]))).toEqual([403, 'used-up']);
  const keeps = await sign({ title: 'movie', policy: 'premium' });
  expect(await (await post(keeps, asking([SD], 'persistent-license'))).json()).toMatchObject({
    type: 'persistent-license',
  });
  for (const wrong of [
    '',
    '[',
    'null',
    '{}',
    '[]',
    { kids: [], type: 'temporary' },
    { kids: ['x'], type: 'temporary' },
    asking([SD], 'other'),
    { kids: Array.from({ length: 65 }, () => b64(SD)), type: 'temporary' },
    '['.repeat(5000),
  ]) {
    expect([wrong, await outcome(await sign(), wrong)]).toEqual([wrong, [400, 'malformed']]);
  }
  expect((await post(await sign(), 'x'.repeat(10_000))).status).toBe(413);
});

test('two devices, and a third once one has stopped', async () => {
  const token = await sign({ title: 'movie', sub: 'viewer', streams: 2 });
  const on = (device: string): Promise<readonly unknown[]> => outcome(token, asking([SD]), { 'x-device-id': device });
  expect((await on('a'))[0]).toBe(200);
  expect((await on('b'))[0]).toBe(200);
  expect(await on('c')).toEqual([403, 'too-many-streams']);
  expect(await outcome(token, asking([SD]))).toEqual([403, 'device-missing']);
  expect(await outcome(token, asking([SD]), { 'x-device-id': 'x'.repeat(101) })).toEqual([403, 'device-missing']);
  expect((await post(token, { kids: [b64(SD)] }, { 'x-device-id': 'a' })).status).toBe(204);
  expect((await on('c'))[0]).toBe(200);
});

test('one token is not asked with without end', async () => {
  const token = await sign();
  for (let i = 0; i < 10; i++) expect((await post(token, asking([SD]))).status).toBe(200);
  // Another one is allowed with each second that passes; a slow machine lets some pass.
  let refused = await post(token, asking([SD]));
  for (let i = 0; i < 100 && refused.status === 200; i++) refused = await post(token, asking([SD]));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect((await post(await sign(), asking([SD]))).status).toBe(200);
});

test('the log says who got what and why not, and nothing that opens anything', async () => {
  const token = await sign({ title: 'movie', sub: 'viewer-7', max_height: 720 });
  await post(token, asking([SD]), { 'x-device-id': 'tv' });
  await post('a.b.c', asking([SD]));
  expect(entries).toMatchObject([
    {
      outcome: 'granted',
      code: null,
      who: 'viewer-7',
      title: 'movie',
      device: 'tv',
      asked: [SD],
      given: [SD, AUDIO],
      policy: 'stream',
    },
    { outcome: 'refused', code: 'token-invalid', who: null, given: [] },
  ]);
  const text = JSON.stringify(entries);
  for (const { key } of [...KEYS, OTHER]) {
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(text).not.toContain(Buffer.from(key.reveal()).toString(form));
  }
  for (const part of token.split('.')) expect(text).not.toContain(part);
  const metrics = await (await fetch(url.replace('license', 'metrics'))).text();
  expect(metrics).toContain('mediactl_license_requests_total{outcome="refused",code="token-invalid"} 1\n');
  expect(metrics).not.toMatch(/viewer|movie/);
});

test('where nothing can be logged nothing is given', async () => {
  isFull = true;
  const refused = await post(await sign(), asking([SD]));
  expect([refused.status, await refused.text()]).toEqual([503, expect.not.stringContaining('keys')]);
});

test('whatever is sent is answered with a refusal, and the next licence is given', async () => {
  const token = await sign({ kids: [SD] });
  const good = JSON.stringify(asking([SD]));
  // Chance of its own, so that what fails can be seen again.
  let seed = 7;
  const chance = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const spoil = (text: string): string => {
    const at = chance(text.length);
    const piece =
      ['', String.fromCharCode(33 + chance(90)), text.slice(chance(text.length)), '"', '{'][chance(5)] ?? '';
    return text.slice(0, at) + piece + text.slice(at + 1 + chance(3));
  };
  const statuses = new Set<number>();
  for (let i = 0; i < 300; i++) {
    const [header, body] = i % 2 === 0 ? [spoil(token), good] : [token, spoil(good)];
    const response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${header}` }, body });
    const text = await response.text();
    statuses.add(response.status);
    if (response.status !== 200) expect(text).not.toContain('"k"');
  }
  for (const status of statuses) expect([200, 204, 400, 401, 403, 429]).toContain(status);
  expect((await outcome(await sign(), asking([SD])))[0]).toBe(200);
});

test('asked as a player would: what came, and whether pages may ask', async () => {
  const { signal } = new AbortController();
  const ask = { url, token: await sign({ kids: [SD] }), kids: [SD], device: 'tv', persistent: false, signal };
  expect(await askLicense(ask)).toMatchObject({ status: 200, kids: [SD], cors: true, problem: null });
  expect(await askLicense({ ...ask, token: null })).toMatchObject({
    status: 401,
    kids: null,
    problem: { code: 'token-missing' },
  });
  expect(await askLicense({ ...ask, url: url.replace('license', 'healthz') })).toMatchObject({
    status: 200,
    kids: null,
    cors: false,
  });
  await server?.close(0);
  await expect(askLicense(ask)).rejects.toMatchObject({ code: 'storage-unavailable' });
  server = null;
});
