import { describe, expect, test } from 'vitest';
import { proxyFor } from '../../../src/storage/http/proxy.js';

const GOOGLE = 'https://storage.googleapis.com/storage/v1/b';
const at = (address: string, env: Readonly<Record<string, string>>): string | null => {
  const proxy = proxyFor(address, env);
  return proxy && `${proxy.secure ? 'https' : 'http'}://${proxy.host}:${proxy.port}`;
};

test.each([
  [{}, null],
  [{ HTTPS_PROXY: '' }, null],
  [{ HTTP_PROXY: 'http://p:1' }, null],
  [{ HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128'],
  [{ HTTPS_PROXY: 'http://p:3128', https_proxy: 'http://q:3128' }, 'http://q:3128'],
  [{ HTTPS_PROXY: 'p:3128' }, 'http://p:3128'],
  [{ HTTPS_PROXY: 'http://p' }, 'http://p:80'],
  [{ HTTPS_PROXY: 'https://p/' }, 'https://p:443'],
  [{ HTTPS_PROXY: 'http://[::1]:8' }, 'http://::1:8'],
  [{ ALL_PROXY: 'http://p:3128' }, null],
])('%j', (env, expected) => {
  expect(at(GOOGLE, env)).toBe(expected);
  expect(at('http://127.0.0.1:4443/', env)).toBeNull();
});

test('name and password are for the proxy alone', () => {
  const proxy = proxyFor(GOOGLE, { HTTPS_PROXY: 'http://me:a%40b%25@p:1' });
  expect(proxy?.authorization).toBe(`Basic ${Buffer.from('me:a@b%').toString('base64')}`);
});

describe('NO_PROXY', () => {
  test.each([
    ['*', true],
    ['googleapis.com', true],
    ['.googleapis.com', true],
    ['*.googleapis.com', true],
    ['a, storage.googleapis.com:443', true],
    ['a b,STORAGE.googleapis.com', true],
    ['storage.googleapis.com:80', false],
    ['eapis.com', false],
    ['googleapis.com.evil', false],
    ['', false],
  ])('%s', (list, excepted) => {
    expect(at(GOOGLE, { HTTPS_PROXY: 'http://p:1', NO_PROXY: list })).toBe(excepted ? null : 'http://p:1');
  });

  test('addresses', () => {
    const env = { HTTPS_PROXY: 'http://p:1', no_proxy: '127.0.0.1,::1' };
    expect(at('https://127.0.0.1:8/', env)).toBeNull();
    expect(at('https://[::1]:8/', env)).toBeNull();
    expect(at('https://127.0.0.2/', env)).toBe('http://p:1');
  });
});

test.each(['socks5://me:hunter2@p:1', 'http://me:hunter2@', 'http://me:%E0%A4hunter2@p'])('%s', (text) => {
  const wrong = expect.objectContaining({
    code: 'usage',
    message: 'HTTPS_PROXY is not a usable proxy address',
  }) as Error;
  expect(() => proxyFor(GOOGLE, { HTTPS_PROXY: text })).toThrow(wrong);
});
