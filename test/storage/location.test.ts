import { expect, test } from 'vitest';
import { formatLocation, parseLocation } from '../../src/storage/location.js';

test.each([
  ['gs://bucket', 'bucket', ''],
  ['gs://bucket/', 'bucket', ''],
  ['gs://bucket/titles/movie', 'bucket', 'titles/movie'],
  ['gs://bucket/titles/movie/', 'bucket', 'titles/movie'],
  ['GS://my-bucket_1.example.com/x', 'my-bucket_1.example.com', 'x'],
  ['gs://bucket/Ünï côdé/100%25 #1?*', 'bucket', 'Ünï côdé/100%25 #1?*'],
])('%s is a bucket', (text, bucket, prefix) => {
  expect(parseLocation(text)).toEqual({ kind: 'gcs', bucket, prefix });
});

test.each(['/srv/titles', './movie', 'movie', 'C:\\movies', '~/x', 'gs:/bucket', 'a b'])('%s is a folder', (path) => {
  expect(parseLocation(path)).toEqual({ kind: 'folder', path });
});

test.each([
  '',
  'gs://',
  'gs:///x',
  'gs://Bucket/x',
  'gs://bu cket',
  'gs://ab',
  `gs://${'a'.repeat(64)}`,
  'gs://a..b',
  'gs://-ab',
  'gs://bucket//x',
  'gs://bucket/a/../b',
  'gs://bucket/x//',
  'gs://bucket/a\nb',
  's3://bucket/x',
  'https://storage.googleapis.com/bucket/x',
])('%j is refused', (text) => {
  expect(() => parseLocation(text)).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('written as it was meant', () => {
  for (const text of ['gs://bucket', 'gs://bucket/titles/movie', '/srv/x']) {
    expect(formatLocation(parseLocation(text))).toBe(text);
  }
});
