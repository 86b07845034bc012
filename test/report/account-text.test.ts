import { expect, test } from 'vitest';
import type { AccountEntry, TrackAccount } from '../../src/model/track-account.js';
import { accountLine } from '../../src/report/account-text.js';

function entry(code: AccountEntry['code'], where: AccountEntry['where'], units: number, seconds: number): AccountEntry {
  return { code, where, units, seconds, places: [], more: 0 };
}

const VIDEO: TrackAccount = {
  track: 0,
  kind: 'video',
  read: { units: 175, startSeconds: 0, endSeconds: 8 },
  published: { units: 200, startSeconds: 0, endSeconds: 8 },
  entries: [entry('held', 'middle', 25, 1)],
};

const AUDIO: TrackAccount = {
  track: 1,
  kind: 'audio',
  read: { units: 336_000, startSeconds: 0.5, endSeconds: 7.5 },
  published: { units: 384_512, startSeconds: 0, endSeconds: 8.010667 },
  entries: [entry('silence', 'start', 24_000, 0.5), entry('silence', 'end', 512, 0.010667)],
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
