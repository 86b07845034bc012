import { expect, test } from 'vitest';
import { PLAYBACK } from '../../fixtures/playback.js';
import { describePlayback, describeServing } from '../../src/report/playback-text.js';
import { createStyle } from '../../src/report/style.js';

const style = createStyle({ color: false, unicode: true });

test('each event of the player in a line', () => {
  expect(PLAYBACK.map((event) => describePlayback(event, style))).toEqual([
    '0:00 started after 0.41 s (hls.js, HLS)',
    '0:00 quality 360p at 800 kb/s, line about 5.20 Mb/s',
    '0:08 quality 360p at 800 kb/s → 720p at 2.80 Mb/s (chosen), line about 5.20 Mb/s',
    '0:20 low buffer: 2.50 s loaded, line about 900 kb/s',
    '0:22 stalled for 1.53 s, line about 900 kb/s',
    '0:22 error: fragLoadError: HTTP 404: \\x1b[31mgone',
    '0:30 played to the end: 0:30 watched, 1 stall, 1 switch, 2 of 720 frames dropped',
    '0:00 page left: 0:30 watched, 1 stall, 1 switch, 2 of 720 frames dropped',
  ]);
});

test('the address, and loudly who else can see it', () => {
  const serving = { type: 'serving', address: 'http://127.0.0.1:8123/', source: 'movie', format: 'hls' } as const;
  expect(describeServing({ ...serving, exposedAt: [] }, style)).toBe(
    'movie (HLS) plays at\n  http://127.0.0.1:8123/\nCtrl-C ends it',
  );
  const exposed = describeServing({ ...serving, exposedAt: ['http://192.168.1.7:8123/'] }, style);
  expect(exposed).toMatch(/^! everybody who reaches this machine by the network can watch it/m);
  expect(exposed).toContain('  http://192.168.1.7:8123/');
});
