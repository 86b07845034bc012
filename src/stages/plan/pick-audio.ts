import { MediactlError } from '../../errors.js';
import type { AudioTrack } from '../../model/media.js';
import { askedTracks } from './asked-tracks.js';
import { describeTrack, type AudioPick } from './audio-names.js';
import { matchesLanguage } from './language.js';
import type { PlanNotes } from './notes.js';
import type { PlanRequest } from './request.js';
import { omitSound } from './sound-left-out.js';
import { plainPair, programmeOf, single, tracksOf, type Sound } from './sound-pairs.js';

/** What the user asked for of the sound; null: nothing. */
export type SoundWishes = Pick<PlanRequest, 'audioLanguages' | 'audioTracks' | 'defaultAudioLanguage'>;

/**
 * Picks the tracks that become renditions: those asked for, else the best of each language and kind, in the languages asked
 * for. Throws `no-such-track` for a language or a track that the source does not have, `usage` for what is no pair.
 */
export function pickAudio(tracks: readonly AudioTrack[], wishes: SoundWishes, notes: PlanNotes): AudioPick[] {
  const usable = tracks.filter((track) => requireUsable(track, notes));
  const chosen = chooseSounds(tracks, usable, wishes, notes);
  const first = defaultOf(chosen, wishes);
  return chosen.map((sound) => ({ track: sound.track, right: sound.right, isDefault: sound === first }));
}

function chooseSounds(
  tracks: readonly AudioTrack[],
  usable: readonly AudioTrack[],
  { audioLanguages, audioTracks }: SoundWishes,
  notes: PlanNotes,
): Sound[] {
  if (audioTracks === null) {
    const asked = audioLanguages === null ? usable : pickLanguages(tracks, usable, audioLanguages, notes);
    return bestOfEachKind(asked, notes);
  }
  const chosen = askedTracks(tracks, usable, audioTracks);
  const taken = chosen.flatMap(tracksOf).map(({ index }) => index);
  for (const track of usable)
    if (!taken.includes(track.index)) omitSound(track, 'not-asked', 'not asked for (--audio-tracks)', notes);
  return chosen;
}

function requireUsable(track: AudioTrack, notes: PlanNotes): boolean {
  if (!track.decodable) {
    omitSound(track, 'undecodable', `this FFmpeg has no decoder for ${track.codec || 'its codec'}`, notes);
    return false;
  }
  if (track.channels >= 1 && track.sampleRate >= 1) return true;
  omitSound(track, 'no-format', 'its header gives neither channels nor sample rate', notes);
  return false;
}

// The tracks keep the order of `languages`, whose first becomes the default.
function pickLanguages(
  all: readonly AudioTrack[],
  usable: readonly AudioTrack[],
  languages: readonly string[],
  notes: PlanNotes,
): AudioTrack[] {
  const picked = languages.map((language) => {
    const found = usable.filter((track) => matchesLanguage(track.language, language));
    if (found.length === 0) throw noSuchLanguage(language, all, usable);
    return found;
  });
  const chosen = [...new Set(picked.flat())];
  for (const track of usable)
    if (!chosen.includes(track)) omitSound(track, 'not-asked', 'not asked for (--audio-lang)', notes);
  return chosen;
}

function noSuchLanguage(language: string, all: readonly AudioTrack[], usable: readonly AudioTrack[]): MediactlError {
  const unusable = all.some((track) => matchesLanguage(track.language, language));
  return new MediactlError('no-such-track', `--audio-lang: there is no audio in "${language}"`, {
    reason: unusable
      ? 'there is a track in that language, but it cannot be decoded'
      : 'no track of the source is in that language',
    hint: usable.length === 0 ? 'the source has no audio at all' : `available: ${usable.map(describeTrack).join(', ')}`,
  });
}

function bestOfEachKind(tracks: readonly AudioTrack[], notes: PlanNotes): Sound[] {
  const kinds = new Map<string, AudioTrack[]>();
  for (const track of tracks) {
    const kind = JSON.stringify([track.language, track.role, programmeOf(track)]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), track]);
  }
  const best = new Map<number, Sound>();
  for (const alike of kinds.values()) {
    const sorted = alike.toSorted(byPreference);
    const kept = plainPair(alike) ?? (sorted[0] ? single(sorted[0]) : null);
    if (kept === null) continue;
    const taken = tracksOf(kept).map(({ index }) => index);
    best.set(kept.track.index, kept);
    for (const other of sorted) if (!taken.includes(other.index)) omitAlike(other, kept, notes);
  }
  return tracks.flatMap((track) => best.get(track.index) ?? []);
}

function omitAlike(track: AudioTrack, { track: kept, right }: Sound, notes: PlanNotes): void {
  const form = ({ title, codec, channels, sampleRate }: AudioTrack): string =>
    JSON.stringify([title, codec, channels, sampleRate]);
  if (right !== null) {
    const reason = `tracks ${kept.index} and ${right.index} are taken as left and right; use --audio-tracks to choose otherwise`;
    return omitSound(track, 'second-of-kind', reason, notes);
  }
  if (form(track) !== form(kept)) {
    return omitSound(track, 'same-content', `the same as track ${kept.index} in another form`, notes);
  }
  const reason = `nothing in the file distinguishes it from track ${kept.index}, and a title has one of each kind`;
  omitSound(track, 'second-of-kind', reason, notes);
}

/** Above this sample rate nothing is gained. */
const ENOUGH = 48_000;

// The better one, whichever the file has first or calls its default: all tracks of an MP4 claim to be that.
function byPreference(a: AudioTrack, b: AudioTrack): number {
  return (
    Math.min(b.sampleRate, ENOUGH) - Math.min(a.sampleRate, ENOUGH) ||
    b.channels - a.channels ||
    (b.bitRate ?? 0) - (a.bitRate ?? 0) ||
    Number(b.isDefault) - Number(a.isDefault) ||
    a.index - b.index
  );
}

/** Exactly one rendition is the default (RFC 8216, 4.3.4.1.1), never a commentary unless there is nothing else. */
function defaultOf(sounds: readonly Sound[], wishes: SoundWishes): Sound | undefined {
  const main = sounds.filter(({ track: { role } }) => role === 'main' || role === 'dub');
  const asked = wishes.defaultAudioLanguage ?? wishes.audioLanguages?.[0];
  if (asked !== undefined && asked !== null) {
    const named = (list: readonly Sound[]) => list.find(({ track }) => matchesLanguage(track.language, asked));
    const found = named(main) ?? named(sounds);
    if (!found && sounds.length > 0) throw noSuchDefault(asked, sounds);
    return found;
  }
  // Whoever lists tracks has the first of them in mind.
  if (wishes.audioTracks !== null) return sounds[0];
  const candidates = main.length > 0 ? main : sounds;
  return candidates.find(({ track }) => track.isDefault) ?? candidates[0];
}

function noSuchDefault(language: string, sounds: readonly Sound[]): MediactlError {
  return new MediactlError('no-such-track', `--default-audio-lang: no audio of the title is in "${language}"`, {
    hint: `the title has: ${sounds.map(({ track }) => describeTrack(track)).join(', ')}`,
  });
}
