import type { VideoPackets } from '../../model/copy.js';
import type { Preset } from '../../model/preset.js';
import type { Capabilities } from '../../tools/capabilities.js';
import type { AskedDeinterlacing } from './deinterlacing.js';
import type { ProtectionRequest } from './protection.js';

/** What the user asked for, and what FFmpeg can do. Null: the preset or the plan decides. */
export interface PlanRequest {
  readonly ladder: Preset;
  /** The encoder's speed preset, e.g. "veryfast". */
  readonly encoderPreset: string | null;
  readonly rateControl: 'crf' | 'abr' | null;
  readonly crf: number | null;
  /** Names of the rungs to make; audio is made in any case. */
  readonly only: readonly string[] | null;
  /** Languages to keep, the default one first. */
  readonly audioLanguages: readonly string[] | null;
  /** The part of the title to make, seconds from its start. */
  readonly start: number | null;
  readonly end: number | null;
  /** Tracks to make renditions of, the default one first: "1+2:en:Title", see asked-tracks.ts. */
  readonly audioTracks: readonly string[] | null;
  /** Language of the default rendition. */
  readonly defaultAudioLanguage: string | null;
  /** The forms of the title: HLS with MPEG-TS, CMAF, or both from one encode. */
  readonly format: 'hls' | 'cmaf' | 'hls,cmaf';
  readonly deinterlace: AskedDeinterlacing;
  /** The source's video becomes the top rung as it is, where it fits. */
  readonly copyTop: boolean;
  /** Of the title's video track; null: they have not been read. */
  readonly packets: VideoPackets | null;
  /** Null: the segments stay clear. */
  readonly protection: ProtectionRequest | null;
  readonly capabilities: Capabilities;
}
