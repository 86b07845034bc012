import { accountOf } from '../../model/account-of.js';
import type { Place, TrackRead } from '../../model/account.js';
import type { MediaInfo, Track, Warning } from '../../model/media.js';
import type { EncodePlan } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import { audioOf, videoOf, type AudioRendition } from '../../model/rendition.js';
import type { Extent, Promised, TrackAccount } from '../../model/track-account.js';

/** What is known of a rendition that is made. */
export interface MadeRendition {
  readonly frames: number;
  /** Of its first segment, ticks: before 0 where that has the frame in it that an encoder of sound begins with. */
  readonly start: number;
  /** Null: it was made by a version that did not measure, or in pieces that cannot be put together. */
  readonly read: TrackRead | null;
}

/** What is known beside what was read. */
export interface Known {
  /** There is a warning already that the title ends before its time. */
  readonly isShortTold: boolean;
  /** Places without pictures that are no holes. */
  readonly pauses: readonly Place[];
  /** When tracks begin of which headers do not say it, seconds of the title, by FFmpeg's index. */
  readonly starts: ReadonlyMap<number, number>;
}

/** The account of each track that the title carries, as far as it was measured, and what is to be told of it. */
export function accountOfTitle(
  plan: EncodePlan,
  media: MediaInfo,
  made: ReadonlyMap<string, MadeRendition>,
  known: Known,
): { readonly tracks: TrackAccount[]; readonly warnings: Warning[] } {
  const { picture } = plan;
  const promised = (track: number): Promised => promisedOf(plan, media, track, known);
  const found: ReturnType<typeof accountOf>[] = [];
  const rung = videoOf(plan).find(({ id }) => made.get(id)?.read);
  const pictures = rung && made.get(rung.id);
  if (picture && pictures?.read) {
    found.push(accountOf(pictures.read, pictures.frames, promised(picture.trackIndex)));
  }
  const told = new Set<string>();
  for (const audio of audioOf(plan)) {
    const sound = made.get(audio.id);
    // The same sound in several formats is told of once.
    if (!sound?.read || told.has(audio.name)) continue;
    told.add(audio.name);
    const samples = samplesOf(audio, sound);
    found.push(accountOf(sound.read, samples, promised(audio.trackIndex)));
  }
  return { tracks: found.map(({ account }) => account), warnings: found.flatMap(({ warnings }) => warnings) };
}

/** From the title's 0 on: what is before it is the encoder's. */
function samplesOf({ samplesPerFrame }: AudioRendition, { frames, start }: MadeRendition): number {
  return Math.max(0, frames - (start < 0 ? 1 : 0)) * samplesPerFrame;
}

/** In which each track's length is written down; in others it is guessed from the rate of the bits. */
const TELLING = /\b(mov|matroska|avi|mxf|wav|w64|aiff|caf|flac|asf)\b/;

/** Headers of which it is known that they are wrong promise nothing, nor do clocks that may jump. */
function promisedOf(
  { timeline, picture, input, warnings }: EncodePlan,
  media: MediaInfo,
  index: number,
  { isShortTold, pauses, starts }: Known,
): Promised {
  const track = [...media.video, ...media.audio].find((one) => one.index === index);
  const { format, discontinuous, lengthFrom } = media.container;
  const isGuessed = lengthFrom !== 'packets' && (discontinuous || !TELLING.test(format));
  const doubtful = media.warnings.some(({ code }) => code === 'duration-uncertain');
  const isTold = track !== undefined && !isGuessed && !doubtful && input.tracksReadTogether.length === 0;
  const start = isTold ? track.startSeconds - timeline.originSeconds : null;
  const rate = media.video.find((one) => one.index === index)?.averageFrameRate ?? null;
  const end = start === null || !track || track.durationSeconds === null ? null : start + track.durationSeconds;
  const { part } = timeline;
  // The plan has told of it.
  const isThinnedByPlan = warnings.some(({ code }) => code === 'pictures-dropped');
  const partEnd = part?.length ? toNumber(part.length) : null;
  return {
    track: index,
    startSeconds: start === null ? null : (starts.get(index) ?? start),
    endSeconds: end === null ? null : Math.min(end, partEnd ?? Infinity),
    source: doubtful ? null : extentOf(track, timeline.originSeconds),
    partEnd,
    isShortTold,
    pauses,
    holdSeconds: timeline.holdLastFrameSeconds,
    isThinned:
      isThinnedByPlan || (picture !== null && rate !== null && toNumber(rate) > THINNED * toNumber(picture.frameRate)),
  };
}

const THINNED = 1.05;

function extentOf(track: Pick<Track, 'startSeconds' | 'durationSeconds'> | undefined, origin: number): Extent | null {
  if (!track || track.durationSeconds === null) return null;
  const startSeconds = track.startSeconds - origin;
  return { startSeconds, endSeconds: startSeconds + track.durationSeconds };
}
