import type { LeftOutCode } from '../../model/left-out.js';
import type { AudioTrack } from '../../model/media.js';
import { describeTrack } from './audio-names.js';
import type { PlanNotes } from './notes.js';

/** Names a sound track that the title does not carry. */
export function omitSound(track: AudioTrack, code: LeftOutCode, reason: string, notes: PlanNotes): void {
  const { index, codec, language } = track;
  notes.omitTrack(describeTrack(track), { track: index, kind: 'audio', codec, language, code, reason });
}

/**
 * Warns of sound that is left out: as `audio-left-out` when a viewer would miss it, else, where it cannot be decoded, as
 * `audio-track-unusable`. Not missed is what was not asked for, another form of what is carried, and what cannot be
 * decoded beside a track of the same role that can, in its language or where one of the two has none: cameras and
 * phones write such pairs.
 */
export function warnOfSoundLeftOut(
  tracks: readonly AudioTrack[],
  carried: readonly AudioTrack[],
  notes: PlanNotes,
): void {
  const out = notes.tracksLeftOut.flatMap(({ kind, track: index, code, reason }) => {
    const track = kind === 'audio' ? tracks.find((one) => one.index === index) : undefined;
    return track ? [{ track, code, reason }] : [];
  });
  const missed = out.filter(({ track, code }) => isMissed(track, code, carried));
  for (const one of out) {
    if (missed.includes(one) || !UNUSABLE.has(one.code)) continue;
    notes.warn('audio-track-unusable', `${describeTrack(one.track)} is left out: ${one.reason}`);
  }
  if (missed.length === 0) return;
  const named = missed.map(({ track, reason }) => `${describeTrack(track)}: ${reason}`);
  notes.warn('audio-left-out', `audio is left out: ${named.join('; ')}`, missed.length);
}

const UNUSABLE: ReadonlySet<string> = new Set(['undecodable', 'no-format']);

function isMissed(track: AudioTrack, code: string, carried: readonly AudioTrack[]): boolean {
  if (code === 'second-of-kind') return true;
  return UNUSABLE.has(code) && !carried.some((other) => standsFor(other, track));
}

function standsFor(carried: AudioTrack, lost: AudioTrack): boolean {
  const languages = [carried.language, lost.language];
  return carried.role === lost.role && (languages[0] === languages[1] || languages.includes('und'));
}
