import { isSteady, plausibleRate, STANDARD_RATES } from '../../model/frame-rates.js';
import type { PictureTimes } from '../../model/media.js';
import { parseRational, toNumber, type Rational } from '../../model/rational.js';
import type { Source } from '../../model/source.js';
import { readPackets } from '../../tools/ffprobe-packets.js';
import type { FfprobeStream } from '../../tools/ffprobe.js';
import type { Toolbox } from '../../tools/toolbox.js';

/** A remote source is read for this only when it is not larger. Bytes. */
const MOST_DISTANT_BYTES = 32_000_000;

/**
 * Reads the times of all pictures of a track whose rate varies, without decoding: the average says nothing of a recording
 * of a screen that stands still and then moves at 60 pictures a second. Null where the rate does not vary and is a usual one, and of a large remote
 * source. Errors as readPackets.
 */
export async function readPictureTimes(
  input: Source,
  tools: Toolbox,
  stream: FfprobeStream,
  signal?: AbortSignal,
): Promise<PictureTimes | null> {
  const real = plausibleRate(rate(stream.r_frame_rate));
  const average = plausibleRate(rate(stream.avg_frame_rate));
  if (average === null || (real !== null && isSteady(real, average) && isUsual(real))) return null;
  if (input.distant && input.identity.bytes > MOST_DISTANT_BYTES) return null;
  const counter = countLost();
  await readPackets(input.address, tools, ({ pts, dts }) => counter.add(pts ?? dts), signal, stream.index);
  return counter.result();
}

/** Near a rate that cameras and programs have; others are averages that a muxer has written down as a rate. */
function isUsual(rate: Rational): boolean {
  return STANDARD_RATES.some((one) => Math.abs(toNumber(one) / toNumber(rate) - 1) < 1e-3);
}

/** Packets come in the order of decoding: a picture is at most so many places from where it is shown. */
const REORDERED = 32;

/** Counts, for each standard rate, the pictures that come within one frame of it. */
export function countLost(): { add(seconds: number | null): void; result(): PictureTimes } {
  const waiting: number[] = [];
  const rates = STANDARD_RATES.map((one) => ({ rate: one, perSecond: toNumber(one), last: -1, lost: 0 }));
  let first: number | null = null;
  let pictures = 0;
  const show = (seconds: number): void => {
    first ??= seconds;
    pictures += 1;
    for (const one of rates) {
      // As the fps filter rounds; times of half a frame are rounded away from zero.
      const frame = Math.floor((seconds - first) * one.perSecond + 0.5 + 1e-6);
      if (frame <= one.last) one.lost += 1;
      one.last = Math.max(one.last, frame);
    }
  };
  return {
    add(seconds) {
      if (seconds === null) return;
      let at = waiting.length;
      while (at > 0 && (waiting[at - 1] ?? 0) > seconds) at -= 1;
      waiting.splice(at, 0, seconds);
      if (waiting.length > REORDERED) show(waiting.shift() ?? 0);
    },
    result() {
      for (const seconds of waiting.splice(0)) show(seconds);
      return { pictures, lost: rates.map((one) => ({ rate: one.rate, pictures: one.lost })) };
    },
  };
}

function rate(text: string | null) {
  return text === null ? null : parseRational(text);
}
