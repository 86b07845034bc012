import type { Place } from './account.js';
import type { Warning } from './media.js';
import type { FormChange } from './track-forms.js';

/** What became of a track that a title carries: what was read, what was published, and the difference, entry by entry. */
export interface TrackAccount {
  /** FFmpeg's index of the stream. */
  readonly track: number;
  readonly kind: 'video' | 'audio';
  /** All of the track, by its headers or packets, seconds on the title's timeline; null: they cannot be relied on. */
  readonly source: Extent | null;
  /** Pictures, or samples of the rendition; seconds on the title's timeline. */
  readonly read: Amount;
  readonly published: Amount;
  /**
   * In time: source = cut-before + read + cut-after. In pictures or samples: read − dropped, overlap, cut and lost + repeated,
   * held and silence = published.
   */
  readonly entries: readonly AccountEntry[];
  /** What of the frames becomes another in mid-stream: the first of it, in order. */
  readonly changes: readonly FormChange[];
  /** Changes that are not listed. */
  readonly moreChanges: number;
}

export interface Extent {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

export interface Amount {
  readonly units: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/**
 * Pictures: `dropped` and `repeated` by the rate conversion, `held` before the first, in a gap, after the last. Sound:
 * `silence` put in at these places, `overlap` and `cut` dropped. `cut`: after the end of the title. `lost`: read and not
 * published, for no reason that is known. `cut-before`, `cut-after`: what the title does not hold of the track before its 0, and
 * after the end of the part that is made; it is not read.
 */
export interface AccountEntry {
  readonly code: 'dropped' | 'repeated' | 'held' | 'silence' | 'overlap' | 'cut' | 'lost' | 'cut-before' | 'cut-after';
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
  /** All of the track, also before the title's 0 and after its end; null where headers do not say. */
  readonly source: Extent | null;
  /** Where the part ends that is made of the source, seconds; null: with the source. */
  readonly partEnd: number | null;
  /** The source has more pictures a second than the title is to show. */
  readonly isThinned: boolean;
  /** That the title ends before its time is told otherwise. */
  readonly isShortTold: boolean;
  /** Places (of the title) where the container says that a picture stands long: those are no holes. */
  readonly pauses: readonly Place[];
  /** How long the last picture is to be held, as the plan says. */
  readonly holdSeconds: number;
}

/** An account, and what of it is to be told. */
export interface Judged {
  readonly account: TrackAccount;
  readonly warnings: readonly Warning[];
}
