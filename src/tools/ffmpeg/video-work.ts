import type { EncodePlan, PicturePlan } from '../../model/plan.js';
import type { VideoRendition } from '../../model/rendition.js';
import type { InputAddress } from '../../model/source.js';
import type { FfmpegFeatures } from './command.js';

/** Video renditions to make side by side: segments `first` up to `end`. */
export interface VideoWork {
  readonly plan: EncodePlan;
  /** Of the plan's source. */
  readonly address: InputAddress;
  readonly picture: PicturePlan;
  /** Descending by size, at least one; those of one name are encoded once. */
  readonly rungs: readonly VideoRendition[];
  readonly first: number;
  /** Null: to the end of the title. */
  readonly end: number | null;
  /** Absolute; has a sub-folder for every rendition. */
  readonly folder: string;
  readonly features: FfmpegFeatures;
}
