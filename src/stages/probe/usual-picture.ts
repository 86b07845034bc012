import { divide, formatRational, multiply, parseRational, rational, toNumber } from '../../model/rational.js';
import type { FfprobeStream, FrameScan } from '../../tools/ffprobe.js';

/**
 * A stream with the size, shape and format that most of the pictures looked at have: the header has those of the first
 * one. Of as many of each the header's are taken.
 */
export function asMostPictures(stream: FfprobeStream, frames: readonly FrameScan[]): FfprobeStream {
  const counts = new Map<string, { readonly frame: FrameScan; count: number }>();
  for (const frame of frames) {
    if (frame.width < 1 || frame.height < 1) continue;
    const key = [frame.width, frame.height].join('x');
    const entry = counts.get(key) ?? { frame, count: 0 };
    entry.count += 1;
    counts.set(key, entry);
  }
  const all = [...counts.values()];
  const stated = all.find(({ frame }) => frame.width === stream.width && frame.height === stream.height);
  const most = all.toSorted((a, b) => b.count - a.count)[0];
  // Some codecs' headers have the padded size, which no frame has.
  if (!most || !stated || most.count <= stated.count) return stream;
  const { width, height, sampleAspect, pixelFormat } = most.frame;
  return {
    ...stream,
    width,
    height,
    sample_aspect_ratio: sampleAspect,
    pix_fmt: pixelFormat ?? stream.pix_fmt,
  };
}

/** Below this, pixels are those of a field, twice as high as those of the picture: television's are never so narrow. */
const OF_FIELDS = 0.75;

/** A stream of fields with the size, shape and rate of the pictures that two of them make. */
export function asWovenFields(stream: FfprobeStream): FfprobeStream {
  const aspect = parseRational((stream.sample_aspect_ratio ?? '').replace(':', '/'));
  const isOfField = aspect !== null && aspect.num > 0 && aspect.den > 0 && toNumber(aspect) < OF_FIELDS;
  return {
    ...stream,
    height: stream.height === null ? null : stream.height * 2,
    sample_aspect_ratio: isOfField ? formatRational(multiply(aspect, rational(2))) : stream.sample_aspect_ratio,
    r_frame_rate: halved(stream.r_frame_rate),
    avg_frame_rate: halved(stream.avg_frame_rate),
    nb_frames: stream.nb_frames === null ? null : Math.ceil(stream.nb_frames / 2),
  };
}

function halved(rate: string | null): string | null {
  const parsed = rate === null ? null : parseRational(rate);
  if (parsed === null || parsed.num <= 0) return rate;
  const half = divide(parsed, rational(2));
  return `${half.num}/${half.den}`;
}
