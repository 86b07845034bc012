import { describe, expect, test } from 'vitest';
import { chooseCredentials, chooseEndpoint, type Credentials } from '../../src/storage/credentials.js';

const NONE = { keyFile: null, impersonate: null, anonymous: false };
const usage = expect.objectContaining({ code: 'usage' }) as Error;

describe('who asks', () => {
  test('what was said is stronger than the environment, which is stronger than the default', () => {
    const env = { GOOGLE_OAUTH_ACCESS_TOKEN: ' secret\n' };
    expect(chooseCredentials(NONE, {})).toEqual({ kind: 'application-default', impersonate: null });
    const variable = 'GOOGLE_OAUTH_ACCESS_TOKEN';
    expect(chooseCredentials(NONE, env)).toEqual({
      kind: 'access-token',
      token: 'secret',
      variable,
      impersonate: null,
    });
    expect(chooseCredentials({ ...NONE, keyFile: 'k' }, env)).toMatchObject({ kind: 'key-file', path: 'k' });
    expect(chooseCredentials({ ...NONE, anonymous: true }, env)).toMatchObject({ kind: 'anonymous' });
    expect(chooseCredentials({ ...NONE, impersonate: 'a@b' }, env)).toMatchObject({ impersonate: 'a@b' });
    expect(chooseCredentials(NONE, { CLOUDSDK_AUTH_ACCESS_TOKEN: '', MEDIACTL_ACCESS_TOKEN: 't' })).toMatchObject({
      token: 't',
    });
  });

  test('an emulator is asked without credentials', () => {
    expect(chooseCredentials(NONE, { STORAGE_EMULATOR_HOST: 'localhost:1' })).toMatchObject({ kind: 'anonymous' });
  });

  test('nobody and somebody at once is refused', () => {
    expect(() => chooseCredentials({ ...NONE, anonymous: true, keyFile: 'k' }, {})).toThrow(usage);
  });
});

describe('where', () => {
  const anonymous: Credentials = { kind: 'anonymous', impersonate: null };
  const token: Credentials = { kind: 'access-token', token: 'secret', impersonate: null };

  test.each([
    [null, {}, 'https://storage.googleapis.com'],
    [null, { STORAGE_EMULATOR_HOST: 'http://localhost:4443' }, 'http://localhost:4443'],
    ['https://private.example:8443/', {}, 'https://private.example:8443'],
    ['storage.example.com', {}, 'https://storage.example.com'],
    ['http://127.0.0.1:4443/storage/v1/', { STORAGE_EMULATOR_HOST: 'x' }, 'http://127.0.0.1:4443'],
    // As Google's libraries have it: an emulator has no certificate.
    [null, { STORAGE_EMULATOR_HOST: 'localhost:4443' }, 'http://localhost:4443'],
    [null, { STORAGE_EMULATOR_HOST: 'gcs.internal' }, 'http://gcs.internal'],
    [null, { STORAGE_EMULATOR_HOST: 'https://gcs.internal' }, 'https://gcs.internal'],
  ])('%s', (endpoint, env, expected) => {
    expect(chooseEndpoint(endpoint, anonymous, env)).toBe(expected);
  });

  test.each(['ftp://x', 'http://', 'https://user:pass@host', 'https://x?y=1', 'https://x/gcs', 'https://x/storage/v2'])(
    '%s is refused',
    (endpoint) => {
      expect(() => chooseEndpoint(endpoint, anonymous, {})).toThrow(usage);
    },
  );

  test('a password in it is not repeated', () => {
    expect(() => chooseEndpoint('https://user:hunter2@host', anonymous, {})).toThrow(/^(?!.*hunter2)/);
  });

  test('tokens do not cross a network in the clear', () => {
    expect(() => chooseEndpoint('http://10.0.0.1:4443', token, {})).toThrow(usage);
    expect(() => chooseEndpoint('http://127.0.0.1.evil.example', token, {})).toThrow(usage);
    expect(chooseEndpoint('http://10.0.0.1:4443', anonymous, {})).toBe('http://10.0.0.1:4443');
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      expect(chooseEndpoint(`http://${host}:1`, token, {})).toBe(`http://${host}:1`);
    }
  });
});
