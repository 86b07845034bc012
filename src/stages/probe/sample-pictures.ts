import { plausibleRate } from '../../model/frame-rates.js';
import type { Combing, Scan } from '../../model/media.js';
import { parseRational, toNumber } from '../../model/rational.js';
import type { Source } from '../../model/source.js';
import { ffprobeFrames, type FfprobeFormat, type FfprobeStream, type FrameScan } from '../../tools/ffprobe.js';
import { readGrayPictures } from '../../tools/gray-pictures.js';
import type { Toolbox } from '../../tools/toolbox.js';
import { addUp, lookForFields } from './combing.js';
import { flagsFrames } from './scan-type.js';

/** A track and where it lies in its file. `seconds`: the file's length as far as it is known. */
export interface Sampled {
  readonly stream: FfprobeStream;
  readonly format: FfprobeFormat;
  readonly seconds: number | null;
}

/** Television has no more lines; larger pictures have no fields. */
const MOST_LINES = 1152;
/** Codecs of calls and recordings, whose pictures may change their size in a file that does not say so. */
const RESIZING: ReadonlySet<string> = new Set(['vp8', 'vp9']);

/** Each picture for itself, and large. */
const INTRA: ReadonlySet<string> = new Set([
  ...['dvvideo', 'prores', 'dnxhd', 'ffv1', 'mjpeg', 'mjpegb', 'utvideo', 'magicyuv', 'cfhd'],
]);

/**
 * Decodes a few frames at places spread over a track and tells what they say of themselves; none where its codec has
 * nothing to tell. A title's opening is often unlike the rest of it.
 */
export async function sampleFrames(
  input: Source,
  tools: Toolbox,
  { stream, format, seconds }: Sampled,
  signal?: AbortSignal,
): Promise<FrameScan[]> {
  const codec = stream.codec_name ?? '';
  const places = spread(seconds, input.distant ? 2 : 6);
  const count = countOf(codec, stream, places.length);
  if (count === 0) return [];
  const times = places.map((share) => (share === 0 ? 0 : (format.start_time ?? 0) + share * (seconds ?? 0)));
  const frames = await ffprobeFrames(input.address, tools, { stream: stream.index, times, count }, signal);
  const isSoughtToKeys = !/\bmpegts|\bmpeg\b/.test(format.format_name);
  if (
    isSoughtToKeys ||
    input.distant ||
    times.length < 2 ||
    times.every((_, i) => atPlace(frames, times, i).length > 0)
  )
    return frames;
  // A look that begins far from a key frame sees nothing: it goes on to the next one, of which alone it decodes.
  const further = { stream: stream.index, times, count: TO_KEY_FRAME, keyFramesOnly: true };
  const keys = await ffprobeFrames(input.address, tools, further, signal);
  // Only where sizes change is there something new in them: what a few frames in a row say of fields is worth more.
  if (keys.every(({ width, height }) => width === stream.width && height === stream.height)) return frames;
  return times.flatMap((_, i) => {
    const seen = atPlace(frames, times, i);
    // One of each place, so that those with many frames do not outweigh the others.
    return (seen.length > 0 ? seen : atPlace(keys, times, i)).slice(0, 1);
  });
}

/** Packets that are read at most until a key frame comes: six seconds and more. */
const TO_KEY_FRAME = 300;

/** Those of the frames that were looked at from one of the times on. A seek may land a little before it. */
function atPlace(frames: readonly FrameScan[], times: readonly number[], place: number): FrameScan[] {
  const from = place === 0 ? -Infinity : (times[place] ?? 0) - BEFORE;
  const to = (times[place + 1] ?? Infinity) - BEFORE;
  return frames.filter(({ seconds }) => seconds !== null && seconds >= from && seconds < to);
}

/** Seconds. */
const BEFORE = 1;

