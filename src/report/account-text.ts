import type { AccountEntry, TrackAccount } from '../model/track-account.js';

/**
 * One line of what was read and published of each track, where they differ by more than rounding: "account: video 0: 1000
 * frames read, 1025 in the title (25 held in the middle)". Null: there is nothing to say.
 */
export function accountLine(tracks: readonly TrackAccount[]): string | null {
  const told = tracks.flatMap((track) => {
    const entries = track.entries.filter(isWorthTelling);
    return entries.length === 0 ? [] : [describe(track, entries)];
  });
  return told.length === 0 ? null : `account: ${told.join('; ')}`;
}

/** What is shorter is rounding, or the length of a frame at an end. Seconds. */
const LEAST = 0.1;

function isWorthTelling({ seconds }: AccountEntry): boolean {
  return seconds >= LEAST;
}

function describe({ track, kind, read, published }: TrackAccount, entries: readonly AccountEntry[]): string {
  switch (kind) {
    case 'video': {
      const parts = entries.map(({ code, where, units }) => `${units} ${WORDS[code]} ${PLACES[where]}`);
      return `video ${track}: ${read.units} frames read, ${published.units} in the title (${parts.join(', ')})`;
    }
    case 'audio': {
      const parts = entries.map(({ code, where, seconds }) => `${shortly(seconds)} ${WORDS[code]} ${PLACES[where]}`);
      const [heard, given] = [read, published].map(({ startSeconds, endSeconds }) => endSeconds - startSeconds);
      return `audio ${track}: ${shortly(heard)} read, ${shortly(given)} in the title (${parts.join(', ')})`;
    }
  }
}

const WORDS = {
  dropped: 'dropped',
  repeated: 'repeated',
  held: 'held',
  silence: 'of silence',
  overlap: 'dropped',
  cut: 'cut',
  lost: 'lost',
} as const satisfies Record<AccountEntry['code'], string>;

const PLACES = { start: 'at the start', middle: 'on the way', end: 'at the end' } as const;

function shortly(seconds = 0): string {
  return `${seconds.toFixed(2)} s`;
}
