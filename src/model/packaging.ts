import type { Protection } from './protection.js';

/** A form in which renditions are stored, and the manifests that lead players to them. */
export interface Packaging {
  /** The files that segments are. */
  readonly container: ContainerName;
  readonly manifests: readonly ManifestName[];
  /**
   * Where the muxer puts the title's time 0 on the clock of the segments, the same for all renditions. Seconds. FFmpeg's
   * mpegts muxer starts every stream late (its muxdelay × 2), so that decode times of B-frames before the first picture
   * are not negative.
   */
  readonly zeroSeconds: number;
  /** Encryption of the segments; null: they are clear. */
  readonly protection: Protection | null;
}

/** One for each row of tools/containers/containers.ts. */
export type ContainerName = 'mpegts' | 'fmp4';

/** As people are told of them. */
export const CONTAINER_NAMES: Readonly<Record<ContainerName, string>> = { mpegts: 'TS', fmp4: 'CMAF' };

/** One for each manifest writer of stages/package. */
export type ManifestName = 'hls' | 'dash';
