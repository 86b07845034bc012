import { expect, test } from 'vitest';
import type { AccountEntry, TrackAccount } from '../../src/model/track-account.js';
import { accountLine } from '../../src/report/account-text.js';

function entry(code: AccountEntry['code'], where: AccountEntry['where'], units: number, seconds: number): AccountEntry {
  return { code, where, units, seconds, places: [], more: 0 };
}

const VIDEO: TrackAccount = {
  track: 0,
  kind: 'video',
  source: null,
  read: { units: 175, startSeconds: 0, endSeconds: 8 },
  published: { units: 200, startSeconds: 0, endSeconds: 8 },
  entries: [entry('held', 'middle', 25, 1)],
  changes: [],
  moreChanges: 0,
};

const AUDIO: TrackAccount = {
  track: 1,
  kind: 'audio',
  source: null,
  read: { units: 336_000, startSeconds: 0.5, endSeconds: 7.5 },
  published: { units: 384_512, startSeconds: 0, endSeconds: 8.010667 },
  entries: [entry('silence', 'start', 24_000, 0.5), entry('silence', 'end', 512, 0.010667)],
  changes: [],
  moreChanges: 0,
};

test('one line says what differs by more than rounding', () => {
  expect(accountLine([VIDEO, AUDIO])).toBe(
    'account: video 0: 175 frames read, 200 in the title (25 held on the way); ' +
      'audio 1: 7.00 s read, 8.01 s in the title (0.50 s of silence at the start)',
  );
});

test('nothing is said where nothing differs', () => {
  expect(accountLine([])).toBeNull();
  expect(
    accountLine([
      { ...VIDEO, entries: [] },
      { ...AUDIO, entries: AUDIO.entries.slice(1) },
    ]),
  ).toBeNull();
});

test('what changes in mid-stream is said, a rate that varies is not', () => {
  const size = { what: 'size', at: 12, from: '720x576', to: '1280x720' } as const;
  const rates = Array.from({ length: 4 }, (_, i) => ({ what: 'frame-rate', at: i, from: '25', to: '50' }) as const);
  const cut = entry('cut-before', 'start', 250, 10);
  expect(accountLine([{ ...VIDEO, entries: [cut], changes: [size, ...rates] }])).toBe(
    'account: video 0: size 720x576, then 1280x720 from 12.00 s',
  );
  expect(accountLine([{ ...VIDEO, changes: [size, ...rates.slice(0, 3)], moreChanges: 2 }])).toBe(
    'account: video 0: 175 frames read, 200 in the title (25 held on the way), size 720x576, then 1280x720 from 12.00 s, ' +
      'frames a second 25, then 50 from 0.00 s, frames a second 25, then 50 from 1.00 s, 3 more changes',
  );
});
