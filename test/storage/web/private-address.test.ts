import { expect, test } from 'vitest';
import { isPrivateAddress, literalAddress } from '../../../src/storage/web/private-address.js';

test.each([
  ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '0.0.0.0'],
  ...[
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
  ],
])('%s is private', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

test.each(['8.8.8.8', '172.32.0.1', '193.168.1.1', '2001:4860:4860::8888', '::ffff:8.8.8.8'])(
  '%s is public',
  (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  },
);

test('addresses in host names', () => {
  expect(literalAddress('[::1]')).toBe('::1');
  expect(literalAddress(new URL('http://0x7f.1/').hostname)).toBe('127.0.0.1');
  expect(literalAddress('localhost')).toBeNull();
});
