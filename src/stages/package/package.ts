import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import type { Artifact, RenditionMeasure, Segment } from '../../model/artifact.js';
import type { Warning } from '../../model/media.js';
import type { EncodePlan } from '../../model/plan.js';
import { compare } from '../../model/rational.js';
import { audioOf, videoOf, type AudioRendition, type Rendition, type VideoRendition } from '../../model/rendition.js';
import { PlaylistClock, roundedSeconds } from './figures.js';
import { multivariantPlaylist, type AudioMember, type Variant } from './multivariant-playlist.js';
import { IFRAMES, INDEX, packageRendition } from './package-rendition.js';
import { PlaylistFile } from './playlist-file.js';
import { peakWarnings } from './warnings.js';

export const MULTIVARIANT = 'master.m3u8';

export interface PackageInput {
  readonly plan: EncodePlan;
  /** Staging: segments are at <folder>/<rendition id>/<file>. */
  readonly folder: string;
  /** A rendition's segments in order from 0; every call starts anew. */
  readonly segments: (rendition: string) => AsyncIterable<Segment>;
  /** Rendition id → RFC 6381. */
  readonly codecs: ReadonlyMap<string, string>;
}

export interface Package {
  /** In the order in which they may be published: segments, media playlists, multivariant playlist. */
  readonly artifacts: readonly Artifact[];
  /** In the plan's order, rungs first. */
  readonly renditions: readonly RenditionMeasure[];
  readonly warnings: readonly Warning[];
}

/**
 * Writes a title's playlists from what was measured: index.m3u8 of each rendition, iframes.m3u8 of each rung,
 * master.m3u8. Reads each rendition's segments twice and keeps none of them: first for the target duration, which all
 * playlists of a title share (Apple HLS authoring 8.2), then for the entries and figures.
 * Throws MediactlError('grid-broken') when a segment is missing or out of order, or the rungs differ in length.
 */
export async function packageTitle(input: PackageInput): Promise<Package> {
  const { plan } = input;
  const rungs = videoOf(plan);
  let targetSeconds = 1;
  for (const rendition of plan.renditions) {
    targetSeconds = Math.max(targetSeconds, await longestExtinf(input.segments(rendition.id)));
  }

  const segments: Artifact[] = [];
  const playlists: Artifact[] = [];
  const measures = new Map<string, RenditionMeasure>();
  for (const rendition of plan.renditions) {
    const packaged = await packageRendition(rendition, {
      folder: join(input.folder, rendition.id),
      segments: input.segments(rendition.id),
      codecs: codecsOf(input, rendition),
      targetSeconds,
      onSegment: (artifact) => segments.push(artifact),
    });
    playlists.push(...packaged.playlists);
    measures.set(rendition.id, packaged.measure);
  }
  checkSameLength(rungs, measures);

  const master = multivariantPlaylist(
    rungs.map((rung) => variantOf(plan, rung, measureOf(measures, rung))),
    audioOf(plan).map((rendition) => memberOf(rendition, measureOf(measures, rendition))),
  );
  const file = join(input.folder, MULTIVARIANT);
  const bytes = await writeWhole(file, master);
  return {
    artifacts: [...segments, ...playlists, { path: MULTIVARIANT, class: 'multivariant-playlist', file, bytes }],
    renditions: [...measures.values()],
    warnings: peakWarnings(rungs, measures),
  };
}

async function longestExtinf(segments: AsyncIterable<Segment>): Promise<number> {
  const clock = new PlaylistClock();
  let longest = 0;
  for await (const segment of segments) longest = Math.max(longest, roundedSeconds(clock.advance(segment.duration)));
  return longest;
}

function checkSameLength(rungs: readonly VideoRendition[], measures: ReadonlyMap<string, RenditionMeasure>): void {
  const [first, ...others] = rungs.map((rung) => measureOf(measures, rung));
  for (const other of others) {
    if (!first || (other.segments === first.segments && compare(other.duration, first.duration) === 0)) continue;
    throw new MediactlError('grid-broken', 'the rungs do not have the same length', {
      reason:
        `${first.name} has ${first.frames} frames in ${first.segments} segments, ` +
        `${other.name} ${other.frames} in ${other.segments}`,
    });
  }
}

function variantOf(plan: EncodePlan, rung: VideoRendition, measure: RenditionMeasure): Variant {
  const { frameRate } = plan.grid;
  if (frameRate === null) throw new MediactlError('internal', 'the plan has rungs and no frame rate');
  return {
    averageBitrate: measure.averageBitrate,
    peakBitrate: measure.peakBitrate,
    codecs: measure.codecs,
    width: rung.width,
    height: rung.height,
    frameRate,
    path: `${rung.id}/${INDEX}`,
    iframes: measure.iframes && { ...measure.iframes, path: `${rung.id}/${IFRAMES}` },
  };
}

function memberOf(rendition: AudioRendition, measure: RenditionMeasure): AudioMember {
  const { language, label, isDefault, characteristics, channels } = rendition;
  return {
    averageBitrate: measure.averageBitrate,
    peakBitrate: measure.peakBitrate,
    codecs: measure.codecs,
    language,
    label,
    isDefault,
    characteristics,
    channels,
    path: `${rendition.id}/${INDEX}`,
  };
}

async function writeWhole(path: string, text: string): Promise<number> {
  const file = await PlaylistFile.create(path);
  try {
    await file.write(text);
    await file.commit();
  } finally {
    await file.discard();
  }
  return file.bytes;
}

function codecsOf(input: PackageInput, rendition: Rendition): string {
  const codecs = input.codecs.get(rendition.id);
  if (codecs === undefined) throw new MediactlError('internal', `no codec string for ${rendition.id}`);
  return codecs;
}

function measureOf(measures: ReadonlyMap<string, RenditionMeasure>, rendition: Rendition): RenditionMeasure {
  const measure = measures.get(rendition.id);
  if (!measure) throw new MediactlError('internal', `${rendition.id} was not measured`);
  return measure;
}
