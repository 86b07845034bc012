import { AUDIO_ENCODERS } from '../../model/encoders.js';
import type { AudioTrack, Container } from '../../model/media.js';
import { rational } from '../../model/rational.js';
import type { AudioRendition } from '../../model/rendition.js';
import { containerOf } from '../../tools/containers/containers.js';
import { describeTrack, nameAudio, type AudioPick, type NamedAudio } from './audio-names.js';
import type { PlanNotes } from './notes.js';
import type { PlanRequest } from './request.js';
import { requireEncoder } from './require-feature.js';
import { tracksOf } from './sound-pairs.js';
import { audioVersion, type Shared } from './version.js';

/** The audio renditions in each form, with everything that encoders and playlists need to know. Throws `tool-lacks-feature`. */
export function planAudio(
  picked: readonly AudioPick[],
  forms: readonly Shared[],
  carrier: Carrier,
  { ladder, capabilities }: PlanRequest,
  notes: PlanNotes,
): AudioRendition[] {
  if (picked.length === 0) {
    notes.decide('sound', 'none', 'the source has none that can be decoded; the title will be silent');
    return [];
  }
  const { codec, encoder, options, bitrate, sampleRate, channels } = ladder.audio;
  const { samplesPerFrame } = AUDIO_ENCODERS[encoder];
  requireEncoder(capabilities.encoders, encoder, ladder.name);
  return nameAudio(picked, channels).flatMap((named) => {
    const { track, right, isDefault } = named;
    const output = { codec, encoder, options, samplesPerFrame, bitrate, sampleRate, channels };
    const { startSeconds } = track;
    const fold = {
      startSeconds,
      sourceChannels: track.channels,
      discrete: isDiscrete(track),
      downmix: track.channels > channels && !isDiscrete(track),
      limit: isDiscrete(track) ? null : limitOf(track, channels, carrier),
    };
    const rightTrackIndex = right?.index ?? null;
    sayRendition(named, ladder.audio, notes);
    if (fold.discrete) omitChannels(track, notes);
    return forms.map((shared): AudioRendition => {
      const { container } = shared.packaging;
      const timescale = containerOf({ container }).timescale('audio', rational(sampleRate));
      const version = audioVersion(named.name, [track.index, rightTrackIndex], shared, {
        timescale,
        ...output,
        ...fold,
      });
      return {
        kind: 'audio',
        id: `${named.name}-${version}`,
        name: named.name,
        version,
        container,
        timescale,
        trackIndex: track.index,
        rightTrackIndex,
        language: track.language,
        label: named.label,
        isDefault,
        characteristics: CHARACTERISTICS[track.role],
        ...output,
        ...fold,
      };
    });
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

/**
 * Whether a track's channels have no places: a recorder's sixteen, which FFmpeg calls hexadecagonal for their number. To
 * fold them would mix what is no part of one sound.
 */
function isDiscrete({ channels, channelLayout }: AudioTrack): boolean {
  return channels > MOST_PLACES && !/^\d+\.\d/.test(channelLayout ?? '');
}

/** Layouts of more channels than this are named by their places ("22.2"). */
const MOST_PLACES = 8;

function omitChannels(track: AudioTrack, notes: PlanNotes): void {
  const what = `channels 3 to ${track.channels} of ${describeTrack(track)}`;
  const reason = 'the file does not say what they are; the first two are taken as left and right';
  notes.omit(what, reason);
  notes.warn('channels-left-out', `${what} are left out: ${reason}`, track.channels - 2);
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

function sayRendition(named: NamedAudio, out: PlanRequest['ladder']['audio'], notes: PlanNotes): void {
  const { track, right, name, label, isDefault } = named;
  const target = `${out.channels === 2 ? 'stereo' : out.channels === 1 ? 'mono' : `${out.channels} channels`} ${AUDIO_ENCODERS[out.encoder].label} ${out.bitrate / 1000} kb/s`;
  const from = tracksOf(named).map(describeTrack).join(' and ');
  const folded = track.channels > out.channels ? `, ${track.channels} channels mixed down` : '';
  const fold = isDiscrete(track) ? ', channels 1 and 2' : folded;
  notes.decide(
    name,
    `"${label}"${isDefault ? ' (default)' : ''}: ${target}`,
    `from ${from}${right === null ? fold : ', left and right'}${track.language === 'und' ? '; its language is not tagged' : ''}`,
  );
}
