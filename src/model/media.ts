import type { Chapter, ContentLight } from './media-extras.js';
import type { Rational } from './rational.js';

/** What an input is, in one normalised shape. Made by stages/probe; everything below trusts it. */
export interface MediaInfo {
  readonly source: SourceIdentity;
  readonly container: Container;
  readonly video: readonly VideoTrack[];
  readonly audio: readonly AudioTrack[];
  readonly text: readonly TextTrack[];
  /** Data, timecode, attachments: named so that the plan can say they are left out. */
  readonly other: readonly OtherTrack[];
  /**
   * What reading the source's packets to the end has shown; then starts and lengths above are those that were read. Null
   * where headers are taken at their word.
   */
  readonly survey: Survey | null;
  /** In order; left out where there are none. */
  readonly chapters?: readonly Chapter[];
  /** What probing noticed: a missing index, errors in the headers, a length that looks wrong. */
  readonly warnings: readonly Warning[];
}

/** Picture and sound of a source as its packets tell, read once from the first byte to the last, without decoding. */
export interface Survey {
  /** Why the headers were not enough. */
  readonly reason: string;
  /** Length that the header says, seconds; null where it does not. */
  readonly statedSeconds: number | null;
  readonly tracks: readonly SurveyedTrack[];
  /** Where no track has anything for so long that the clock was taken to have leapt: what follows is moved up. */
  readonly closedGaps: readonly ClosedGap[];
}

/** Seconds on the source's timeline after all clocks are mended. */
export interface ClosedGap {
  readonly atSeconds: number;
  /** How much was taken out. */
  readonly seconds: number;
}

export interface SurveyedTrack {
  /** FFmpeg's stream index. */
  readonly index: number;
  readonly packets: number;
  /** First and last moment shown, mended, seconds. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** What the track is read from: itself, and tracks that go on where it ends, in order. */
  readonly parts: readonly TrackPart[];
}

/** A track of the source and how its clock is mended, so that it runs on without a break. */
export interface TrackPart {
  readonly index: number;
  /** To be added to its times up to its first break, seconds. */
  readonly offsetSeconds: number;
  readonly breaks: readonly ClockBreak[];
}

/** Where a track's clock is set anew. */
export interface ClockBreak {
  /** The end of what came before, on the track's own clock, seconds. */
  readonly afterSeconds: number;
  /** From the last time before to the first one after, seconds; negative where it falls back. */
  readonly jumpSeconds: number;
  /** To be added to the track's times from there on, seconds. */
  readonly offsetSeconds: number;
}

/** Two sources with equal `bytes`, `modifiedMs` and `fingerprint` are taken for the same file. */
export interface SourceIdentity {
  /** As the user named it. */
  readonly path: string;
  readonly absolutePath: string;
  readonly bytes: number;
  /** Modification time, milliseconds since the epoch (whole). */
  readonly modifiedMs: number;
  /**
   * SHA-256 (hex) over the size and samples spread through the content; of a remote source over size, checksum and
   * version.
   */
  readonly fingerprint: string;
  /** Of a remote source: the generation of an object, the entity tag or date of a file on the web. */
  readonly version?: string;
  /** Of a remote source, where its server tells: CRC-32C, base64 of the big-endian four bytes. */
  readonly crc32c?: string;
}

/** What records say of a source: nothing of where it lies, because records are published with the title. */
export interface RecordedSource extends Omit<SourceIdentity, 'absolutePath'> {
  /** The name of the file alone; records of older versions have its whole path. */
  readonly path: string;
}

export interface Container {
  /** FFmpeg's demuxer name, e.g. "mov,mp4,m4a,3gp,3g2,mj2". */
  readonly format: string;
  /** Length in seconds, null where nothing says it. */
  readonly durationSeconds: number | null;
  /** Who says so: headers, headers that there is reason to doubt, or the packets themselves, read to the end. */
  readonly lengthFrom: 'headers' | 'doubtful-headers' | 'packets';
  /** Of the whole file, bits a second; null where its length is not known. */
  readonly bitRate: number | null;
  /** Earliest timestamp of the container, seconds. */
  readonly startSeconds: number;
  /** Timestamps may jump in the middle of the stream (MPEG-TS, MPEG-PS): seeking by time is not exact. */
  readonly discontinuous: boolean;
  /** A seek lands on the wanted frame or before it (MP4, MOV, Matroska with an index). */
  readonly seekable: boolean;
  /** How far FFmpeg must look to find all tracks, where that is further than usual. */
  readonly depth: LookDepth | null;
}

/** At most so much of a source is read to find its tracks. */
export interface LookDepth {
  readonly bytes: number;
  readonly seconds: number;
}

