import type { Artifact, RenditionMeasure, Segment } from '../../model/artifact.js';
import type { EncodePlan } from '../../model/plan.js';
import type { Rendition } from '../../model/rendition.js';

/** Writes the manifests of one format while the segments of a title pass by once. */
export interface ManifestWriter {
  /** A rendition's segments come in order, one rendition after the other. */
  add(rendition: Rendition, segment: TimedSegment): Promise<void>;
  /**
   * All segments have passed: the manifests appear under their names. Gives them in the order in which they may be
   * published; a title has a few, so they are a list. `measures` by rendition id.
   */
  close(measures: ReadonlyMap<string, RenditionMeasure>): Promise<Artifact[]>;
  /** Removes what was not finished; harmless after close(). */
  discard(): Promise<void>;
}

export interface ManifestTask {
  /** With one form and its renditions, see `inForm`. */
  readonly plan: EncodePlan;
  /** Staging, in which each rendition has a folder named by its id. */
  readonly folder: string;
  /** Name of the form's multivariant playlist, at the top of the title. */
  readonly master: string;
}

export type CreateManifestWriter = (task: ManifestTask) => ManifestWriter;

/** A segment with lengths in whole microseconds, which add up exactly over the title. */
export interface TimedSegment {
  readonly segment: Segment;
  readonly micros: number;
  /** How long each of its keyframes stays on screen in trick play: to the next one, the last to the segment's end. */
  readonly keyframeMicros: readonly number[];
}
