import type { EncodePlan } from '../../model/plan.js';
import type { Schedule } from '../../model/schedule.js';
import type { Settings } from '../../model/settings.js';
import type { InputAddress, Source } from '../../model/source.js';

/** A source and all that a title needs of it. */
export interface TitleSource extends Source {
  /** For people and records: as the user named it, without what is secret in it. */
  readonly name: string;
  /** Aborts when it can no longer be read, or is not what it was, with the reason as a MediactlError. */
  readonly failed: AbortSignal;
  /** Bytes came that are not those of the source: what was made of them is not to be gone on with. */
  readonly hasWrongBytes: boolean;
  /**
   * Makes ready for the encode: what is remote is fetched whole into the working folder, or kept there as it comes,
   * where the settings and the disk say so. Throws MediactlError disk-full, storage-…, source-changed.
   */
  prepare(folder: string, plan: EncodePlan, schedule: Schedule): Promise<void>;
  /** Lets go of the working folder. */
  release(): Promise<void>;
  /**
   * Throws MediactlError source-changed when it is no longer what it was, or what made it fail. `failure`: what FFmpeg
   * ended with, which may have been the source's fault.
   */
  check(failure?: unknown): Promise<void>;
  /** For commands to paste: what FFmpeg opens, once `download` (a shell line; null: not needed) has been run in `cwd`. */
  forPasting(cwd: string): { readonly address: InputAddress; readonly download: string | null };
}

/** How a source is reached, and whether it is brought here first. */
export type SourceSettings = Pick<Settings, 'access' | 'work'>;
