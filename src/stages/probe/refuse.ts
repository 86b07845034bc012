import { MediactlError } from '../../errors.js';
import type { LookDepth } from '../../model/media.js';
import { printable } from '../../model/text.js';
import type { FfprobeReport } from '../../tools/ffprobe.js';
import type { Structure } from './container-structure.js';
import type { Sniffed } from './sniff.js';

const NOT_MEDIA_HINT = 'give a video or audio file; "mediactl probe FILE" shows what a file contains';
const TRUNCATED_HINT = 'wait until it is completely written or copied, or fetch it again';

/** What can be refused before FFmpeg sees the file; null when it may look. `path` as the user named it. */
export function refuseByContent(path: string, sniffed: Sniffed, structure: Structure | null): MediactlError | null {
  const name = printable(path);
  if (sniffed.kind === 'playlist') {
    return new MediactlError('input-forbidden', `${name} is ${sniffed.what}, not a media file`, {
      reason: 'it refers to other files or addresses, and mediactl opens only the file it is given',
      hint: 'give the media file itself, or join the parts into one file first',
    });
  }
  const encryption = sniffed.kind === 'encrypted' ? sniffed.what : (structure?.encryption ?? null);
  if (encryption !== null) return encrypted(path, encryption);
  if (sniffed.kind === 'still' && structure?.unreadable !== null && structure !== null)
    return stillImage(path, sniffed.what);
  if (structure !== null && structure.unreadable !== null) {
    const { code, reason } = structure.unreadable;
    const cut = code === 'input-truncated';
    return new MediactlError(code, `${name} cannot be read`, {
      reason,
      hint: cut ? TRUNCATED_HINT : 'join the initialization segment and the fragments into one file first',
    });
  }
  return null;
}

/** ffprobe has rejected the file: `error` is what it said, `messages` its log. */
export function refuseUnopened(
  path: string,
  { sniffed, structure }: { readonly sniffed: Sniffed; readonly structure: Structure | null },
  answer: { readonly error: string; readonly messages: readonly string[] },
): MediactlError {
  const name = printable(path);
  const detail = answer.messages.slice(-5).map(printable);
  if (/permission denied/i.test(answer.error)) {
    return new MediactlError('input-unreadable', `ffprobe cannot read ${name}`, { reason: answer.error, detail });
  }
  if (sniffed.kind === 'still') return stillImage(path, sniffed.what);
  if (structure !== null && structure.missingBytes > 0) {
    return new MediactlError('input-truncated', `${name} cannot be read`, {
      reason: `the end of the file is missing: its header announces ${structure.missingBytes} more bytes`,
      hint: TRUNCATED_HINT,
      detail,
    });
  }
  if (sniffed.kind === 'not-media') {
    return new MediactlError('input-not-media', `${name} is not a media file`, {
      reason: `it is ${sniffed.what}`,
      hint: NOT_MEDIA_HINT,
    });
  }
  const rejected = answer.messages.map((line) => /^\[([^\s@]+) @ [^\]]+\] Format not on whitelist/.exec(line)?.[1]);
  const demuxer = rejected.find((match) => match !== undefined);
  if (demuxer !== undefined && demuxer !== 'bin' && demuxer !== 'tty') {
    return new MediactlError('input-forbidden', `${name} is in a format that mediactl does not open (${demuxer})`, {
      reason: 'only formats that keep the media in the file itself are opened',
      hint: 'convert it to MP4, MOV or Matroska first',
    });
  }
  return new MediactlError('input-not-media', `${name} is not a media file`, {
    reason: demuxer === undefined ? `ffprobe says: ${answer.error}` : 'nothing in it looks like audio or video',
    hint: NOT_MEDIA_HINT,
    ...(demuxer === undefined ? { detail } : {}),
  });
}

/** ffprobe has opened the file, and what is in it is still not something to work with; null when it is. */
export function refuseReport(path: string, sniffed: Sniffed, report: FfprobeReport): MediactlError | null {
  const media = report.streams.filter(({ codec_type }) => codec_type === 'video' || codec_type === 'audio');
  // Matroska's and WebM's encrypted tracks carry their key id as a tag.
  const locked = media.find(({ tags }) => 'enc_key_id' in tags);
  if (locked !== undefined) return encrypted(path, 'WebM encryption');
  // A weak guess with nothing decodable in it: text or noise that happens to look like a codec's sync word.
  const blank = media.every(({ width, sample_rate }) => (width ?? 0) === 0 && (sample_rate ?? 0) === 0);
  const named = media.some(({ codec_name, codec_tag_string }) => codec_name !== null || codec_tag_string !== null);
  const weak = (report.format.probe_score ?? 100) <= WEAK_SCORE;
  if (
    report.streams.length === 0 ||
    (weak && (sniffed.kind === 'not-media' || blank)) ||
    (media.length > 0 && blank && !named)
  ) {
    return new MediactlError('input-not-media', `${printable(path)} is not a media file`, {
      reason: sniffed.kind === 'not-media' ? `it is ${sniffed.what}` : 'it has no track that can be read',
      hint: NOT_MEDIA_HINT,
    });
  }
  return null;
}

// FFmpeg's AVPROBE_SCORE_RETRY: below it, FFmpeg itself calls a detection unlikely to be right.
const WEAK_SCORE = 25;

/** The only moving pictures cannot be decoded. `decodable`: there is a decoder, but nothing for it; `depth`: as far as was looked. */
export function refuseUndecodable(
  path: string,
  codec: string,
  { decodable, depth }: { readonly decodable: boolean; readonly depth: LookDepth },
): MediactlError {
  const name = printable(path);
  if (decodable) {
    return new MediactlError('input-unsupported', `no frame can be decoded from ${name}`, {
      reason: `no complete keyframe of its video track (${codec}) was found in ${describeDepth(depth)}`,
      hint: 'it may be scrambled, or begin later; if it plays elsewhere, remux it there first',
    });
  }
  return new MediactlError('input-unsupported', `the video in ${name} cannot be decoded`, {
    reason: `this FFmpeg has no decoder for ${codec}`,
    hint: 'install a fuller or newer FFmpeg, or convert the file with the program that made it',
  });
}

function stillImage(path: string, what: string): MediactlError {
  return new MediactlError('input-unsupported', `${printable(path)} is ${what}`, {
    reason: 'mediactl makes titles from video or audio',
    hint: 'to show a still image, make a video of it first: ffmpeg -loop 1 -i IMAGE -t 5 -pix_fmt yuv420p still.mp4',
  });
}

function encrypted(path: string, how: string): MediactlError {
  return new MediactlError('input-encrypted', `${printable(path)} is encrypted`, {
    reason: `it is protected by ${how}`,
    hint: 'use the unencrypted master',
  });
}

function describeDepth({ bytes, seconds }: LookDepth): string {
  return `at most the first ${bytes / 1e6} MB or ${seconds} s`;
}
