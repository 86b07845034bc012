/** A track of the source that is not in the title, and why. */
export interface LeftOutTrack {
  /** FFmpeg's stream index in the input. */
  readonly track: number;
  readonly kind: LeftOutKind;
  /** FFmpeg's codec name, else the container's four letters, else "unknown". */
  readonly codec: string;
  /** BCP 47; null where nobody asked, as of data. */
  readonly language: string | null;
  /** A `LeftOutCode`, or one of a later version. Stable. */
  readonly code: string;
  /** For people; may change. */
  readonly reason: string;
}

/** `other`: belongs to another program of a transport stream, or nobody knows what it is. */
export type LeftOutKind = 'video' | 'audio' | 'subtitles' | 'cover' | 'data' | 'timecode' | 'attachment' | 'other';

/**
 * `same-content`: another form of what a rendition carries. `second-of-kind`: in the language, role and form of one that
 * is carried, so that it may well be something else. `not-asked`: by --audio-lang.
 */
export type LeftOutCode =
  | 'subtitles'
  | 'undecodable'
  | 'no-format'
  | 'not-asked'
  | 'same-content'
  | 'second-of-kind'
  | 'second-picture'
  | 'cover-art'
  | 'data'
  | 'timecode'
  | 'attachment'
  | 'other-program'
  | 'unknown';
