import { divide, rational, toNumber, type Rational } from '../../model/rational.js';
import type { CodedAudio, CodedSegment, CodedVideo } from '../coded/coded-segment.js';
import { writeByteStream } from '../h264/nal-units.js';
import { readSps } from '../h264/sps.js';
import { adtsHeader } from './adts-frames.js';
import { broken } from './broken.js';
import { TICKS_PER_SECOND } from './clock.js';
import { PesWriter, type Pes } from './pes-write.js';
import { writeTables } from './tables-write.js';

/** What a segment's bytes depend on beside what is in it. */
export interface TransportPlace {
  /** How long a frame lasts, seconds. */
  readonly frame: Rational;
  /** Where the title's 0 is, seconds; twice the delay of FFmpeg's muxer. */
  readonly zeroSeconds: number;
  /** The frame with which the segment's chunk begins: times are rounded from there on. */
  readonly chunkFrame: number;
}

/**
 * A segment of one elementary stream, to the byte what FFmpeg's muxer gives where the same stream is encoded into it. Its
 * counters begin at 0 (see continueCounters). Throws MediactlError('encode-failed') for what cannot be carried.
 */
export function writeTransportStream(segment: CodedSegment, place: TransportPlace): Buffer {
  const writer = new PesWriter();
  switch (segment.kind) {
    case 'video':
      writeVideo(segment, place, writer);
      break;
    case 'audio':
      writeAudio(segment, place, writer);
  }
  return Buffer.concat([...writeTables(segment.kind), ...writer.packets]);
}

/** Ticks of the title's 0, and of the delay by which the clock reference (PCR) runs behind. */
function offsets({ zeroSeconds }: TransportPlace): { readonly zero: number; readonly delay: number } {
  return {
    zero: Math.round(zeroSeconds * TICKS_PER_SECOND),
    delay: Math.round((zeroSeconds / 2) * TICKS_PER_SECOND),
  };
}

function clockOf(place: TransportPlace): (frame: number) => number {
  const { frame: length, chunkFrame } = place;
  const { zero } = offsets(place);
  const ticks = (frames: number): number => roundAway((frames * length.num * TICKS_PER_SECOND) / length.den);
  const start = ticks(chunkFrame);
  return (frame) => zero + start + ticks(frame - chunkFrame);
}

function roundAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

function writeVideo({ parameters, frames }: CodedVideo, place: TransportPlace, writer: PesWriter): void {
  const [first] = frames;
  if (!first) throw broken('it has no frame');
  const timeOf = clockOf(place);
  const { delay } = offsets(place);
  const reordered = reorderOf({ parameters, frames }, first.shown);
  const isDue = clockReferences(place, delay);
  for (const [i, frame] of frames.entries()) {
    const data = writeByteStream(frame, parameters);
    if (data === null) throw broken(`the lengths in access unit ${i} do not add up`);
    const [pts, dts] = [timeOf(frame.shown), timeOf(first.shown + i - reordered)];
    if (pts < dts) throw broken(`access unit ${i} would be shown before it is decoded`);
    const clock = dts - delay;
    const isReference = isDue(clock, frame.isSync);
    writer.write({
      streamId: 0xe0,
      pts,
      dts,
      clock: isReference ? clock : null,
      isKey: frame.isSync,
      data,
      sized: false,
    });
  }
}

/** Frames by which decoding runs ahead, so that no picture is late. */
function reorderOf({ parameters, frames }: Pick<CodedVideo, 'parameters' | 'frames'>, base: number): number {
  const needed = frames.reduce((most, { shown }, i) => Math.max(most, base + i - shown), 0);
  const [sps] = parameters.sps;
  return Math.max(needed, (sps && readSps(sps).reordered) ?? 0);
}

/** PCR (ISO/IEC 13818-1 2.7.2: at least each 0.1 s): as many frames apart as go into that, and with each keyframe. */
function clockReferences({ frame }: TransportPlace, delay: number): (clock: number, isKey: boolean) => boolean {
  const ticks = toNumber(divide(frame, rational(1, TICKS_PER_SECOND)));
  const period = ticks * Math.max(1, Math.floor(TICKS_PER_SECOND / 10 / ticks + 1e-9));
  let last = delay - period;
  return (clock, isKey) => {
    const isDue = clock >= last + period - 1e-6;
    if (isDue) last = Math.max(clock - period, last + period);
    return isDue || isKey;
  };
}

/** Bytes of sound in a PES, and ticks from its first frame to the one that goes into the next, at most. */
const SOUND_BYTES = 2930;

function writeAudio({ format, first, frames }: CodedAudio, place: TransportPlace, writer: PesWriter): void {
  const timeOf = clockOf(place);
  const { delay } = offsets(place);
  const longest = Math.floor(delay / 2);
  let bytes = 0;
  let open: { readonly pts: number; readonly data: Buffer[] } | null = null;
  const close = (): void => {
    if (!open) return;
    const { pts, data } = open;
    const pes: Pes = { streamId: 0xc0, pts, dts: pts, clock: pts - delay, isKey: true, data, sized: true };
    writer.write(pes);
  };
  for (const [i, frame] of frames.entries()) {
    const pts = timeOf(first + i);
    const size = frame.length + 7;
    if (open && (bytes + size > SOUND_BYTES || pts - open.pts >= longest)) {
      close();
      open = null;
    }
    if (!open) {
      open = { pts, data: [] };
      bytes = 0;
    }
    open.data.push(adtsHeader(format, frame.length), frame);
    bytes += size;
  }
  close();
}
