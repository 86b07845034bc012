import { expect, test } from 'vitest';
import { isLinkLocal } from '../../../src/storage/http/link-local.js';
import { proxyFor } from '../../../src/storage/http/proxy.js';

const isOurs = (address: string): boolean => isLinkLocal(new URL(address).hostname);

test.each([
  'http://169.254.169.254/computeMetadata/v1',
  'http://169.254.0.1:8080/',
  // As a number, and as IPv6 writes it.
  'http://2852039166/',
  'http://[::ffff:169.254.169.254]/',
  'http://metadata.google.internal/',
  'http://metadata.google.internal./',
  'http://METADATA.Google.Internal./',
  'http://[fe80::1]/',
  'http://[febf::1]/',
  'http://[fd00:ec2::254]/latest',
])('%s is for this machine alone', (address) => {
  expect(isOurs(address)).toBe(true);
  const secure = address.replace('http:', 'https:');
  expect(proxyFor(secure, { HTTPS_PROXY: 'http://p:1', NO_PROXY: '' })).toBeNull();
});

test.each([
  'https://storage.googleapis.com/',
  'http://169.25.169.254/',
  'http://10.0.0.1/',
  'http://metadata.google.internal.example.com/',
  'http://fe80.example.com/',
  'http://[fec0::1]/',
  'http://[2001:db8::1]/',
])('%s is not', (address) => {
  expect(isOurs(address)).toBe(false);
});
