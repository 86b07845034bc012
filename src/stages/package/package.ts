import { MediactlError } from '../../errors.js';
import type { Artifact, RenditionMeasure, Segment } from '../../model/artifact.js';
import type { Warning } from '../../model/media.js';
import type { ManifestName, Packaging } from '../../model/packaging.js';
import { inForm, type EncodePlan } from '../../model/plan.js';
import { compare } from '../../model/rational.js';
import { streamsOf, videoOf, type Rendition, type VideoRendition } from '../../model/rendition.js';
import { CMAF_MASTER_NAME, MASTER_NAME } from '../../model/title-files.js';
import { createDashWriter } from './dash/dash-writer.js';
import { createHlsWriter } from './hls/hls-writer.js';
import type { CreateManifestWriter, ManifestWriter } from './manifest-writer.js';
import { RenditionMeter } from './rendition-meter.js';
import { targetDuration } from './target-duration.js';
import { peakWarnings } from './warnings.js';

/** A new manifest format is a writer, a row here, and its name in `ManifestName` (model/plan). */
const WRITERS: Readonly<Record<ManifestName, CreateManifestWriter>> = {
  hls: createHlsWriter,
  dash: createDashWriter,
};

export interface PackageInput {
  readonly plan: EncodePlan;
  /** Staging: segments are at <folder>/<rendition id>/<file>. */
  readonly folder: string;
  /** A rendition's segments in order from 0. */
  readonly segments: (rendition: string) => AsyncIterable<Segment>;
  /** Rendition id → RFC 6381. */
  readonly codecs: ReadonlyMap<string, string>;
}

export interface Package {
  /** In the order in which they may be published, when all segments are. */
  readonly manifests: readonly Artifact[];
  /** In the plan's order. */
  readonly renditions: readonly RenditionMeasure[];
  readonly warnings: readonly Warning[];
}

/**
 * Measures a title and writes its manifests in one pass over its segments, of which it holds none.
 * Throws MediactlError('grid-broken') when a segment is missing, out of order or too long, or the rungs differ in length.
 */
export async function packageTitle({ plan, folder, segments, codecs }: PackageInput): Promise<Package> {
  const writers = new Map(plan.packaging.map((form, i) => [form.container, writersOf(plan, form, i, folder)]));
  const all = [...writers.values()].flat();
  try {
    const measures = new Map<string, RenditionMeasure>();
    for (const rendition of plan.renditions) {
      const meter = new RenditionMeter(rendition, targetDuration(plan));
      await passBy(rendition, segments(rendition.id), meter, writers.get(rendition.container) ?? []);
      measures.set(rendition.id, meter.measure(codecsOf(codecs, rendition)));
    }
    const rungs = videoOf(plan);
    checkSameLength(rungs.flatMap(({ id }) => measures.get(id) ?? []));
    const manifests: Artifact[] = [];
    for (const writer of all) manifests.push(...(await writer.close(measures)));
    return { manifests, renditions: [...measures.values()], warnings: peakWarnings(onceEach(rungs), measures) };
  } finally {
    for (const writer of all) await writer.discard();
  }
}

/** `place`: among the forms of the title. */
function writersOf(plan: EncodePlan, form: Packaging, place: number, folder: string): ManifestWriter[] {
  const task = { plan: inForm(plan, form), folder, master: place === 0 ? MASTER_NAME : CMAF_MASTER_NAME };
  return form.manifests.map((name) => WRITERS[name](task));
}

/** Of rungs that are one encoded stream, the first. */
function onceEach(rungs: readonly VideoRendition[]): VideoRendition[] {
  return streamsOf(rungs).flatMap(([rung]) => rung ?? []);
}

async function passBy(
  rendition: Rendition,
  segments: AsyncIterable<Segment>,
  meter: RenditionMeter,
  writers: readonly ManifestWriter[],
): Promise<void> {
  for await (const segment of segments) {
    const timed = meter.add(segment);
    for (const writer of writers) await writer.add(rendition, timed);
  }
}

function checkSameLength([first, ...others]: readonly RenditionMeasure[]): void {
  for (const other of others) {
    if (!first || (other.segments === first.segments && compare(other.duration, first.duration) === 0)) continue;
    throw new MediactlError('grid-broken', 'the rungs do not have the same length', {
      reason:
        `${first.name} has ${first.frames} frames in ${first.segments} segments, ` +
        `${other.name} ${other.frames} in ${other.segments}`,
    });
  }
}

function codecsOf(all: ReadonlyMap<string, string>, { id }: Rendition): string {
  const codecs = all.get(id);
  if (codecs === undefined) throw new MediactlError('internal', `no codec string for ${id}`);
  return codecs;
}
