import { expect, test } from 'vitest';
import { clientAddress, exposedAddresses, isLoopback } from '../../../src/serve/http/addresses.js';
import { RateLimit } from '../../../src/serve/http/rate-limit.js';

test('a sixth of a minute at once, and then as many as go by', () => {
  let now = 0;
  const limit = new RateLimit(600, { now: () => now });
  for (let i = 0; i < 100; i++) expect(limit.take('a')).toBeNull();
  expect(limit.take('a')).toBe(1);
  // Others are not concerned.
  expect(limit.take('b')).toBeNull();
  now += 100;
  expect(limit.take('a')).toBeNull();
  expect(limit.take('a')).toBe(1);
  now += 60_000;
  let taken = 0;
  while (limit.take('a') === null) taken++;
  expect(taken).toBe(100);
});

test('even a small limit lets ten through at once, and says how long to wait', () => {
  const limit = new RateLimit(6, { now: () => 0 });
  for (let i = 0; i < 10; i++) expect(limit.take('a')).toBeNull();
  expect(limit.take('a')).toBe(10);
});

test('who has not asked for long is forgotten, so that memory is bounded', () => {
  const limit = new RateLimit(6, { now: () => 0 });
  for (let i = 0; i < 11; i++) limit.take('first');
  for (let i = 0; i < 50_000; i++) limit.take(String(i));
  expect(limit.take('first')).toBeNull();
});

test('who asks: the connection, or the last of what a proxy of ours says; of IPv6 the network', () => {
  const of = (remoteAddress: string, header: string | undefined, forwarded: boolean): string =>
    clientAddress(
      { socket: { remoteAddress }, headers: header === undefined ? {} : { 'x-forwarded-for': header } } as Parameters<
        typeof clientAddress
      >[0],
      forwarded,
    );
  expect(of('::ffff:192.0.2.1', undefined, false)).toBe('192.0.2.1');
  expect(of('192.0.2.1', '198.51.100.7', false)).toBe('192.0.2.1');
  expect(of('127.0.0.1', '203.0.113.9, 198.51.100.7', true)).toBe('198.51.100.7');
  expect(of('127.0.0.1', 'nonsense', true)).toBe('127.0.0.1');
  expect(of('2001:db8:1:2:3:4:5:6', undefined, false)).toBe('2001:db8:1:2::');
  expect(of('127.0.0.1', '[2001:db8::1]:443', true)).toBe('2001:db8:0:0::');
  expect(of('::1', undefined, false)).toBe('0:0:0:0::');
});

test('what only this machine can reach', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost', '::ffff:127.0.0.1'].map(isLoopback)).not.toContain(false);
  expect(['0.0.0.0', '::', '192.168.1.2', '10.127.0.1', '127.example'].map(isLoopback)).not.toContain(true);
  expect(exposedAddresses('https', '192.168.1.2', 8124)).toEqual(['https://192.168.1.2:8124/']);
  expect(exposedAddresses('http', '127.0.0.1', 8124)).toEqual([]);
});
