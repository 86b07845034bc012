import type { AudioTrack, DolbyVision, TextTrack, VideoTrack, Warning } from '../../model/media.js';
import { parseRational, type Rational } from '../../model/rational.js';
import type { FfprobeFormat, FfprobeSideData, FfprobeStream } from '../../tools/ffprobe.js';
import { readBitRate } from './bit-rate.js';
import { bitDepthOf, readColor, readDynamicRange } from './color.js';
import { aspectOfShown, displaySize, hiddenLinesOf, readSampleAspect } from './display-size.js';
import { lightOf } from './extras.js';
import { toBcp47 } from './language.js';
import { readOrientation } from './orientation.js';
import { codecLabel } from './sort-streams.js';
import { readFrameCount, readTiming } from './timing.js';

/** What is known of a track's pictures from looking at some of them. */
export type SeenPictures = Pick<VideoTrack, 'scan' | 'flags' | 'combing' | 'times'>;

export const UNSEEN: SeenPictures = { scan: { kind: 'progressive' }, flags: null, combing: null, times: null };

/** A stream with a picture, normalised; the warnings are about odd headers. */
export function toVideoTrack(
  stream: FfprobeStream,
  format: FfprobeFormat,
  known: { readonly role: VideoTrack['role'] } & SeenPictures,
): { track: VideoTrack; warnings: Warning[] } {
  const codedSize = { width: stream.width ?? 0, height: stream.height ?? 0 };
  const { sampleAspect: stated, warning: aspectWarning } = readSampleAspect(stream.sample_aspect_ratio);
  const hiddenLines = hiddenLinesOf(stream.codec_name ?? '', codedSize);
  const sampleAspect = aspectOfShown(codedSize, hiddenLines, stated);
  const { orientation, warning: turnWarning } = orientationOf(stream);
  const dolbyVision = readDolbyVision(stream.side_data_list);
  const color = readColor(stream);
  const pixelFormat = stream.pix_fmt ?? 'unknown';
  const track: VideoTrack = {
    ...common(stream, format),
    profile: stream.profile,
    bitRate: readBitRate(stream),
    role: known.role,
    codedSize,
    hiddenLines,
    sampleAspect,
    orientation,
    displaySize: displaySize(codedSize, sampleAspect, orientation, hiddenLines),
    realFrameRate: rate(stream.r_frame_rate),
    averageFrameRate: rate(stream.avg_frame_rate),
    frames: readFrameCount(stream),
    pixelFormat,
    bitDepth: bitDepthOf(pixelFormat),
    color,
    dynamicRange: readDynamicRange(color.transfer, dolbyVision?.profile ?? null),
    dolbyVision,
    ...lightOf(stream.side_data_list),
    scan: known.scan,
    flags: known.flags,
    combing: known.combing,
    times: known.times,
  };
  return { track, warnings: [aspectWarning, turnWarning].filter((warning) => warning !== null) };
}

/** `decodable`: FFmpeg has a decoder for it. */
export function toAudioTrack(stream: FfprobeStream, format: FfprobeFormat, decodable: boolean): AudioTrack {
  return {
    ...common(stream, format),
    profile: stream.profile,
    bitRate: readBitRate(stream),
    sampleRate: stream.sample_rate ?? 0,
    channels: stream.channels ?? 0,
    channelLayout: stream.channel_layout,
    role: audioRole(stream),
    decodable,
  };
}

export function toTextTrack(stream: FfprobeStream, format: FfprobeFormat): TextTrack {
  return {
    ...common(stream, format),
    form: BITMAP_SUBTITLES.has(stream.codec_name ?? '') ? 'bitmap' : 'text',
    isForced: stream.disposition['forced'] === 1,
  };
}

// Teletext and ARIB captions come out of FFmpeg's decoders as pictures unless it is built with extra libraries.
const BITMAP_SUBTITLES = new Set([
  'hdmv_pgs_subtitle',
  'dvd_subtitle',
  'dvb_subtitle',
  'dvb_teletext',
  'xsub',
  'arib_caption',
]);

function common(stream: FfprobeStream, format: FfprobeFormat) {
  const title = tag(stream, 'title') ?? handlerName(stream);
  return {
    index: stream.index,
    codec: codecLabel(stream),
    ...readTiming(stream, format),
    // DVB's dual mono says "eng,fra".
    language: toBcp47(tag(stream, 'language')?.split(/[,/]/)[0]),
    title: title === null || title.trim() === '' ? null : title,
    isDefault: stream.disposition['default'] === 1,
  };
}

function audioRole(stream: FfprobeStream): AudioTrack['role'] {
  const is = (name: string) => stream.disposition[name] === 1;
  if (is('comment')) return 'commentary';
  if (is('visual_impaired') || is('descriptions')) return 'descriptions';
  if (is('clean_effects')) return 'clean-effects';
  if (is('dub')) return 'dub';
  const title = tag(stream, 'title') ?? '';
  if (/\bcommentary\b/i.test(title)) return 'commentary';
  return /\b(?:audio|video) descriptions?\b|\bdescriptive\b/i.test(title) ? 'descriptions' : 'main';
}

function orientationOf(stream: FfprobeStream) {
  const turned = stream.side_data_list.find((data) => data.displaymatrix !== null || data.rotation !== null);
  return readOrientation({
    displayMatrix: turned?.displaymatrix ?? null,
    rotation: turned?.rotation ?? null,
    rotateTag: tag(stream, 'rotate'),
  });
}

function readDolbyVision(sideData: readonly FfprobeSideData[]): DolbyVision | null {
  const record = sideData.find(({ dv_profile }) => dv_profile !== null);
  if (record === undefined || record.dv_profile === null) return null;
  return { profile: record.dv_profile, baseLayerCompatibility: record.dv_bl_signal_compatibility_id ?? 0 };
}

function rate(text: string | null): Rational | null {
  const parsed = text === null ? null : parseRational(text);
  return parsed === null || parsed.num <= 0 ? null : parsed;
}

// MP4 has no other place for a track's name; most writers leave a generic word there.
function handlerName(stream: FfprobeStream): string | null {
  const name = tag(stream, 'handler_name');
  return name === null ||
    /handler|core media|gpac|^(?:\W|ISO Media|mainconcept|videohandle|soundhandle)|alias|apple/i.test(name)
    ? null
    : name;
}

/** Tag names differ in case among muxers ("language", "LANGUAGE"). */
function tag(stream: FfprobeStream, name: string): string | null {
  const key = Object.keys(stream.tags).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? null : (stream.tags[key] ?? null);
}
