import type { LeftOutTrack } from './left-out.js';
import type { RecordedSource, Warning } from './media.js';
import type { ContainerName } from './packaging.js';
import type { Rational } from './rational.js';
import type { FileClass } from './title-files.js';
import type { TrackAccount } from './track-account.js';

/** One closed segment, measured from its bytes. */
export interface Segment {
  /** Rendition id. */
  readonly rendition: string;
  readonly index: number;
  /** Base name in the rendition's folder: "00012.ts". */
  readonly file: string;
  readonly bytes: number;
  /** First presentation time on the title's timeline, where the title begins at 0; ticks of the rendition's timescale. */
  readonly start: number;
  /** Exact length, seconds. */
  readonly duration: Rational;
  /** Frames of video, or of audio. */
  readonly frames: number;
  /** Video: each IDR in order of bytes; audio: empty. */
  readonly keyframes: readonly Keyframe[];
  /** CRC-32C as `Stored.crc32c` has it; journals of older versions do not say it. */
  readonly crc32c?: string | undefined;
  /** What the next segment of its chunk goes on with, see `ClosedBytes.carry`; journals of older versions do not say it. */
  readonly carry?: number | undefined;
  /** Of the first segment of video: `VideoScan.lead` in ticks, where there is any; journals of older versions do not say it. */
  readonly lead?: number | undefined;
}

/** An IDR picture inside a segment: a byte range that decodes on its own after the segment's tables or init. */
export interface Keyframe {
  readonly offset: number;
  readonly bytes: number;
  /** Presentation time on the title's timeline, ticks of the rendition's timescale. */
  readonly time: number;
}

/** One file of a title: where its bytes are now, and its name in the title. */
export interface Artifact {
  /** Path inside the title, POSIX separators: "720p-1a2b3c4d/00012.ts". */
  readonly path: string;
  readonly class: FileClass;
  /** Absolute path of the staged bytes. */
  readonly file: string;
  readonly bytes: number;
  /** CRC-32C as `Stored.crc32c` has it, where it is known. */
  readonly crc32c?: string | undefined;
}

/** All files of a title: a title of a day has 100 000 segments, so that these are never in one list. */
export interface TitleArtifacts {
  /** All that journals do not list, the journals among them. */
  readonly files: readonly Artifact[];
  /** What the journals list; each call begins anew. */
  readonly segments: () => AsyncIterable<Artifact>;
}

/** Measured figures of a finished rendition; readers of records tell them apart by `kind`. */
export type RenditionMeasure = VideoMeasure | AudioMeasure;

/** Rates are bits per second: the average of the whole, and the peak as RFC 8216 4.1 defines it. */
interface MeasureBase {
  readonly id: string;
  readonly name: string;
  /** The files that its segments are; older records do not say it. */
  readonly container?: ContainerName | undefined;
  readonly segments: number;
  readonly frames: number;
  readonly bytes: number;
  /** Exact length, seconds. */
  readonly duration: Rational;
  /** Longest EXTINF, seconds. */
  readonly longestSegmentSeconds: number;
  readonly averageBitrate: number;
  readonly peakBitrate: number;
  /** RFC 6381, e.g. "avc1.640028" or "mp4a.40.2". */
  readonly codecs: string;
}

export interface VideoMeasure extends MeasureBase {
  readonly kind: 'video';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Figures of the I-frame playlist. */
  readonly iframes: { readonly count: number; readonly averageBitrate: number; readonly peakBitrate: number };
}

/** Keys of pictures stay, null: readers of JSON find the same keys in each rendition. */
export interface AudioMeasure extends MeasureBase {
  readonly kind: 'audio';
  readonly width: null;
  readonly height: null;
  readonly iframes: null;
}

export interface RecordedFile {
  readonly path: string;
  readonly bytes: number;
  /** Where the destination keeps checksums. */
  readonly crc32c?: string | undefined;
  /** A `FileClass`, or one of a later version; `classOf` reads it. Older records do not say it. */
  readonly class?: string | undefined;
}

/** The journal of a rendition as a file of the title: it lists the rendition's segments. */
export interface RecordedJournal {
  readonly path: string;
  readonly bytes: number;
  readonly crc32c?: string | undefined;
  /** How many it lists: those named 00000 and so on, in its own folder. */
  readonly segments: number;
}

/** A version of a title, or what is left of one: files, and journals that list more. */
export interface FilesAndJournals {
  readonly files: readonly RecordedFile[];
  readonly journals: readonly RecordedJournal[];
}

export type RecordedRendition = RenditionMeasure & {
  /** Records of `mediactl.title/1` name none: they list all segments in `files`. */
  readonly journal?: RecordedJournal | undefined;
};

export interface KeptVersion extends FilesAndJournals {
  /** ISO 8601. */
  readonly finishedAt: string;
}

/** mediactl.json: what a title is made of and how. Readers ignore keys they do not know. */
export interface TitleRecord {
  readonly schema: 'mediactl.title/1' | 'mediactl.title/2';
  readonly tool: { readonly mediactl: string; readonly ffmpeg: string };
  /** ISO 8601. */
  readonly finishedAt: string;
  readonly source: RecordedSource;
  readonly status: TitleStatus;
  /** Set by --force: makes names differ from those of an earlier making of the same source and options. */
  readonly edition: string | null;
  /** SHA-256 (hex) of what the title depends on: source identity and all rendition ids, in order. */
  readonly planKey: string;
  readonly plan: unknown;
  /** Its streams were not encoded for it, but are those of that title. */
  readonly packagedFrom?: TitleOrigin | undefined;
  readonly renditions: readonly RecordedRendition[];
  /** With the renditions' journals and what these list, every file of the title: what a later version may remove. */
  readonly files: readonly RecordedFile[];
  /** Versions before this one, newest first, whose files are still there. */
  readonly kept?: readonly KeptVersion[] | undefined;
  /** Files of older versions, in a bucket, that went when this was published; what is still there shall go. */
  readonly removing?: FilesAndJournals | undefined;
  /** Of each track that is in the title, as far as it was measured; records of older versions do not say it. */
  readonly account?: readonly TrackAccount[] | undefined;
  /** Tracks of the source that are not in the title; records of older versions do not say it. */
  readonly leftOut?: readonly LeftOutTrack[] | undefined;
  readonly warnings: readonly Warning[];
}

/** The title whose finished renditions another one was made of. */
export interface TitleOrigin {
  /** Last part of its path or address. */
  readonly name: string;
  /** ISO 8601. */
  readonly finishedAt: string;
  readonly planKey: string;
}

/** `damaged`: something of the source was lost on the way, see the warnings. */
export type TitleStatus = 'complete' | 'damaged';