export interface Track {
  /** FFmpeg's stream index in the input. */
  readonly index: number;
  /** FFmpeg's codec name, e.g. "h264". */
  readonly codec: string;
  /** Start on the container's timeline, seconds. */
  readonly startSeconds: number;
  /** Length, seconds, where the container says. */
  readonly durationSeconds: number | null;
  /** BCP 47, "und" when the file does not say. */
  readonly language: string;
  readonly title: string | null;
  readonly isDefault: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface VideoTrack extends Track {
  /** Bits a second, where the container says. */
  readonly bitRate: number | null;
  readonly profile: string | null;
  /** Moving pictures, or a still attached as cover art. */
  readonly role: 'motion' | 'cover';
  /** As coded, before sample aspect and rotation. */
  readonly codedSize: Size;
  /** Lines at the top of the coded picture that are no picture: the vertical blanking of IMX (D-10), else 0. */
  readonly hiddenLines: number;
  /** Of the lines that are shown. */
  readonly sampleAspect: Rational;
  readonly orientation: Orientation;
  /** Upright, with square pixels, not yet rounded to even numbers. */
  readonly displaySize: Size;
  /** r_frame_rate: lowest rate all timestamps fit; bogus (600, 90000) for variable-rate files. */
  readonly realFrameRate: Rational | null;
  /** avg_frame_rate: frames ÷ duration. */
  readonly averageFrameRate: Rational | null;
  /** Number of frames in the header, where it says. */
  readonly frames: number | null;
  readonly pixelFormat: string;
  readonly bitDepth: number;
  readonly color: Color;
  readonly dynamicRange: 'sdr' | 'pq' | 'hlg';
  readonly dolbyVision: DolbyVision | null;
  /** Left out where headers say nothing of it. */
  readonly light?: ContentLight;
  readonly scan: Scan;
  /** Null where nobody had reason to ask. */
  readonly flags: FrameFlags | null;
  /** What is seen in the pictures, whatever they say; null where nobody had reason to look. */
  readonly combing: Combing | null;
  /** Null where the rate does not vary, or was not read. */
  readonly times: PictureTimes | null;
}

/** What must be done to a decoded picture to stand it upright: first mirror left-right, then turn clockwise. */
export interface Orientation {
  readonly mirror: boolean;
  readonly clockwise: 0 | 90 | 180 | 270;
}

/** FFmpeg's names; null where the file does not say. */
export interface Color {
  readonly range: 'tv' | 'pc' | null;
  readonly matrix: string | null;
  readonly transfer: string | null;
  readonly primaries: string | null;
}

export interface DolbyVision {
  readonly profile: number;
  /** bl_signal_compatibility_id: 0 none (profile 5), 1 HDR10, 2 SDR, 4 HLG. */
  readonly baseLayerCompatibility: number;
}

/**
 * How pictures are made up, by what the file says of them. `fields`: each coded picture is one field, top and bottom in
 * turn; size, rate and count of the track are those of the two together.
 */
export type Scan =
  | { readonly kind: 'progressive' }
  | { readonly kind: 'interlaced'; readonly parity: 'tff' | 'bff' }
  | { readonly kind: 'fields' };

/** What decoded pictures, spread over a track, say of themselves. */
export interface FrameFlags {
  readonly pictures: number;
  /** Those that say that they hold two fields. */
  readonly interlaced: number;
  /** Flags let pictures of film stand for three fields and two in turn, as television has it. */
  readonly pulledDown: 'no' | 'in-part' | 'throughout';
}

/** Pairs of pictures by what is seen in them: one moment in each, fields of two moments, or nothing that tells. */
export interface Combing {
  readonly progressive: number;
  readonly tff: number;
  readonly bff: number;
  readonly unknown: number;
}

/** Of a track whose rate varies: how many of its pictures would not be shown at a constant rate. */
export interface PictureTimes {
  readonly pictures: number;
  /** By rates, ascending. */
  readonly lost: readonly { readonly rate: Rational; readonly pictures: number }[];
}

export interface AudioTrack extends Track {
  /** Bits a second, where the container says. */
  readonly bitRate: number | null;
  readonly profile: string | null;
  readonly sampleRate: number;
  readonly channels: number;
  /** FFmpeg's layout name, e.g. "5.1(side)"; null when unknown. */
  readonly channelLayout: string | null;
  /** Commentary, description for the visually impaired, and so on. */
  readonly role: 'main' | 'commentary' | 'descriptions' | 'clean-effects' | 'dub';
  /** A decoder exists in the FFmpeg at hand. */
  readonly decodable: boolean;
}

export interface TextTrack extends Track {
  readonly form: 'text' | 'bitmap';
  readonly isForced: boolean;
}

export interface OtherTrack {
  readonly index: number;
  /** `other-program`: belongs to another channel of the transport stream. `unknown`: nothing here can read it. */
  readonly kind: 'data' | 'timecode' | 'attachment' | 'other-program' | 'unknown';
  readonly codec: string;
}

/** Something the user should know that did not stop the work. `code` is stable; `count` where it can be counted. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly count?: number;
}
