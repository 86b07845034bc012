import { describe, expect, test } from 'vitest';
import type { FileClass } from '../../src/model/title-files.js';
import { hasHeaders, headerPolicy, keepingOthers } from '../../src/storage/headers.js';

const FOREVER = 'public, max-age=31536000, immutable';

describe('what each file of a title is served with', () => {
  const headersFor = headerPolicy();
  test.each<[FileClass, string, string, string]>([
    ['segment', '720p-1a2b3c4d/00000.ts', 'video/mp2t', FOREVER],
    ['segment', 'audio-en-99aa88bb/00000.ts', 'video/mp2t', FOREVER],
    ['segment', '720p-1a2b3c4d/00000.m4s', 'video/iso.segment', FOREVER],
    ['segment', 'audio-en-99aa88bb/00000.m4s', 'audio/mp4', FOREVER],
    ['init', '720p-1a2b3c4d/init.mp4', 'video/mp4', FOREVER],
    ['init', 'audio-en-99aa88bb/init.mp4', 'audio/mp4', FOREVER],
    ['media-playlist', '720p-1a2b3c4d/index.m3u8', 'application/vnd.apple.mpegurl', 'public, max-age=60'],
    ['media-playlist', '720p-1a2b3c4d/iframes.m3u8', 'application/vnd.apple.mpegurl', 'public, max-age=60'],
    ['dash-manifest', 'manifest.mpd', 'application/dash+xml', 'public, max-age=60'],
    ['multivariant-playlist', 'master.m3u8', 'application/vnd.apple.mpegurl', 'public, max-age=300'],
    ['live-playlist', 'live.m3u8', 'application/vnd.apple.mpegurl', 'public, max-age=1'],
    ['subtitles', 'text-en/0.vtt', 'text/vtt; charset=utf-8', FOREVER],
    ['image', 'thumbs/1.jpg', 'image/jpeg', 'public, max-age=604800'],
    ['image', 'thumbs/1.png', 'image/png', 'public, max-age=604800'],
    ['image', 'thumbs/1.webp', 'image/webp', 'public, max-age=604800'],
    ['content-key', 'keys/0.key', 'application/octet-stream', 'private, no-store'],
    ['content-key', 'keys/0.ts', 'application/octet-stream', 'private, no-store'],
    ['record', 'mediactl.json', 'application/json', 'no-cache'],
    // By the name alone.
    ['other', 'hls/seg1.TS', 'video/mp2t', FOREVER],
    ['other', 'hls/index.m3u8', 'application/vnd.apple.mpegurl', 'public, max-age=60'],
    ['other', 'poster.jpg', 'image/jpeg', 'public, max-age=604800'],
    ['other', 'enc.key', 'application/octet-stream', 'private, no-store'],
    ['other', 'dash/audio/seg-1.m4s', 'audio/mp4', FOREVER],
    ['other', 'dash/audiobook-video/seg-1.m4s', 'video/iso.segment', FOREVER],
    ['other', 'notes.txt', 'text/plain; charset=utf-8', 'public, max-age=60'],
    ['other', 'what.ever', 'application/octet-stream', 'public, max-age=60'],
    ['other', 'noextension', 'application/octet-stream', 'public, max-age=60'],
  ])('%s %s', (kind, path, contentType, cacheControl) => {
    expect(headersFor(path, kind)).toEqual({ contentType, cacheControl, metadata: {} });
  });

  test.each([
    [2, 1],
    [6, 3],
    [1, 1],
    [7, 3],
  ])('a live playlist of %i s segments may be kept %i s', (liveSegmentSeconds, age) => {
    const { cacheControl } = headerPolicy({ liveSegmentSeconds })('live.m3u8', 'live-playlist');
    expect(cacheControl).toBe(`public, max-age=${age}`);
  });
});

describe('rules', () => {
  test('all that match apply, the later wins, what is not named stays', () => {
    const headersFor = headerPolicy({
      metadata: { owner: 'me', level: '0' },
      rules: [
        { match: '*.ts', cacheControl: 'public, max-age=10', metadata: { level: '1' } },
        { match: '720p-*/**', metadata: { rung: '720p' } },
        { match: '**/00001.*', cacheControl: 'no-store', contentType: 'video/x' },
      ],
    });
    expect(headersFor('720p-a/00000.ts', 'segment')).toEqual({
      contentType: 'video/mp2t',
      cacheControl: 'public, max-age=10',
      metadata: { owner: 'me', level: '1', rung: '720p' },
    });
    expect(headersFor('480p-a/00001.ts', 'segment')).toEqual({
      contentType: 'video/x',
      cacheControl: 'no-store',
      metadata: { owner: 'me', level: '1' },
    });
    expect(headersFor('master.m3u8', 'multivariant-playlist').metadata).toEqual({ owner: 'me', level: '0' });
  });

  test('a rule for one object leaves no trace on another', () => {
    const headersFor = headerPolicy({ metadata: { a: '1' }, rules: [{ match: 'x', metadata: { b: '2' } }] });
    headersFor('x', 'other');
    expect(headersFor('y', 'other').metadata).toEqual({ a: '1' });
  });
});

test('headers are compared as they are served', () => {
  const headers = { contentType: 'a', cacheControl: 'b', metadata: { c: 'd' } };
  expect(hasHeaders(headers, { ...headers, metadata: { c: 'd' } })).toBe(true);
  expect(hasHeaders(headers, { ...headers, contentType: 'x' })).toBe(false);
  expect(hasHeaders(headers, { ...headers, cacheControl: null })).toBe(false);
  expect(hasHeaders(headers, { ...headers, metadata: { c: 'd', e: 'f' } })).toBe(false);
});

test("metadata of other keys is others' affair, until a rule says that it goes", () => {
  const there = { contentType: 'a', cacheControl: 'b', metadata: { c: 'd', theirs: 'x' } };
  expect(hasHeaders(there, { ...there, metadata: {} })).toBe(true);
  const rules = [{ match: '*', metadata: { theirs: null } }];
  const wanted = headerPolicy({ metadata: { c: 'e' }, rules })('p', 'other');
  expect(wanted).toMatchObject({ metadata: { c: 'e' }, without: ['theirs'] });
  expect(hasHeaders(there, { ...there, without: ['theirs'] })).toBe(false);
  expect(keepingOthers({ ...there, metadata: { c: 'e' } }, there).metadata).toEqual({ c: 'e', theirs: 'x' });
  expect(keepingOthers(wanted, there).metadata).toEqual({ c: 'e' });
});