// Frames of a place: of what says that it has no fields a few, of pictures that only change their size the key frame.
function countOf(codec: string, stream: FfprobeStream, places: number): number {
  if (RESIZING.has(codec)) return places === 1 ? 0 : 1;
  if (!flagsFrames(codec) || (stream.height ?? 0) > MOST_LINES) return 0;
  if (INTRA.has(codec)) return places === 1 ? 6 : 2;
  if (codec === 'mpeg2video' || stream.field_order !== 'progressive') return { 1: 24, 2: 24, 3: 12 }[places] ?? 8;
  return 4;
}

/** Near the end of a track, with enough pictures behind it. */
const LAST_PLACE = 0.9;

/** Shares of a track's length at which it is looked at. */
export function spread(seconds: number | null, most: number): number[] {
  const places = seconds === null || seconds < 4 ? 1 : seconds < 20 ? Math.min(3, most) : most;
  return Array.from({ length: places }, (_, i) => (i === 0 ? 0 : (i * LAST_PLACE) / (places - 1)));
}

const PLACES = 4;
/** One more than pairs that are compared. */
const PICTURES = 6;
/** Wide enough to see what moves. Pixels. */
const WIDTH = 480;

/** Looks at pictures spread over a track for fields that no flag tells, or that flags tell wrongly; null where it need not. */
export async function sampleCombing(
  input: Source,
  tools: Toolbox,
  { stream, seconds }: Sampled,
  scan: Scan,
  signal?: AbortSignal,
): Promise<Combing | null> {
  if (!isWorthALook(stream, scan)) return null;
  const size = { width: Math.min(WIDTH, stream.width ?? WIDTH), height: stream.height ?? 0 };
  const places = spread(seconds, input.distant ? 2 : PLACES);
  const looked: Combing[] = [];
  for (const share of places) {
    const at = share * (seconds ?? 0);
    const count = places.length === 1 ? 2 * PICTURES : PICTURES;
    const pictures = await readGrayPictures(input.address, tools, { stream: stream.index, at, count, size }, signal);
    looked.push(lookForFields(pictures, size));
  }
  return addUp(looked);
}

/** Faster pictures have no fields. A second. */
const FASTEST_FRAMES = 30.5;
const LEAST_LINES = 200;
/** Lines of television that was recorded with fields for half a century. */
const TELEVISION_LINES: ReadonlySet<number> = new Set([480, 486, 512, 576, 608]);
/** What captures, archives and hardware encoders leave without a flag, or FFmpeg does not read. */
const OFTEN_UNFLAGGED: ReadonlySet<string> = new Set([
  ...['ffv1', 'huffyuv', 'ffvhuff', 'utvideo', 'magicyuv', 'lagarith', 'v210', 'v410', 'r210', 'rawvideo'],
  ...['mjpeg', 'mjpegb', 'ljpeg', 'jpeg2000', 'cfhd', 'snow', 'hevc', 'asv1', 'asv2'],
]);
/** Never television: pictures of screens and of the web. */
const NEVER: ReadonlySet<string> = new Set([
  ...['vp8', 'vp9', 'av1', 'gif', 'png', 'apng', 'webp', 'bmp', 'tiff', 'qtrle', 'zmbv', 'tscc', 'tscc2', 'cscd'],
  ...['flashsv', 'flashsv2', 'msrle', 'rasc', 'screenpresso', 'g2m', 'flic', 'smackvideo', 'bink', 'dxv', 'hap'],
]);

function isWorthALook(stream: FfprobeStream, scan: Scan): boolean {
  const codec = stream.codec_name ?? '';
  const lines = stream.height ?? 0;
  if (scan.kind === 'fields' || NEVER.has(codec) || lines < LEAST_LINES || lines > MOST_LINES) return false;
  if (scan.kind === 'interlaced') return true;
  const stated = [stream.avg_frame_rate, stream.r_frame_rate].map((text) => plausibleRate(parseRational(text ?? '')));
  const rate = stated.find((one) => one !== null);
  if (rate === undefined || rate === null || toNumber(rate) > FASTEST_FRAMES) return false;
  return OFTEN_UNFLAGGED.has(codec) || TELEVISION_LINES.has(lines);
}
