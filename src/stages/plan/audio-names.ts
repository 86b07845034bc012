import type { AudioTrack } from '../../model/media.js';
import { englishName, languageName } from './language.js';

export interface NamedAudio extends AudioPick {
  /** "audio-en", "audio-en-2": a folder name on every system. */
  readonly name: string;
  /** What a player's menu shows; unique in the title. */
  readonly label: string;
}

/**
 * Gives each track a name for its folder and a label for people, both unique in the title. `channels`: of the renditions;
 * a title does not go on saying 5.1 when it is stereo.
 */
export function nameAudio(picked: readonly AudioPick[], channels: number): NamedAudio[] {
  const names = new Set<string>();
  const labels = new Set<string>();
  return picked.map((pick) => ({
    ...pick,
    name: unique(`audio-${safeTag(pick.track.language)}`, names, (n) => `-${n}`),
    label: unique(labelOf(pick.track, channels), labels, (n) => ` ${n}`),
  }));
}

/** "sound 2 (ja, ac3 5.1(side), "日本語")". */
export function describeTrack({ index, language, codec, channelLayout, channels, title, role }: AudioTrack): string {
  const facts = [
    language,
    `${codec} ${channelLayout ?? `${channels} ch`}`,
    title === null ? null : `"${title}"`,
    role === 'main' ? null : ROLES[role],
  ];
  return `audio track ${index} (${facts.filter((fact) => fact !== null).join(', ')})`;
}

/**
 * What remains of a track's title without its language and technical form: nothing of "English 5.1" and "Stereo (AAC)",
 * all of "Director's commentary". Tracks of one language that differ here are different programmes.
 */
export function titleCore({ title, language }: AudioTrack): string {
  const own = [languageName(language), englishName(language)].filter((name) => name !== null);
  let rest = (title ?? '').toLowerCase();
  for (const name of own) rest = rest.replaceAll(name.toLowerCase(), ' ');
  return rest
    .replace(FORM, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const FORM =
  /(?<![\p{L}\p{N}])(?:stereo|mono|surround|[1257]\.[01](?:\.[24])?(?:ch)?|\d ?ch(?:annels?)?|\d{2,4} ?k(?:b(?:ps|\/s|its?\/s)?)?|(?:he-?)?aac(?:-lc)?|e?-?ac-?3|ddp?|dolby|digital|plus|truehd|atmos|dts(?:-?hd)?(?: ?ma)?|flac|opus|mp3|pcm|vorbis|audio|track|main|original|default)(?![\p{L}\p{N}])/giu;

const ROLES: Readonly<Record<AudioTrack['role'], string>> = {
  main: '',
  commentary: 'commentary',
  descriptions: 'audio description',
  'clean-effects': 'clean effects',
  dub: 'dubbed',
};

/** Menus show no longer label than this, in characters. */
const LONGEST = 80;

// A quoted string in a playlist holds neither quotes nor control characters (RFC 8216, 4.2).
function labelOf({ title, language, role, channels: had }: AudioTrack, channels: number): string {
  const clean = (had > channels ? withoutPlaces(title ?? '') : (title ?? ''))
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replaceAll('"', "'")
    .trim();
  if (clean) return [...clean].slice(0, LONGEST).join('');
  const name = languageName(language) ?? (language === 'und' ? 'Audio' : language);
  return role === 'main' || role === 'dub' ? name : `${name} (${ROLES[role]})`;
}

/** "日本語 5.1" → "日本語", "English (5.1 surround)" → "English". */
function withoutPlaces(title: string): string {
  return title
    .replace(PLACES, ' ')
    .replace(/[([]\s*[)\]]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/(?:\s[-–—,/|])+\s*$|^\s*[-–—,/|]\s/g, '')
    .trim();
}

const PLACES =
  /(?<![\p{L}\p{N}])(?:surround(?: sound)?|\d{1,2}\.[012](?:\.\d)?(?: ?ch)?|\d{1,2} ?ch(?:annels?)?|atmos|e?-?ac-?3|dts(?:-?hd)?(?: ?ma)?|truehd|dolby digital(?: plus)?)(?![\p{L}\p{N}])/giu;

function safeTag(language: string): string {
  return (
    language
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 32) || 'und'
  );
}

// Names that differ only in case look alike to people and are the same to some file systems.
function unique(wanted: string, taken: Set<string>, suffix: (n: number) => string): string {
  let name = wanted;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = wanted + suffix(n);
  taken.add(name.toLowerCase());
  return name;
}

/** A track that becomes a rendition. */
export interface AudioPick {
  /** The left channel, where there is a `right`. */
  readonly track: AudioTrack;
  readonly right: AudioTrack | null;
  readonly isDefault: boolean;
}
