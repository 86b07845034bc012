import { expect, test } from 'vitest';
import type { ResultEvent } from '../../src/model/events.js';
import { uploadedObjects } from '../../src/pipeline/delivery/result.js';
import { renderResult, renderWarning, watchHint } from '../../src/report/result-text.js';
import { createStyle } from '../../src/report/style.js';
import { Listing } from '../../src/storage/listing.js';
import { demoFeed } from './demo-feed.js';

test('a warning keeps to the width that it is given, and is one line without one', () => {
  const style = createStyle({ color: false, unicode: true });
  const warning = { message: 'the audio is 0.8 s shorter than the video; the rest of it is silent' };
  expect(renderWarning(warning, style)).toBe(`! ${warning.message}`);
  expect(renderWarning(warning, style, 40)).toBe(
    '! the audio is 0.8 s shorter than the\n  video; the rest of it is silent',
  );
});

test('an upload says what went, and what was there', () => {
  const style = createStyle({ color: false, unicode: true });
  const result: ResultEvent = {
    type: 'result',
    outcome: 'uploaded',
    status: 'complete',
    output: 'gs://b/t',
    playlist: 'gs://b/t/master.m3u8',
    durationSeconds: 0,
    elapsedSeconds: 1.2,
    bytes: 29_300_000,
    renditions: [],
    objects: uploadedObjects(new Listing()),
    transfer: {
      sent: { objects: 2, bytes: 300_000 },
      patched: { objects: 1, bytes: 1000 },
      there: { objects: 41, bytes: 29_000_000 },
    },
    account: [],
    leftOut: [],
    warnings: [],
  };
  const text = renderResult(result, new Map(), 80, style);
  expect(text).toContain('uploaded 300 kB in 1.2 s');
  expect(text.replaceAll('\n', ' ')).toContain(
    'confirmed by the bucket: 2 sent (300 kB), 1 given other headers, 41 there already (29.0 MB)',
  );
});

test('a title in a folder can be watched, and the command is as short as it can be', () => {
  const result = demoFeed({}).at(-1)?.event;
  if (result?.type !== 'result') throw new Error('the feed ends with a result');
  expect(watchHint(result, '/home/ed')).toBe("watch it: mediactl play 'holiday 2024'");
  expect(watchHint(result, '/home/ed/holiday 2024')).toBe('watch it: mediactl play .');
  expect(watchHint(result, '/srv')).toBe("watch it: mediactl play '/home/ed/holiday 2024'");
  expect(watchHint({ ...result, output: '/home/ed/-x' }, '/home/ed')).toBe('watch it: mediactl play -- -x');
  expect(watchHint({ ...result, url: 'https://example.com/' }, '/home/ed')).toBeNull();
  // A tree that was uploaded is no title.
  expect(watchHint({ ...result, renditions: [] }, '/home/ed')).toBeNull();
});

test('the DASH manifest of a title that has one stands below its playlist', () => {
  const style = createStyle({ color: false, unicode: true });
  const result: ResultEvent = {
    type: 'result',
    outcome: 'encoded',
    status: 'complete',
    output: '/t',
    playlist: '/t/master.m3u8',
    cmafPlaylist: '/t/cmaf.m3u8',
    manifest: '/t/manifest.mpd',
    durationSeconds: 1,
    elapsedSeconds: 1,
    bytes: 1,
    renditions: [],
    account: [],
    leftOut: [],
    warnings: [],
  };
  expect(renderResult(result, new Map(), 80, style)).toContain(
    '\n/t/master.m3u8\n/t/cmaf.m3u8 (HLS, CMAF)\n/t/manifest.mpd (DASH)\nplay it',
  );
});

test('of an encrypted title it says what a player needs, and does not send people to one that has no keys', () => {
  const style = createStyle({ color: false, unicode: true });
  const result = demoFeed({}).at(-1)?.event;
  if (result?.type !== 'result') throw new Error('the feed ends with a result');
  const { url: _url, objects: _objects, ...clear } = result;
  const encrypted: ResultEvent = {
    ...clear,
    output: '/t',
    manifest: '/t/manifest.mpd',
    clearKeyManifest: '/t/clearkey.mpd',
    protection: { scheme: 'cbcs', systems: ['widevine', 'clearkey'] },
  };
  const text = renderResult(encrypted, new Map(), 100, style);
  expect(text).toContain('\n/t/manifest.mpd (DASH)\n/t/clearkey.mpd (DASH, Clear Key)\nencrypted (cbcs): players ask');
  expect(text).not.toContain('ffplay');
  expect(watchHint(encrypted, '/')).toBe('watch it: mediactl play --keys FILE t');
  expect(watchHint({ ...encrypted, renditions: [] }, '/')).toBeNull();
});

test('no line of what a narrow terminal shows is wider than it, but for addresses', () => {
  const style = createStyle({ color: true, unicode: true });
  const result = demoFeed({}).at(-1)?.event;
  if (result?.type !== 'result') throw new Error('the feed ends with a result');
  for (const outcome of ['encoded', 'unchanged', 'relabelled', 'uploaded'] as const) {
    const text = renderResult({ ...result, outcome, status: 'damaged' }, new Map(), 48, style);
    // oxlint-disable-next-line no-control-regex
    const lines = text.replaceAll(/\x1b\[\d+m/g, '').split('\n');
    expect(lines.filter((line) => line.length > 48 && !/^\s*(?:ffplay )?'?\//.test(line))).toEqual([]);
  }
});
