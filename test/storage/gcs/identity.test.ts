import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Credentials } from '../../../src/storage/credentials.js';
import { identityOf, redact, type TokenSource } from '../../../src/storage/gcs/identity.js';
import { openGcs } from '../../../src/storage/gcs/open-gcs.js';

const DEFAULT: Credentials = { kind: 'application-default', impersonate: null };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-identity-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

function source(headers: () => Promise<Readonly<Record<string, string>>>): TokenSource {
  return { getRequestHeaders: headers };
}

describe('tokens', () => {
  test('nobody sends none; a given one is sent as it is', async () => {
    const none = identityOf({ kind: 'anonymous', impersonate: null }, () => expect.unreachable());
    expect(await none.headers(false)).toEqual({});
    const given = identityOf({ kind: 'access-token', token: 'abc', impersonate: null }, () => expect.unreachable());
    expect(await given.headers(false)).toEqual({ authorization: 'Bearer abc' });
    const broken = identityOf({ kind: 'access-token', token: 'a\r\nb', impersonate: null }, () => expect.unreachable());
    await expect(broken.headers(false)).rejects.toMatchObject({ name: 'CredentialsFailure', retryable: false });
  });

  test('one source serves all; many refusals at once make one new one', async () => {
    let made = 0;
    const now = vi.spyOn(performance, 'now').mockReturnValue(0);
    const identity = identityOf(DEFAULT, () => {
      const number = ++made;
      return Promise.resolve(source(() => Promise.resolve({ authorization: `token ${number}` })));
    });
    await Promise.all([identity.headers(false), identity.headers(false)]);
    expect(made).toBe(1);
    now.mockReturnValue(3600_000);
    const renewed = await Promise.all([identity.headers(true), identity.headers(true), identity.headers(true)]);
    expect(made).toBe(2);
    expect(renewed[2]).toEqual({ authorization: 'token 2' });
    now.mockRestore();
  });

  test('what fails in passing is worth another attempt, the rest is not', async () => {
    const failing = (parts: object): Promise<unknown> =>
      identityOf(DEFAULT, () => Promise.resolve(source(() => Promise.reject(Object.assign(new Error('no'), parts)))))
        .headers(false)
        .catch((error: unknown) => error);
    expect(await failing({ code: 'ECONNRESET' })).toMatchObject({ retryable: true });
    expect(await failing({ status: 503 })).toMatchObject({ retryable: true });
    expect(await failing({ status: 400, message: 'invalid_grant' })).toMatchObject({ retryable: false });
  });

  test('after a failure the source is made anew', async () => {
    let made = 0;
    const identity = identityOf(DEFAULT, () =>
      ++made === 1
        ? Promise.reject(new Error('no'))
        : Promise.resolve(source(() => Promise.resolve({ Authorization: 'b' }))),
    );
    await expect(identity.headers(false)).rejects.toMatchObject({ message: 'no' });
    expect(await identity.headers(false)).toEqual({ Authorization: 'b' });
  });

  test('credentials without a token are none', async () => {
    const identity = identityOf(DEFAULT, () => Promise.resolve(source(() => Promise.resolve({}))));
    await expect(identity.headers(false)).rejects.toMatchObject({ message: 'the credentials give no token' });
  });

  test('a failure carries no request and no key', async () => {
    const config = { data: 'refresh_token=1//secret', headers: { Authorization: 'Bearer secret' } };
    const error = Object.assign(new Error('bad ya29.secret-token here'), { config });
    const identity = identityOf(DEFAULT, () => Promise.resolve(source(() => Promise.reject(error))));
    const failure: unknown = await identity.headers(false).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ message: 'bad [token] here' });
    expect(failure).not.toHaveProperty('config');
    expect((failure as Error).cause).toBeUndefined();
  });
});

test('what looks like a key or a token goes from messages', () => {
  const pem = '-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----';
  expect(redact(`x ${pem} y`)).toBe('x [key] y');
  expect(redact(`x ${'A'.repeat(60)} y`)).toBe('x […] y');
  expect(redact('Could not load the default credentials.')).toBe('Could not load the default credentials.');
});

describe("with Google's library", () => {
  const open = (credentials: Credentials): ReturnType<typeof openGcs> =>
    openGcs({ kind: 'gcs', bucket: 'media', prefix: '' }, { credentials, endpoint: 'http://127.0.0.1:9', env: {} });
  const auth = { code: 'storage-auth', hint: expect.stringContaining('gcloud auth') };
  const keyFile = { code: 'storage-auth', hint: expect.stringContaining('--key-file') };

  test('no credentials anywhere', async () => {
    vi.stubEnv('HOME', folder);
    vi.stubEnv('APPDATA', folder);
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
    await expect(open(DEFAULT).stat('m')).rejects.toMatchObject({
      ...auth,
      reason: expect.stringMatching(/default credentials/),
    });
  });

  test('a key file that is not there, and one that is none', async () => {
    const path = join(folder, 'key.json');
    const credentials: Credentials = { kind: 'key-file', path, impersonate: null };
    await expect(open(credentials).stat('m')).rejects.toMatchObject({
      ...keyFile,
      reason: expect.stringContaining('key.json'),
    });
    await writeFile(path, 'secret-key-material {');
    const work = open(credentials).stat('m');
    await expect(work).rejects.toMatchObject({ ...keyFile, reason: 'the key file is not JSON' });
  });
});
