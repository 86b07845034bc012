import type { Schedule } from '../../model/schedule.js';
import type { InputAddress } from '../../model/source.js';
import type { FfmpegFeatures } from '../../tools/ffmpeg/command.js';
import type { ProtectSegment } from './close-segment.js';

/** Where a job is done, and how: what each machine has of its own, and what no byte depends on. */
export interface EncodeSite {
  readonly schedule: Schedule;
  /** Of the plan's source, as it is read from here. */
  readonly address: InputAddress;
  /** Absolute; whole segments appear in <folder>/<rendition id>/. */
  readonly folder: string;
  readonly features: FfmpegFeatures;
  /** Encrypts closed segments as the plan says, for which it has the keys; null: the plan wants none encrypted. */
  readonly protect: ProtectSegment | null;
  readonly stallSeconds: number;
}
