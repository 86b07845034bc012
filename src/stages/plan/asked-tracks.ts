import { MediactlError } from '../../errors.js';
import type { AudioTrack } from '../../model/media.js';
import { describeTrack } from './audio-names.js';
import { canonicalLanguage } from './language.js';
import { pair, single, tracksOf, type Sound } from './sound-pairs.js';

/**
 * The programmes that --audio-tracks names: "1+2:en", "3:fr:Director", a track by the number that `probe` shows. Throws
 * `no-such-track` for a number that is none, `usage` for two tracks that are no pair and for a language that is none.
 */
export function askedTracks(all: readonly AudioTrack[], usable: readonly AudioTrack[], asked: readonly string[]) {
  return asked.map((text): Sound => {
    const [, left = '', right, tag = '', title = ''] = ITEM.exec(text) ?? [];
    const find = (number: string): AudioTrack => {
      const found = usable.find(({ index }) => index === Number(number));
      if (!found) throw noSuchTrack(number, all, usable);
      return found;
    };
    const sound = right === undefined ? single(find(left)) : pair(find(left), find(right));
    if (sound.right !== null && tracksOf(sound).some(({ channels }) => channels !== 1)) throw noPair(sound);
    const { language, title: ownTitle } = sound.track;
    const track = { ...sound.track, language: tag === '' ? language : languageOf(tag), title: title || ownTitle };
    return { track, right: sound.right };
  });
}

/** "1+2:en:Title"; language and title may be left out. */
const ITEM = /^(\d+)(?:\+(\d+))?(?::([^:]*))?(?::(.*))?$/;

function languageOf(tag: string): string {
  const language = canonicalLanguage(tag);
  if (language !== null) return language;
  throw new MediactlError('usage', `--audio-tracks: "${tag}" is not a language tag`, {
    hint: 'use a tag such as en or pt-BR',
  });
}

function noSuchTrack(number: string, all: readonly AudioTrack[], usable: readonly AudioTrack[]): MediactlError {
  const unusable = all.some(({ index }) => index === Number(number));
  return new MediactlError('no-such-track', `--audio-tracks: there is no audio track ${number}`, {
    reason: unusable ? 'the track is there, but it cannot be decoded' : 'no audio track has that number',
    hint: usable.length === 0 ? 'the source has no audio at all' : `available: ${usable.map(describeTrack).join(', ')}`,
  });
}

function noPair(sound: Sound): MediactlError {
  const numbers = tracksOf(sound).map(({ index }) => index);
  return new MediactlError('usage', `--audio-tracks: ${numbers.join('+')} is not a left and right pair`, {
    reason: `left and right must be tracks of one channel each; these are ${tracksOf(sound).map(describeTrack).join(' and ')}`,
    hint: `list them separately: ${numbers.join(',')}`,
  });
}
