import { createHash, randomBytes } from 'node:crypto';
import { crc32c as native } from '@node-rs/crc32';
import { expect, test } from 'vitest';
import { BodyWriter } from './body.js';
import { crc32c, encodeCrc32c } from './crc32c.js';
import { selectFields } from './fields.js';

test('CRC-32C: the vectors of RFC 3720 B.4, in pieces too, and as the native one', () => {
  expect(crc32c(Buffer.from('123456789'), 0)).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32), 0)).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff), 0)).toBe(0x62a8ab43);
  expect(encodeCrc32c(crc32c(Buffer.alloc(0), 0))).toBe('AAAAAA==');
  const bytes = randomBytes(5003);
  expect(crc32c(bytes.subarray(1001), crc32c(bytes.subarray(0, 1001), 0))).toBe(crc32c(bytes, 0));
  expect(crc32c(bytes, 0)).toBe(native(bytes));
});

test('a body above the limit goes to a sparse file and reads back the same', () => {
  const bytes = Buffer.concat([randomBytes(1000), Buffer.alloc(300_000), randomBytes(77), Buffer.alloc(5000)]);
  for (const memoryLimit of [1e9, 500, 100_000]) {
    const writer = new BodyWriter({ crc32c, memoryLimit, md5Limit: 1e9, keepLimit: 1e9 });
    for (let at = 0; at < bytes.length; at += 999) writer.append(bytes.subarray(at, at + 999));
    const body = writer.finish();
    expect(body.size).toBe(bytes.length);
    expect(body.md5()).toBe(createHash('md5').update(bytes).digest('base64'));
    expect(body.crc32c).toBe(encodeCrc32c(crc32c(bytes, 0)));
    expect(Buffer.concat([...body.read(0, bytes.length)]).equals(bytes)).toBe(true);
    expect(Buffer.concat([...body.read(990, 301_050)]).equals(bytes.subarray(990, 301_050))).toBe(true);
  }
});

test('fields: names, lists, paths and stars', () => {
  const value = {
    kind: 'k',
    items: [{ name: 'a', size: '1', metadata: { x: '1', y: '2' } }, { name: 'b' }],
    next: 't',
  };
  expect(selectFields(value, 'kind,items(name,size)')).toEqual({
    kind: 'k',
    items: [{ name: 'a', size: '1' }, { name: 'b' }],
  });
  expect(selectFields(value, 'items/name,next')).toEqual({ items: [{ name: 'a' }, { name: 'b' }], next: 't' });
  expect(selectFields(value, 'items(metadata/x)')).toEqual({ items: [{ metadata: { x: '1' } }, {}] });
  expect(selectFields(value, 'items/metadata/*')).toEqual({ items: [{ metadata: { x: '1', y: '2' } }, {}] });
  expect(selectFields(value, 'nothing')).toEqual({});
  for (const wrong of ['items(', 'items(name', 'a,,b', 'a)'])
    expect(() => selectFields(value, wrong)).toThrow('Invalid field');
});

test('above its limit there is no MD5, in memory or not', () => {
  for (const memoryLimit of [1e9, 10]) {
    const writer = new BodyWriter({ crc32c, memoryLimit, md5Limit: 100, keepLimit: 1e9 });
    writer.append(Buffer.alloc(60));
    writer.append(Buffer.alloc(60));
    expect(writer.finish().md5()).toBeNull();
  }
});

test('above its limit only size and checksum are kept', () => {
  const writer = new BodyWriter({ crc32c, memoryLimit: 1e9, md5Limit: 1e9, keepLimit: 100 });
  const bytes = randomBytes(3000);
  for (let at = 0; at < bytes.length; at += 60) writer.append(bytes.subarray(at, at + 60));
  const body = writer.finish();
  expect([body.size, body.crc32c, body.md5()]).toEqual([3000, encodeCrc32c(crc32c(bytes, 0)), null]);
  expect(Buffer.concat([...body.read(10, 2000)])).toEqual(Buffer.alloc(1990));
});
