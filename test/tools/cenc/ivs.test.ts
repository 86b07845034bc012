import { expect, test } from 'vitest';
import { cbcsIv, cencIv, ivAfter, MOST_SEGMENTS, overlapping } from '../../../src/tools/cenc/ivs.js';

const KEY = Buffer.from('fedcba98765432100123456789abcdef', 'hex');
const number = (iv: Buffer): bigint => iv.readBigUInt64BE();

test('segments of a rendition have counters of their own, 65536 each, also where 64 bits come round', () => {
  for (const id of ['720p-00000001', 'audio-00000002', '90p-00000003']) {
    const first = cencIv(KEY, id, 0);
    for (const segment of [1, 2, 77, MOST_SEGMENTS - 1]) {
      expect(BigInt.asUintN(64, number(cencIv(KEY, id, segment)) - number(first))).toBe(BigInt(segment) * 65_536n);
    }
  }
  expect(ivAfter(Buffer.alloc(8, 0xff), 1)).toEqual(Buffer.alloc(8));
  expect(() => cencIv(KEY, '720p-00000001', MOST_SEGMENTS)).toThrow(RangeError);
});

test('another key or rendition has other ones', () => {
  const other = Buffer.from(KEY).fill(1, 0, 1);
  const all = [cencIv(KEY, 'a', 0), cencIv(KEY, 'b', 0), cencIv(other, 'a', 0)].map((iv) => iv.toString('hex'));
  const fixed = [cbcsIv(KEY, 'a'), cbcsIv(KEY, 'b'), cbcsIv(other, 'a')].map((iv) => iv.toString('hex'));
  expect(new Set([...all, ...fixed]).size).toBe(6);
  expect(fixed.map(({ length }) => length)).toEqual([32, 32, 32]);
});

test('renditions whose counters would meet are found', () => {
  expect(overlapping(KEY, ['720p-00000001', 'audio-00000002'])).toBeNull();
  expect(overlapping(KEY, ['720p-00000001', '90p-00000003', '720p-00000001'])).toEqual([
    '720p-00000001',
    '720p-00000001',
  ]);
});
