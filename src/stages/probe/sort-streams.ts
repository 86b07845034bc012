import type { OtherTrack, Warning } from '../../model/media.js';
import type { FfprobeReport, FfprobeStream } from '../../tools/ffprobe.js';
import { isCover } from './cover.js';
import { streamsOfOtherPrograms } from './programs.js';

/** A file's streams by what they are, each kind in the file's order. */
export interface SortedStreams {
  readonly motion: readonly FfprobeStream[];
  readonly covers: readonly FfprobeStream[];
  readonly audio: readonly FfprobeStream[];
  readonly text: readonly FfprobeStream[];
  readonly other: readonly OtherTrack[];
  /** Moving pictures that cannot be decoded here; also listed in `other`. */
  readonly undecodable: readonly FfprobeStream[];
  readonly warnings: readonly Warning[];
}

/** Sorts by type and content. `decoders`: names of codecs that can be decoded; null when nobody had reason to ask. */
export function sortStreams(report: FfprobeReport, decoders: ReadonlySet<string> | null): SortedStreams {
  const elsewhere = streamsOfOtherPrograms(report);
  const here = report.streams.filter(({ index }) => !elsewhere.has(index));
  const covers = here.filter((stream) => stream.codec_type === 'video' && isCover(stream, here));
  const moving = here.filter((stream) => stream.codec_type === 'video' && !covers.includes(stream));
  const sounding = here.filter(({ codec_type }) => codec_type === 'audio');
  const text = here.filter(({ codec_type }) => codec_type === 'subtitle');

  const undecodable = moving.filter((stream) => !hasPicture(stream) || !canDecode(stream, decoders));
  const silent = sounding.filter((stream) => canDecode(stream, decoders) && !hasSound(stream));
  const plainCovers = covers.filter(hasPicture);
  const motion = moving.filter((stream) => !undecodable.includes(stream));
  const audio = sounding.filter((stream) => !silent.includes(stream));

  const taken = new Set([...motion, ...plainCovers, ...audio, ...text]);
  const rest = report.streams.filter((stream) => !taken.has(stream));
  return {
    motion,
    covers: plainCovers,
    audio,
    text,
    other: rest.map((stream) => describeOther(stream, elsewhere.has(stream.index))),
    undecodable,
    warnings: [
      ...undecodable.map((stream) => unreadable(stream, canDecode(stream, decoders))),
      ...silent.map((stream) => unreadable(stream, true)),
      ...otherPrograms(report, elsewhere),
    ],
  };
}

/** A stream whose format ffprobe could not tell: no decoder, or nothing in it that can be decoded. */
export function isDoubtful(stream: FfprobeStream): boolean {
  if (stream.codec_type === 'video') return !hasPicture(stream);
  return stream.codec_type === 'audio' && (stream.sample_fmt === null || !hasSound(stream));
}

/** FFmpeg has a decoder for the stream's codec. */
export function canDecode(stream: FfprobeStream, decoders: ReadonlySet<string> | null): boolean {
  if (stream.codec_name === null) return false;
  return decoders === null || !isDoubtful(stream) || decoders.has(stream.codec_name);
}

function hasPicture(stream: FfprobeStream): boolean {
  return stream.codec_name !== null && stream.pix_fmt !== null && (stream.width ?? 0) > 0 && (stream.height ?? 0) > 0;
}

function hasSound(stream: FfprobeStream): boolean {
  return (stream.sample_rate ?? 0) > 0 && (stream.channels ?? 0) > 0;
}

function describeOther(stream: FfprobeStream, isElsewhere: boolean): OtherTrack {
  return { index: stream.index, kind: isElsewhere ? 'other-program' : otherKind(stream), codec: codecLabel(stream) };
}

function otherKind(stream: FfprobeStream): OtherTrack['kind'] {
  if (stream.codec_type === 'attachment') return 'attachment';
  if (stream.codec_type !== 'data') return 'unknown';
  return stream.codec_tag_string === 'tmcd' ? 'timecode' : 'data';
}

/** FFmpeg's codec name, else the container's four letters, else "unknown". */
export function codecLabel(stream: FfprobeStream): string {
  const tag = stream.codec_tag_string;
  return stream.codec_name ?? (tag !== null && !tag.startsWith('[0]') ? tag : 'unknown');
}

function unreadable(stream: FfprobeStream, decodable: boolean): Warning {
  const what = `${stream.codec_type ?? 'unknown'} track ${stream.index} (${codecLabel(stream)})`;
  return decodable
    ? { code: 'track-empty', message: `${what} contains nothing that can be decoded; it is left out` }
    : { code: 'track-undecodable', message: `this FFmpeg has no decoder for ${what}; it is left out` };
}

function otherPrograms({ programs }: FfprobeReport, elsewhere: ReadonlySet<number>): Warning[] {
  if (elsewhere.size === 0) return [];
  const filled = programs.filter(({ streams }) => streams.length > 0);
  const main = filled.find(({ streams }) => !streams.some(({ index }) => elsewhere.has(index))) ?? filled[0];
  const message = `the file has ${filled.length} programs; only program ${main?.program_id ?? '?'}, which has the largest video, is used`;
  return [{ code: 'other-programs', message, count: filled.length - 1 }];
}
