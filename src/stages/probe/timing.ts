import type { FfprobeFormat, FfprobeStream } from '../../tools/ffprobe.js';

/** Start and length of a track on the container's timeline, seconds. */
export interface Timing {
  readonly startSeconds: number;
  readonly durationSeconds: number | null;
}

/** From the stream's own fields, else from Matroska's DURATION tag; a track without a start begins with the container. */
export function readTiming(stream: FfprobeStream, format: FfprobeFormat): Timing {
  const startSeconds = stream.start_time ?? format.start_time ?? 0;
  return { startSeconds, durationSeconds: positive(stream.duration) ?? matroskaDuration(stream, startSeconds) };
}

/** "00:00:10.287000000" → 10.287; null for anything else. */
export function parseClock(text: string): number | null {
  const match = /^(\d+):([0-5]?\d):([0-5]?\d(?:\.\d+)?)$/.exec(text.trim());
  return match ? Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]) : null;
}

// Tags may carry a language: "DURATION-eng". FFmpeg writes the time of the track's end there, mkvmerge (which also
// writes statistics tags) its length.
function matroskaDuration(stream: FfprobeStream, startSeconds: number): number | null {
  const names = Object.keys(stream.tags);
  const name = names.find((key) => /^DURATION(?:-\w+)?$/i.test(key));
  const clock = name === undefined ? null : parseClock(stream.tags[name] ?? '');
  if (clock === null) return null;
  const isLength = names.some((key) => /^_STATISTICS_WRITING_APP/i.test(key));
  return positive(Number((isLength ? clock : clock - startSeconds).toFixed(6)));
}

/** Frames that the header promises: nb_frames, else mkvmerge's statistics tag. */
export function readFrameCount(stream: FfprobeStream): number | null {
  if (stream.nb_frames !== null && stream.nb_frames > 0) return stream.nb_frames;
  const name = Object.keys(stream.tags).find((key) => /^NUMBER_OF_FRAMES(?:-\w+)?$/i.test(key));
  const counted = Number(name === undefined ? NaN : stream.tags[name]);
  return Number.isSafeInteger(counted) && counted > 0 ? counted : null;
}

function positive(seconds: number | null): number | null {
  return seconds !== null && seconds > 0 ? seconds : null;
}
