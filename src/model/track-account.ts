import type { Place } from './account.js';
import type { Warning } from './media.js';

/** What became of a track that a title carries: what was read, what was published, and the difference, entry by entry. */
export interface TrackAccount {
  /** FFmpeg's index of the stream. */
  readonly track: number;
  readonly kind: 'video' | 'audio';
  /** Pictures, or samples of the rendition; seconds on the title's timeline. */
  readonly read: Amount;
  readonly published: Amount;
  /** read − dropped + repeated, held and silence = published, in pictures or samples. */
  readonly entries: readonly AccountEntry[];
}

export interface Amount {
  readonly units: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/**
 * Pictures: `dropped` and `repeated` by the rate conversion, `held` before the first, in a gap, after the last. Sound:
 * `silence` put in at these places, `overlap` and `cut` dropped. `cut`: after the end of the title. `lost`: read and not
 * published, for no reason that is known.
 */
export interface AccountEntry {
  readonly code: 'dropped' | 'repeated' | 'held' | 'silence' | 'overlap' | 'cut' | 'lost';
  readonly where: 'start' | 'middle' | 'end';
  readonly units: number;
  readonly seconds: number;
  /** The first places, where there are such. */
  readonly places: readonly Place[];
  /** Places that are not listed. */
  readonly more: number;
}

/** What the headers say of a track, seconds on the title's timeline; null where they do not. */
export interface Promised {
  readonly track: number;
  readonly startSeconds: number | null;
  readonly endSeconds: number | null;
  /** The source has more pictures a second than the title is to show. */
  readonly isThinned: boolean;
  /** That the title ends before its time is told otherwise. */
  readonly isShortTold: boolean;
  /** How long the last picture is to be held, as the plan says. */
  readonly holdSeconds: number;
}

/** An account, and what of it is to be told. */
export interface Judged {
  readonly account: TrackAccount;
  readonly warnings: readonly Warning[];
}
