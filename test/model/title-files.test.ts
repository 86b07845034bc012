import { expect, test } from 'vitest';
import { FILES_BY_CLASS } from '../../fixtures/files-by-class.js';
import { classByName, classOf, isForEver, stepOf, STEPS, type FileClass } from '../../src/model/title-files.js';

test.each<[string, FileClass]>([
  ['720p-1a2b3c4d/00000.ts', 'segment'],
  ['720p-1a2b3c4d/00000.m4s', 'segment'],
  ['720p-1a2b3c4d/chunk.MP4', 'segment'],
  ['720p-1a2b3c4d/init.mp4', 'init'],
  ['dash/init-stream0.m4s', 'init'],
  ['dash/video-init.mp4', 'init'],
  ['dash/initial-scene.ts', 'segment'],
  ['dash/initiative.mp4', 'segment'],
  ['text-en-1a2b3c4d/00000.vtt', 'subtitles'],
  ['thumbs/0.jpg', 'image'],
  ['thumbs/0.webp', 'image'],
  ['keys/a.key', 'content-key'],
  ['720p-1a2b3c4d/index.m3u8', 'media-playlist'],
  ['manifest.mpd', 'dash-manifest'],
  ['a.ts/noextension', 'other'],
  ['notes.txt', 'other'],
  ['.ts', 'other'],
])('%s is taken for %s by its name', (path, kind) => {
  expect(classByName(path)).toBe(kind);
  expect(classOf({ path })).toBe(kind);
});

test('a file of a title is what its record says, and by its name where that says nothing that is known', () => {
  expect(classOf({ path: 'a/0.ts', class: 'content-key' })).toBe('content-key');
  expect(classOf({ path: 'a/0.ts', class: 'hologram' })).toBe('segment');
  expect(classOf({ path: 'a/0.ts', class: 'toString' })).toBe('segment');
  expect(classOf({ path: 'master.m3u8' })).toBe('multivariant-playlist');
  expect(classOf({ path: 'a/master.m3u8' })).toBe('media-playlist');
  expect(classOf({ path: 'mediactl.json' })).toBe('record');
  expect(classOf({ path: 'a/segments.ndjson' })).toBe('record');
});

test('what names others comes after them, and neither that nor a key is kept for ever', () => {
  const classes = Object.values(FILES_BY_CLASS).map(({ class: kind }) => kind);
  for (const kind of classes) {
    expect(STEPS).toContain(stepOf(kind));
    const isNamed = stepOf(kind) < stepOf('media-playlist');
    expect([kind, isForEver(kind) && !isNamed]).toEqual([kind, false]);
  }
  expect(classes.filter(isForEver).toSorted()).toEqual(['init', 'segment', 'subtitles']);
  expect(stepOf('media-playlist')).toBeLessThan(stepOf('multivariant-playlist'));
});
