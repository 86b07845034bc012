import type { FrameFlags, Scan } from '../../model/media.js';
import type { FfprobeStream, FrameScan } from '../../tools/ffprobe.js';

const PROGRESSIVE: Scan = { kind: 'progressive' };

// Of a stream that mixes both kinds a quarter is enough: combing is uglier than a progressive frame run through bwdif.
const INTERLACED_SHARE = 0.25;

/**
 * How a track is scanned, from frames of it, if its codec's decoder says that of frames; else by ffprobe's field_order,
 * which is what the container or the first pictures say: "progressive" of streams that begin so, fields of pictures that
 * have none (25p in a 50i wrapper).
 */
export function readScan(
  stream: Pick<FfprobeStream, 'codec_name' | 'field_order'>,
  frames: readonly FrameScan[],
): Scan {
  const codec = stream.codec_name ?? '';
  if (frames.length === 0 || !flagsFrames(codec)) return fromFieldOrder(stream.field_order);
  const interlaced = frames.filter((frame) => frame.interlaced);
  if (interlaced.length < frames.length * INTERLACED_SHARE) return PROGRESSIVE;
  // FFmpeg calls a frame of HEVC interlaced where it is one field; of frames with two it says nothing.
  if (codec === 'hevc') return { kind: 'fields' };
  const topFirst = interlaced.filter((frame) => frame.topFieldFirst).length;
  return { kind: 'interlaced', parity: topFirst * 2 >= interlaced.length ? 'tff' : 'bff' };
}

/** What frames say, in sum; null where there are none. */
export function readFlags(frames: readonly FrameScan[]): FrameFlags | null {
  if (frames.length === 0) return null;
  return {
    pictures: frames.length,
    interlaced: frames.filter((frame) => frame.interlaced).length,
    pulledDown: readPullDown(frames),
  };
}

/** Of film with 3:2 pull-down half the pictures stand longer; fewer are no film. */
const LEAST_FILM_SHARE = 0.08;
const WHOLE_FILM_SHARE = 0.35;
/** Frames that are farther apart were looked at in other places. Seconds. */
const APART = 0.2;

function readPullDown(frames: readonly FrameScan[]): FrameFlags['pulledDown'] {
  const longer = frames.filter(({ repeat }) => repeat > 0).length;
  if (longer < LEAST_FILM_SHARE * frames.length) return 'no';
  // Of two pictures of film, one stands longer.
  const plain = frames.filter((frame, i) => {
    const before = frames[i - 1];
    if (!before || frame.seconds === null || before.seconds === null) return false;
    return frame.repeat === 0 && before.repeat === 0 && Math.abs(frame.seconds - before.seconds) < APART;
  });
  const isWhole = longer >= WHOLE_FILM_SHARE * frames.length && plain.length <= 1;
  return isWhole && frames.every((frame) => !frame.interlaced) ? 'throughout' : 'in-part';
}

/** Codecs whose decoders say of a frame whether it has fields, from the bitstream. */
export function flagsFrames(codec: string): boolean {
  return FLAGGING.has(codec);
}

const FLAGGING: ReadonlySet<string> = new Set([
  ...['h264', 'hevc', 'mpeg2video', 'mpeg1video', 'mpeg4', 'vc1', 'wmv3', 'cavs', 'vvc'],
  ...['dvvideo', 'prores', 'dnxhd', 'ffv1', 'mjpeg', 'mjpegb', 'utvideo', 'magicyuv', 'cfhd'],
]);

// Two letters: the field that is coded first, then the one that is shown first. The second is the parity.
function fromFieldOrder(fieldOrder: string | null): Scan {
  const shownFirst = /^[tb]([tb])$/.exec(fieldOrder ?? '')?.[1];
  if (shownFirst === undefined) return PROGRESSIVE;
  return { kind: 'interlaced', parity: shownFirst === 't' ? 'tff' : 'bff' };
}
