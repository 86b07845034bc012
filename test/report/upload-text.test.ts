import { expect, test } from 'vitest';
import type { UploadEvent } from '../../src/model/events.js';
import { formatUpload } from '../../src/report/upload-text.js';

const EVENT: UploadEvent = {
  type: 'upload',
  objects: 41,
  totalObjects: 48,
  bytes: 118e6,
  sentObjects: 41,
  sentBytes: 118e6,
  totalBytes: 131e6,
  bytesPerSecond: 12.3e6,
  retries: 2,
  waiting: true,
};

test.each([
  [Infinity, 'upload  41 of 48 objects, 118 MB of 131 MB, 12.3 MB/s, 2 retries, encoder waiting'],
  [60, 'upload  41 of 48 objects, 118 MB of 131 MB, 12.3 MB/s'],
  [48, 'upload  41 of 48 objects, 118 MB of 131 MB'],
  [30, 'upload  41 of 48 objects'],
  [10, 'upload  41'],
])('in %d columns an upload is told in whole parts', (columns, text) => {
  expect(formatUpload(EVENT, columns)).toBe(text);
});

test('what was there already is not called sent', () => {
  const text = formatUpload({ ...EVENT, sentObjects: 2, sentBytes: 3e5, retries: 0, waiting: false });
  expect(text).toBe('upload  41 of 48 objects, 118 MB of 131 MB, 300 kB of it sent, 12.3 MB/s');
});
