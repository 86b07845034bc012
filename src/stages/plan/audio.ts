import { MediactlError } from '../../errors.js';
import { AUDIO_ENCODERS } from '../../model/encoders.js';
import type { AudioTrack, Container } from '../../model/media.js';
import { rational } from '../../model/rational.js';
import type { AudioRendition } from '../../model/rendition.js';
import { containerOf } from '../../tools/containers/containers.js';
import { describeTrack, nameAudio, titleCore, type AudioPick, type NamedAudio } from './audio-names.js';
import { matchesLanguage } from './language.js';
import type { PlanNotes } from './notes.js';
import type { PlanRequest } from './request.js';
import { requireEncoder } from './require-feature.js';
import { omitSound } from './sound-left-out.js';
import { audioVersion, type Shared } from './version.js';

/**
 * Picks the tracks that become renditions: the best of each language and kind, in the languages asked for (null: all).
 * Throws `no-such-track` for a language that the source does not have.
 */
export function pickAudio(
  tracks: readonly AudioTrack[],
  languages: readonly string[] | null,
  notes: PlanNotes,
): AudioPick[] {
  const usable = tracks.filter((track) => requireUsable(track, notes));
  const asked = languages === null ? usable : pickLanguages(tracks, usable, languages, notes);
  const chosen = bestOfEachKind(asked, notes);
  const first = defaultOf(chosen, languages);
  return chosen.map((track) => ({ track, isDefault: track === first }));
}

/** The audio renditions, with everything that encoders and playlists need to know. Throws `tool-lacks-feature`. */
export function planAudio(
  picked: readonly AudioPick[],
  shared: Shared,
  container: Carrier,
  { ladder, capabilities }: PlanRequest,
  notes: PlanNotes,
): AudioRendition[] {
  if (picked.length === 0) {
    notes.decide('sound', 'none', 'the source has none that could be decoded; the title will be silent');
    return [];
  }
  const { codec, encoder, options, bitrate, sampleRate, channels } = ladder.audio;
  const timescale = containerOf(shared.packaging).timescale(rational(sampleRate));
  const { samplesPerFrame } = AUDIO_ENCODERS[encoder];
  requireEncoder(capabilities.encoders, encoder, ladder.name);
  return nameAudio(picked).map((named) => {
    const { track, isDefault } = named;
    const output = { timescale, codec, encoder, options, samplesPerFrame, bitrate, sampleRate, channels };
    const { startSeconds } = track;
    const fold = {
      startSeconds,
      sourceChannels: track.channels,
      downmix: track.channels > channels,
      limit: limitOf(track, channels, container),
    };
    const version = audioVersion(track.index, shared, { ...output, ...fold });
    sayRendition(named, ladder.audio, notes);
    return {
      kind: 'audio',
      id: `${named.name}-${version}`,
      name: named.name,
      version,
      trackIndex: track.index,
      language: track.language,
      label: named.label,
      isDefault,
      characteristics: CHARACTERISTICS[track.role],
      ...output,
      ...fold,
    };
  });
}

/** Folding six channels into two can exceed full scale on loud passages; 1 dB is left for what AAC overshoots. */
const FOLD_LIMIT = 0.89;

/** Codecs whose frames each say how many channels they have: broadcasts go from stereo to 5.1 in mid-stream. */
const CHANGING = new Set(['ac3', 'eac3', 'dts', 'truehd', 'mlp', 'aac_latm']);

function limitOf({ codec, channels }: AudioTrack, out: number, { discontinuous, format }: Carrier): number | null {
  if (channels > out) return FOLD_LIMIT;
  const isChanging = CHANGING.has(codec) || (codec === 'aac' && (discontinuous || format === 'aac'));
  return isChanging ? 1 : null;
}

type Carrier = Pick<Container, 'discontinuous' | 'format'>;

/** RFC 8216bis, 4.4.6.1. */
const CHARACTERISTICS: Readonly<Record<AudioTrack['role'], string | null>> = {
  main: null,
  commentary: null,
  descriptions: 'public.accessibility.describes-video',
  'clean-effects': null,
  dub: null,
};

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
  return new MediactlError('no-such-track', `--audio-lang: there is no sound in "${language}"`, {
    reason: unusable
      ? 'there is a track of that language, but it cannot be decoded'
      : 'no track of the source has that language',
    hint: usable.length === 0 ? 'The source has no sound at all' : `There are: ${usable.map(describeTrack).join(', ')}`,
  });
}

function bestOfEachKind(tracks: readonly AudioTrack[], notes: PlanNotes): AudioTrack[] {
  const kinds = new Map<string, AudioTrack[]>();
  for (const track of tracks) {
    const kind = JSON.stringify([track.language, track.role, titleCore(track)]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), track]);
  }
  const best = new Set<AudioTrack>();
  for (const alike of kinds.values()) {
    const [first, ...others] = alike.toSorted(byPreference);
    if (first) best.add(first);
    for (const other of others) if (first) omitAlike(other, first, notes);
  }
  return tracks.filter((track) => best.has(track));
}

function omitAlike(track: AudioTrack, kept: AudioTrack, notes: PlanNotes): void {
  const form = ({ title, codec, channels, sampleRate }: AudioTrack): string =>
    JSON.stringify([title, codec, channels, sampleRate]);
  if (form(track) !== form(kept)) {
    return omitSound(track, 'same-content', `the same as track ${kept.index} in another form`, notes);
  }
  const reason = `nothing in the file tells it from track ${kept.index}, and a title has one of a kind`;
  omitSound(track, 'second-of-kind', reason, notes);
}

function byPreference(a: AudioTrack, b: AudioTrack): number {
  return Number(b.isDefault) - Number(a.isDefault) || b.channels - a.channels || a.index - b.index;
}

/** Exactly one rendition is the default (RFC 8216, 4.3.4.1.1), never a commentary unless there is nothing else. */
function defaultOf(tracks: readonly AudioTrack[], languages: readonly string[] | null): AudioTrack | undefined {
  const main = tracks.filter((track) => track.role === 'main' || track.role === 'dub');
  const candidates = main.length > 0 ? main : tracks;
  const [first] = languages ?? [];
  if (first !== undefined) {
    const named = (list: readonly AudioTrack[]) => list.find((track) => matchesLanguage(track.language, first));
    return named(main) ?? named(tracks);
  }
  return candidates.find((track) => track.isDefault) ?? candidates[0];
}

function sayRendition(
  { track, name, label, isDefault }: NamedAudio,
  out: PlanRequest['ladder']['audio'],
  notes: PlanNotes,
): void {
  const target = `${out.channels === 2 ? 'stereo' : out.channels === 1 ? 'mono' : `${out.channels} channels`} ${AUDIO_ENCODERS[out.encoder].label} ${out.bitrate / 1000} kb/s`;
  const fold = track.channels > out.channels ? `, ${track.channels} channels folded down` : '';
  notes.decide(
    name,
    `"${label}"${isDefault ? ' (default)' : ''}: ${target}`,
    `from ${describeTrack(track)}${fold}${track.language === 'und' ? '; the file does not say its language' : ''}`,
  );
}
