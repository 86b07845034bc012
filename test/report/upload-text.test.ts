import { expect, test } from 'vitest';
import type { UploadEvent } from '../../src/model/events.js';
import { formatUpload } from '../../src/report/upload-text.js';

test.each([
  [Infinity, 'upload  41 of 48 objects, 118 MB of 131 MB, 12.3 MB/s, 2 retries, encoder waiting'],
  [60, 'upload  41 of 48 objects, 118 MB of 131 MB, 12.3 MB/s'],
  [48, 'upload  41 of 48 objects, 118 MB of 131 MB'],
  [30, 'upload  41 of 48 objects'],
  [10, 'upload  41'],
])('in %d columns an upload is told in whole parts', (columns, text) => {
  const event: UploadEvent = {
    type: 'upload' as const,
    objects: 41,
    totalObjects: 48,
    bytes: 118e6,
    totalBytes: 131e6,
    bytesPerSecond: 12.3e6,
    retries: 2,
    waiting: true,
  };
  expect(formatUpload(event, columns)).toBe(text);
});
