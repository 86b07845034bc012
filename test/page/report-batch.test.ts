import { expect, test } from 'vitest';
import type { PlaybackReport } from '../../src/model/playback.js';
import { batchLength } from '../../src/page/report-batch.js';

function failed(message: string): PlaybackReport {
  return {
    session: '0123456789abcdef',
    number: 1,
    title: 'a title',
    player: 'hls.js',
    format: 'hls',
    happened: '2024-05-06T07:08:09.000Z',
    position: 1,
    bufferSeconds: 2,
    bandwidth: null,
    event: 'error',
    code: 'x',
    message,
    fatal: false,
  };
}

test('a batch is no larger than what browsers send of a page that is left: 64 KiB', () => {
  const few = Array.from({ length: 5 }, () => failed('short'));
  expect(batchLength(few)).toBe(5);
  expect(batchLength(Array.from({ length: 300 }, () => failed('short')))).toBe(100);
  const long = Array.from({ length: 300 }, () => failed('字'.repeat(1000)));
  const count = batchLength(long);
  expect(count).toBeGreaterThan(10);
  expect(Buffer.byteLength(JSON.stringify(long.slice(0, count)))).toBeLessThan(65_536);
  expect(batchLength([failed('x'.repeat(100_000))])).toBe(1);
});
