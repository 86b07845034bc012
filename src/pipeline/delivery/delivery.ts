import type { TitleArtifacts, TitleRecord } from '../../model/artifact.js';
import type { SharedDestination } from '../../stages/publish/shared.js';
import type { Snapshot } from '../../storage/storage.js';
import type { Published } from '../work/published.js';

/** How a title gets from the working folder to its place: all that differs between a folder and a bucket. */
export interface Delivery {
  /** What of the title is in its place already and may be gone on with. */
  readonly published: Published;
  /** Aborts when something could not be delivered, with its error. */
  readonly failed: AbortSignal;
  /** Bytes of the title that are on disk at once, at most. */
  readonly stagedBytes: number;
  /** Set where no lock keeps other publishers out. */
  readonly shared: SharedDestination | null;
  /**
   * Takes a closed segment over, or the initialization segment that such need, to be brought to its place at once where
   * that is not a matter of a rename. Waits while more is staged than may be. Throws what an earlier one failed with.
   */
  take(path: string, file: string, bytes: number, kind: 'segment' | 'init'): Promise<void>;
  /** Resolves when all that was taken is in its place and confirmed; throws the first failure. */
  settle(): Promise<void>;
  /** Checks the title before its playlists are there. Gives the artifacts, with checksums where the place keeps them. */
  check(artifacts: TitleArtifacts): Promise<TitleArtifacts>;
  /** Checks the title in its place. Throws MediactlError verify-failed. */
  checkPublished(): Promise<void>;
  /** Sends nothing more: the run has failed, with this reason. */
  stop(reason: unknown): void;
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

export interface DeliveryOptions {
  /** All that was at the destination when the work began, and the title among it. */
  readonly snapshot: Snapshot;
  readonly before: TitleRecord | null;
  /** Bytes that may wait for their upload. */
  readonly maxStaging: number;
  /** How many chunks of a rendition are encoded side by side. */
  readonly chunksAtOnce: number;
  /** Ids of other renditions that a run in this working folder has begun and not ended. */
  readonly othersBegun: ReadonlySet<string>;
}
