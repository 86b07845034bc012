import { expect, test } from 'vitest';
import { cbcsIv, cencIv, ivAfter } from '../../../src/tools/cenc/ivs.js';

const KEY = Buffer.from('fedcba98765432100123456789abcdef', 'hex');
const OTHER_KEY = Buffer.from(KEY).fill(1, 0, 1);
const CLEAR = Buffer.from('a segment');

test('in cenc every segment has an IV of its own, and so have other bytes under the same name', () => {
  const made = [
    cencIv(KEY, '720p-00000001', 0, CLEAR),
    cencIv(KEY, '720p-00000001', 1, CLEAR),
    cencIv(KEY, '90p-00000003', 0, CLEAR),
    cencIv(OTHER_KEY, '720p-00000001', 0, CLEAR),
    cencIv(KEY, '720p-00000001', 0, Buffer.from('a segmenT')),
  ];
  expect(made.map(({ length }) => length)).toEqual([8, 8, 8, 8, 8]);
  expect(new Set(made.map((iv) => iv.toString('hex'))).size).toBe(made.length);
  expect(cencIv(KEY, '720p-00000001', 0, Buffer.from(CLEAR))).toEqual(made[0]);
});

test('samples count on from it, also where 64 bits come round', () => {
  expect(ivAfter(Buffer.from('00000000000000ff', 'hex'), 2).toString('hex')).toBe('0000000000000101');
  expect(ivAfter(Buffer.alloc(8, 0xff), 1)).toEqual(Buffer.alloc(8));
});

test('in cbcs a rendition has one, which another key or rendition has not', () => {
  const fixed = [cbcsIv(KEY, 'a'), cbcsIv(KEY, 'b'), cbcsIv(OTHER_KEY, 'a')].map((iv) => iv.toString('hex'));
  expect(new Set(fixed).size).toBe(3);
  expect(fixed.map(({ length }) => length)).toEqual([32, 32, 32]);
});
