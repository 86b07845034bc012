import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MediactlError } from '../../../errors.js';
import type { Artifact, RenditionMeasure } from '../../../model/artifact.js';
import type { EncodePlan } from '../../../model/plan.js';
import { compare, rational, type Rational } from '../../../model/rational.js';
import { audioOf, videoOf, type Rendition } from '../../../model/rendition.js';
import { MPD_NAME } from '../../../model/title-files.js';
import type { Container } from '../../../tools/containers/container.js';
import { containerOf } from '../../../tools/containers/containers.js';
import { ManifestFile } from '../manifest-file.js';
import type { CreateManifestWriter, ManifestWriter } from '../manifest-writer.js';
import { adaptationSets, type AdaptationSet } from './adaptation-sets.js';
import { editionsOf, type MpdEdition } from './editions.js';
import { mpdFoot, mpdHead, setFoot, setHead, type Addressing } from './mpd.js';
import { Timeline } from './timeline.js';

/** A rendition's timeline as it grows. */
interface Track {
  readonly timescale: number;
  readonly timeline: Timeline;
}

/** How containers name the files of a rendition. */
type FileNames = Pick<Container, 'init' | 'extension'>;

/**
 * manifest.mpd, and clearkey.mpd where other DRM systems are signalled beside Clear Key: a finished presentation (`static`) whose segments are addressed by number. Rendition ids and the names of
 * segments are plain (letters, digits, "-", "_", "."), so that they stand in its URLs as they are.
 */
export const createDashWriter: CreateManifestWriter = ({ plan, folder }) => {
  const [form] = plan.packaging;
  if (!form) throw new MediactlError('internal', 'a manifest is of one form of the title');
  return dashWriter(plan, folder, containerOf(form));
};

export function dashWriter(plan: EncodePlan, folder: string, names: FileNames): ManifestWriter {
  const tracks = new Map<string, Track>();
  const { extension } = names;
  return {
    async add(rendition, { segment }) {
      const track = tracks.get(rendition.id) ?? (await openTrack(rendition, folder));
      tracks.set(rendition.id, track);
      if (segment.file !== `${String(segment.index).padStart(5, '0')}.${extension}`) {
        throw new MediactlError('internal', `no template leads to ${segment.file}`);
      }
      await track.timeline.add(segment);
    },
    async close(measures) {
      const signatures = new Map<string, string>();
      for (const [id, { timeline }] of tracks) signatures.set(id, await timeline.close());
      const artifacts: Artifact[] = [];
      for (const edition of editionsOf(plan)) {
        artifacts.push(await writeMpd(plan, folder, names, { tracks, signatures, measures }, edition));
      }
      return artifacts;
    },
    async discard() {
      for (const { timeline } of tracks.values()) await timeline.discard();
    },
  };
}

async function openTrack(rendition: Rendition, folder: string): Promise<Track> {
  await mkdir(folder, { recursive: true });
  const timeline = new Timeline(rendition, join(folder, `${MPD_NAME}.${rendition.id}.part`));
  return { timescale: rendition.timescale, timeline };
}

type Tracks = ReadonlyMap<string, Track>;
type Measures = ReadonlyMap<string, RenditionMeasure>;

/** What is known when all segments have passed, by rendition id. */
interface Made {
  readonly tracks: Tracks;
  /** Same for timelines that say the same. */
  readonly signatures: ReadonlyMap<string, string>;
  readonly measures: Measures;
}

async function writeMpd(
  plan: EncodePlan,
  folder: string,
  { init, extension }: FileNames,
  { tracks, signatures, measures }: Made,
  { name, locks, isProtected }: MpdEdition,
): Promise<Artifact> {
  if (init === null) throw new MediactlError('internal', 'DASH needs initialization segments');
  const path = join(folder, name);
  const file = await ManifestFile.create(path);
  try {
    const longestSegment = longest([...tracks.values()].map(longestOf));
    await file.write(mpdHead({ duration: lengthOf(plan, measures), longestSegment, isProtected }));
    for (const set of adaptationSets(videoOf(plan), audioOf(plan), plan.picture, measures, locks)) {
      await writeSet(set, { init, extension }, { tracks, signatures }, file);
    }
    await file.write(mpdFoot());
    await file.commit();
  } finally {
    await file.discard();
  }
  return { path: name, class: 'dash-manifest', file: path, bytes: file.bytes };
}

async function writeSet(
  set: AdaptationSet,
  { init, extension }: Omit<Addressing, 'timescale'>,
  { tracks, signatures }: Pick<Made, 'tracks' | 'signatures'>,
  file: ManifestFile,
): Promise<void> {
  const members = set.representations.flatMap(({ id }) => tracks.get(id) ?? []);
  const said = new Set(set.representations.map(({ id }) => signatures.get(id)));
  const [first] = members;
  if (!first || said.size !== 1) {
    const ids = set.representations.map(({ id }) => id).join(', ');
    throw new MediactlError('grid-broken', 'renditions between which players switch are cut at different times', {
      reason: ids,
    });
  }
  await file.write(setHead(set, { timescale: first.timescale, init, extension }));
  for await (const text of first.timeline.elements()) await file.write(text);
  await file.write(setFoot(set));
}

function longestOf({ timescale, timeline }: Track): Rational {
  return rational(timeline.longest, timescale);
}

/** A title is as long as its pictures; sound ends within a frame of them. */
function lengthOf(plan: EncodePlan, measures: Measures): Rational {
  const [rung] = videoOf(plan);
  const counted = rung ? [rung] : audioOf(plan);
  return longest(counted.flatMap(({ id }) => measures.get(id)?.duration ?? []));
}

function longest(lengths: readonly Rational[]): Rational {
  return lengths.reduce((most, one) => (compare(one, most) > 0 ? one : most), rational(0));
}
