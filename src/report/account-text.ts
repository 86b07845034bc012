import type { AccountEntry, TrackAccount } from '../model/track-account.js';
import type { FormPart } from '../model/track-forms.js';

/**
 * One line of what was read and published of each track, where they differ by more than rounding: "account: video 0: 1000
 * frames read, 1025 in the title (25 held in the middle)". Null: there is nothing to say.
 */
export function accountLine(tracks: readonly TrackAccount[]): string | null {
  const told = tracks.flatMap((track) => {
    const entries = track.entries.filter(isWorthTelling);
    const changes = describeChanges(track);
    if (entries.length === 0) return changes === null ? [] : [`${track.kind} ${track.track}: ${changes}`];
    return [[describe(track, entries), ...(changes === null ? [] : [changes])].join(', ')];
  });
  return told.length === 0 ? null : `account: ${told.join('; ')}`;
}

/** Of changes so many are named. */
const NAMED = 3;
/** A rate that changes more often is one that varies. */
const RATES = 3;

/** "size 1280x720, then 640x480 from 12.00 s" */
function describeChanges({ changes, moreChanges }: TrackAccount): string | null {
  const rates = changes.filter(({ what }) => what === 'frame-rate').length;
  const told = changes.filter(({ what }) => what !== 'frame-rate' || rates <= RATES);
  if (told.length === 0) return null;
  const named = told
    .slice(0, NAMED)
    .map(({ what, at, from, to }) => `${NAMES[what]} ${from}, then ${to} from ${shortly(at)}`);
  const more = told.length - named.length + moreChanges;
  return [...named, ...(more > 0 ? [`${more} more changes`] : [])].join(', ');
}

const NAMES = {
  size: 'size',
  'pixel-shape': 'shape of pixels',
  'pixel-format': 'pixel format',
  'frame-rate': 'frames a second',
  channels: 'channels',
  'sample-rate': 'sample rate',
} as const satisfies Record<FormPart, string>;

/** What is shorter is rounding, or the length of a frame at an end. Seconds. */
const LEAST = 0.1;

function isWorthTelling({ code, seconds }: AccountEntry): boolean {
  // What a part does not hold was asked for, and what is before the title's 0 is seldom heard.
  return seconds >= LEAST && code !== 'cut-before' && code !== 'cut-after';
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
  'cut-before': 'cut',
  'cut-after': 'cut',
  lost: 'lost',
} as const satisfies Record<AccountEntry['code'], string>;

const PLACES = { start: 'at the start', middle: 'on the way', end: 'at the end' } as const;

function shortly(seconds = 0): string {
  return `${seconds.toFixed(2)} s`;
}
