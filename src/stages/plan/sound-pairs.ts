import type { AudioTrack } from '../../model/media.js';
import { titleCore } from './audio-names.js';

/** A programme of the source: one track, or the left and the right channel as a track each. */
export interface Sound {
  /** The left channel, where there is a `right`. */
  readonly track: AudioTrack;
  readonly right: AudioTrack | null;
}

export function single(track: AudioTrack): Sound {
  return { track, right: null };
}

/** Two tracks of a channel each as one programme. What is said of it is what both titles have in common. */
export function pair(left: AudioTrack, right: AudioTrack): Sound {
  return { track: { ...left, title: left.title === right.title ? left.title : null }, right };
}

/** The tracks of a programme. */
export function tracksOf({ track, right }: Sound): AudioTrack[] {
  return right === null ? [track] : [track, right];
}

/**
 * The first two of tracks that nothing tells apart, where it is plain that they are left and right: of one channel, of one
 * form, one after the other in the file, equally long. Null where it is not.
 */
export function plainPair(alike: readonly AudioTrack[]): Sound | null {
  const [first, second] = alike.toSorted((a, b) => a.index - b.index);
  if (!first || !second || alike.some(({ channels }) => channels !== 1)) return null;
  const isPlain =
    second.index === first.index + 1 &&
    first.codec === second.codec &&
    first.sampleRate === second.sampleRate &&
    isNear(first.startSeconds, second.startSeconds) &&
    isNear(first.durationSeconds, second.durationSeconds);
  if (!isPlain) return null;
  const [a, b] = [sideOf(first), sideOf(second)];
  if (a === null && b === null) return pair(first, second);
  if (a === 'left' && b === 'right') return pair(first, second);
  return a === 'right' && b === 'left' ? pair(second, first) : null;
}

/** What remains of a title (see titleCore) without the side that a track of one channel is. */
export function programmeOf(track: AudioTrack): string {
  const core = titleCore(track);
  return track.channels === 1 ? core.replaceAll(SIDE, ' ').trim() : core;
}

/** Ends that differ by less are one. Seconds. */
const NEAR = 0.05;

function isNear(a: number | null, b: number | null): boolean {
  return a === null || b === null ? a === b : Math.abs(a - b) <= NEAR;
}

const SIDE = /(?<![\p{L}\p{N}])(?:left|right|l|r)(?![\p{L}\p{N}])/giu;

/** By the channel's label in the file, else by the track's title. */
function sideOf({ channelLayout, title }: AudioTrack): 'left' | 'right' | null {
  const label = /\b(FL|FR)\b/.exec(channelLayout ?? '')?.[1] ?? (title ?? '').match(SIDE)?.[0] ?? '';
  if (/^(?:FL|l|left)$/i.test(label)) return 'left';
  return /^(?:FR|r|right)$/i.test(label) ? 'right' : null;
}
