import { join } from 'node:path';
import { MediactlError } from '../../../errors.js';
import type { Artifact, RenditionMeasure } from '../../../model/artifact.js';
import { packagingOf, type EncodePlan } from '../../../model/plan.js';
import {
  audioOf,
  videoOf,
  type AudioRendition,
  type Rendition,
  type VideoRendition,
} from '../../../model/rendition.js';
import { containerOf } from '../../../tools/containers/containers.js';
import { ManifestFile } from '../manifest-file.js';
import type { CreateManifestWriter, ManifestTask } from '../manifest-writer.js';
import { targetDuration } from '../target-duration.js';
import { keyTags } from './key-tags.js';
import { IFRAMES, INDEX, RenditionPlaylists } from './media-playlist.js';
import { multivariantPlaylist, type AudioMember, type Variant } from './multivariant-playlist.js';

/** index.m3u8 of each rendition, iframes.m3u8 of each rung, and the multivariant playlist that names them. */
export const createHlsWriter: CreateManifestWriter = ({ plan, folder, master }) => {
  const targetSeconds = targetDuration(plan);
  const open = new Map<string, RenditionPlaylists>();
  let startSeconds = 0;
  return {
    async add(rendition, segment) {
      let playlists = open.get(rendition.id);
      if (!playlists) {
        playlists = await RenditionPlaylists.create(
          rendition,
          folder,
          targetSeconds,
          keysOf(plan, rendition, 'EXT-X-KEY'),
        );
        open.set(rendition.id, playlists);
      }
      await playlists.add(segment);
      startSeconds = Math.max(startSeconds, (segment.segment.lead ?? 0) / rendition.timescale);
    },
    async close(measures) {
      const artifacts: Artifact[] = [];
      for (const playlists of open.values()) artifacts.push(...(await playlists.close()));
      return [...artifacts, await writeMultivariant(plan, { folder, master }, measures, startSeconds)];
    },
    async discard() {
      for (const playlists of open.values()) await playlists.discard();
    },
  };
};

/** None for a clear rendition. */
function keysOf(plan: EncodePlan, rendition: Rendition, name: 'EXT-X-KEY' | 'EXT-X-SESSION-KEY'): string[] {
  const { protection } = packagingOf(plan, rendition);
  return protection ? keyTags(name, protection, rendition) : [];
}

type Measures = ReadonlyMap<string, RenditionMeasure>;

async function writeMultivariant(
  plan: EncodePlan,
  { folder, master }: Pick<ManifestTask, 'folder' | 'master'>,
  measures: Measures,
  startSeconds: number,
): Promise<Artifact> {
  const path = join(folder, master);
  const text = multivariantPlaylist(
    videoOf(plan).map((rung) => variantOf(plan, rung, measures)),
    audioOf(plan).map((rendition) => memberOf(rendition, measures)),
    new Set(plan.renditions.flatMap((rendition) => keysOf(plan, rendition, 'EXT-X-SESSION-KEY'))),
    hasInit(plan) ? VERSION_WITH_MAP : VERSION_WITH_RANGES,
    startSeconds,
  );
  const file = await ManifestFile.create(path);
  try {
    await file.write(text);
    await file.commit();
  } finally {
    await file.discard();
  }
  return { path: master, class: 'multivariant-playlist', file: path, bytes: file.bytes };
}

/** EXT-X-MAP, and its use in any playlist: RFC 8216 7 asks for 6, Apple HLS authoring 8.20 and 9 for 7 (fragmented MP4). */
const VERSION_WITH_MAP = 7;
/** Nothing needs more than what byte ranges in the I-frame playlists already ask for. */
const VERSION_WITH_RANGES = 4;

function hasInit({ renditions }: EncodePlan): boolean {
  return renditions.some((rendition) => containerOf(rendition).init !== null);
}

function variantOf({ grid }: EncodePlan, { id, width, height }: VideoRendition, measures: Measures): Variant {
  if (grid.frameRate === null) throw new MediactlError('internal', 'the plan has rungs and no frame rate');
  const { averageBitrate, peakBitrate, codecs, iframes } = measureOf(measures, id);
  return {
    averageBitrate,
    peakBitrate,
    codecs,
    width,
    height,
    frameRate: grid.frameRate,
    path: `${id}/${INDEX}`,
    iframes: iframes && { ...iframes, path: `${id}/${IFRAMES}` },
  };
}

function memberOf(rendition: AudioRendition, measures: Measures): AudioMember {
  const { id, language, label, isDefault, characteristics, channels } = rendition;
  const { averageBitrate, peakBitrate, codecs } = measureOf(measures, id);
  return {
    averageBitrate,
    peakBitrate,
    codecs,
    language,
    label,
    isDefault,
    characteristics,
    channels,
    path: `${id}/${INDEX}`,
  };
}

function measureOf(measures: Measures, id: string): RenditionMeasure {
  const measure = measures.get(id);
  if (!measure) throw new MediactlError('internal', `${id} was not measured`);
  return measure;
}
