import type { Warning } from '../../model/media.js';

export const SOURCE_DAMAGED = 'source-damaged';

/** What the account of a track may find (model/picture-account.ts, sound-account.ts). */
const ACCOUNT = [
  ...[
    'pictures-lost',
    'pictures-missing',
    'pictures-dropped',
    'pictures-doubled',
    'picture-starts-late',
    'picture-length',
  ],
  ...['sound-lost', 'sound-missing', 'sound-dropped', 'sound-starts-late', 'sound-length'],
];

const DAMAGE: ReadonlySet<string> = new Set([
  'input-truncated',
  'codec-changes',
  'continuation-left-out',
  SOURCE_DAMAGED,
  'ends-early',
  ...ACCOUNT,
]);

/** Whole tracks that a viewer would miss: what the title carries may well be whole. */
const MISSED: ReadonlySet<string> = new Set(['subtitles-left-out', 'audio-left-out', 'channels-left-out']);

/** Warnings that mean that something of the tracks which the title carries was lost: they set its status. */
export function damageAmong(warnings: readonly Warning[]): Warning[] {
  return warnings.filter(({ code }) => DAMAGE.has(code));
}

/** Those, and what of the source is left out though a viewer would miss it: --strict makes them an error. */
export function lossAmong(warnings: readonly Warning[]): Warning[] {
  return warnings.filter(({ code }) => DAMAGE.has(code) || MISSED.has(code));
}
