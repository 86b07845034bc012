import type { LookDepth } from '../model/media.js';
import type { InputAddress } from '../model/source.js';

/**
 * The input options that ffprobe and every ffmpeg must share, to be put right before `-i`: what a source may
 * open, and how far FFmpeg looks into it for tracks. All of FFmpeg 4.4 … 8 know them.
 *
 * - Of a local file only the protocol `file`: no network, no `concat:`, `subfile:` or `crypto:`. It is named
 *   `file:/absolute/path` (see `localAddress`), so that a file's own name is never read as a protocol or an option.
 * - Of a remote one only `http`, and all of that goes through mediactl's relay (storage/source/relay), which serves
 *   this one source and nothing else.
 * - Only demuxers that read media from the one file they were given. FFmpeg tries a name against this list after
 *   it has looked at the file's content and before the demuxer runs, so a playlist, a concat script, an SDP or a
 *   manifest opens nothing. MOV's external data references are off by default and stay off.
 * - The same probing depth, so that all see the same tracks under the same index. It is deeper than FFmpeg's
 *   default because a broadcast cut in mid-GOP may have its first key frame several seconds in.
 *
 * Once a source is probed, only its own demuxer is left: `format` as FFmpeg named it; null: all that are allowed.
 * `depth`: where a track begins later than usual, how far all must look.
 */
export function inputSafetyArgs(
  { protocols }: InputAddress,
  format: string | null = null,
  depth: LookDepth = USUAL_DEPTH,
): string[] {
  return [
    ...['-protocol_whitelist', protocols],
    ...['-format_whitelist', format ?? ALLOWED_DEMUXERS.join(',')],
    ...['-probesize', String(depth.bytes), '-analyzeduration', String(depth.seconds * 1e6)],
  ];
}

/** A local file: whatever characters are in the path, it is a path. Takes an absolute path. */
export function localAddress(absolutePath: string): InputAddress {
  return { url: `file:${absolutePath}`, protocols: 'file', env: {} };
}

/** How much of a source FFmpeg reads at most to find its tracks. */
export const PROBE_BYTES = 20_000_000;

/** How far FFmpeg looks into a source for the tracks that are in it. */
export const USUAL_DEPTH: LookDepth = { bytes: PROBE_BYTES, seconds: 10 };

/** Where that is not enough, in steps. FFmpeg keeps what it has read until it has found all tracks. */
export const DEEPER: readonly LookDepth[] = [
  { bytes: 100_000_000, seconds: 120 },
  { bytes: 400_000_000, seconds: 3600 },
];

/**
 * FFmpeg's demuxer names; a demuxer with several names is allowed when one of them is listed. Left out on purpose:
 * whatever opens other files or the network (hls, dash, concat, sdp, rtsp, rtp, image2, imf, mlv, vobsub,
 * webm_dash_manifest), devices and generators (lavfi), scripts (avisynth, vapoursynth), still images (*_pipe),
 * text (srt, ass, webvtt, tty, ffmetadata), and headerless formats that any bytes may pass for (s16le, rawvideo, bin).
 */
export const ALLOWED_DEMUXERS: readonly string[] = [
  // Containers.
  ...['mov', 'matroska', 'webm', 'avi', 'flv', 'live_flv', 'asf', 'asf_o', 'mxf', 'gxf', 'nut', 'nsv', 'nuv', 'ogg'],
  ...['mpegts', 'mpeg', 'rm', 'wtv', 'dv', 'dhav', 'ifv', 'pmp', 'lxf', 'lmlm4', 'swf', 'ivf', 'yuv4mpegpipe', 'kux'],
  // Elementary streams.
  ...['h264', 'hevc', 'vvc', 'av1', 'obu', 'm4v', 'mpegvideo', 'h261', 'h263', 'vc1', 'vc1test', 'dirac', 'dnxhd'],
  ...['cavsvideo', 'avs2', 'avs3', 'mjpeg', 'smjpeg', 'mpjpeg', 'gif', 'apng', 'flic', 'bink', 'smk', 'roq'],
  // Sound.
  ...['wav', 'w64', 'aiff', 'caf', 'au', 'flac', 'mp3', 'aac', 'loas', 'ac3', 'eac3', 'truehd', 'mlp', 'dts', 'dtshd'],
  ...['amr', 'amrnb', 'amrwb', 'wv', 'tta', 'ape', 'tak', 'shn', 'mpc', 'mpc8', 'oma', 'aea', 'qcp', 'voc', 'sox'],
  ...['dsf', 'iff', 'avr', 'xwma', 'spdif', 'rso', 'bonk', 'osq', 'qoa', 'xa'],
];
