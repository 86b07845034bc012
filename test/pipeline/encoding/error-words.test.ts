import { expect, test } from 'vitest';
import { mostFrequent } from '../../../src/pipeline/encoding/error-words.js';

test("FFmpeg's errors are told without its modules and numbers", () => {
  const said = (kind: string): string => mostFrequent([[kind, 1]]);
  expect(said('h264: Invalid NAL unit size (-# > #).')).toBe('Invalid NAL unit size (1)');
  expect(said('mov: stream #, offset #: partial file')).toBe('partial file (1)');
  expect(said('missing picture in access unit with size #')).toBe('missing picture in access unit (1)');
  expect(said('h264: error while decoding MB # #, bytestream #')).toBe('error while decoding (1)');
  expect(said('concealing # DC, # AC, # MV errors in P frame')).toBe('concealing DC, AC, MV errors in P frame (1)');
  expect(said('Error while decoding stream ##:#: Invalid data found')).toBe(
    'Error while decoding: Invalid data found (1)',
  );
  expect(said('#')).toBe('# (1)');
});

test('the most frequent come first, three at most, and what reads alike is counted together', () => {
  const kinds: [string, number][] = [
    ['Invalid NAL unit size (-# > #).', 2],
    ['partial file', 3],
    ['h264: Invalid NAL unit size (# > #).', 4],
    ['third', 2],
    ['fourth', 1],
  ];
  expect(mostFrequent(kinds)).toBe('Invalid NAL unit size (6), partial file (3), third (2)');
});
