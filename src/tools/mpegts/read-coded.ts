import { frameAt, type CodedPicture, type CodedSegment, type FrameClock } from '../coded/coded-segment.js';
import { readByteStream } from '../h264/nal-units.js';
import { splitAdts } from './adts-frames.js';
import { broken } from './broken.js';
import { nearestTurn } from './clock.js';
import { PacketReader } from './packets.js';
import { readPesStart } from './pes.js';
import { readPat, readPmt } from './tables.js';

/**
 * Takes the elementary stream out of a segment of one stream, with one access unit in each PES of video. `near`: where the
 * segment should begin, ticks. Throws MediactlError('encode-failed') where the bytes are not sound, or a frame is not at a
 * time at which the title has one. Works in `bytes`, which must not be used any more afterwards.
 */
export function readTransportStream(bytes: Buffer, clock: FrameClock, near: number): CodedSegment {
  const { type, units, gaps } = collectUnits(bytes);
  if (gaps > 0) throw broken(`packets are missing: ${gaps} gaps in the continuity counters`);
  if (units.length === 0) throw broken('it has no frame');
  const frameOf = ({ pts }: Unit): number => {
    const frame = frameAt(nearestTurn(pts, near), clock);
    if (frame === null) throw broken(`a frame at tick ${pts} is not on the grid`);
    return frame;
  };
  switch (type) {
    case 0x1b:
      return readVideo(units, frameOf);
    case 0x0f:
      return readAudio(units, frameOf);
    default:
      throw broken(`its stream has type 0x${type.toString(16)}, neither H.264 nor AAC`);
  }
}

/** The bytes of one PES. */
interface Unit {
  readonly pts: number;
  readonly data: Buffer;
}

function collectUnits(bytes: Buffer): { readonly type: number; readonly units: Unit[]; readonly gaps: number } {
  const packets = new PacketReader(bytes);
  const units: Unit[] = [];
  let pmtPid: number | null = null;
  let stream: { readonly pid: number; readonly type: number } | null = null;
  let filled = 0;
  let open: { readonly pts: number; readonly from: number; readonly expected: number | null } | null = null;
  const close = (): void => {
    if (!open) return;
    const data = bytes.subarray(open.from, filled);
    if (open.expected !== null && open.expected !== data.length) throw broken('a frame is cut off');
    units.push({ pts: open.pts, data });
  };
  while (packets.next()) {
    const { pid } = packets;
    if (pid === stream?.pid) {
      let { payloadStart } = packets;
      if (payloadStart >= packets.end) continue;
      if (packets.unitStart) {
        close();
        const { pts, dataStart, dataBytes } = readPesStart(packets);
        payloadStart = dataStart;
        open = { pts, from: filled, expected: dataBytes };
      } else if (!open) throw broken('it starts in the middle of a frame');
      // Over packets that were read: to copy them elsewhere costs twice as much memory, and as much time as all the rest.
      bytes.copyWithin(filled, payloadStart, packets.end);
      filled += packets.end - payloadStart;
    } else if (pid === 0) pmtPid ??= readPat(packets);
    else if (pid === pmtPid && stream === null) {
      const [first, second] = readPmt(packets);
      if (!first || second) throw broken('it has not one stream');
      stream = first;
    }
  }
  close();
  if (!stream) throw broken(pmtPid === null ? 'it has no PAT' : 'it has no PMT');
  return { type: stream.type, units, gaps: packets.discontinuities };
}

function readVideo(units: readonly Unit[], frameOf: (unit: Unit) => number): CodedSegment {
  let sps: readonly Buffer[] | null = null;
  let pps: readonly Buffer[] | null = null;
  const frames: CodedPicture[] = [];
  for (const unit of units) {
    const picture = readByteStream(unit.data);
    if (picture.data.length === 0) throw broken(`access unit ${frames.length} has no picture`);
    if (picture.sps.length > 0) sps = sameSets(sps, picture.sps);
    if (picture.pps.length > 0) pps = sameSets(pps, picture.pps);
    frames.push({ data: picture.data, shown: frameOf(unit), isSync: picture.isSync });
  }
  if (!sps || !pps) throw broken('it has no parameter sets (SPS, PPS)');
  return { kind: 'video', parameters: { sps, pps }, frames };
}

function sameSets(known: readonly Buffer[] | null, found: readonly Buffer[]): readonly Buffer[] {
  if (known === null) return found;
  if (known.length === found.length && known.every((set, i) => found[i]?.equals(set))) return known;
  throw broken('its parameter sets (SPS, PPS) change');
}

function readAudio(units: readonly Unit[], frameOf: (unit: Unit) => number): CodedSegment {
  const [opening] = units;
  const first = opening ? frameOf(opening) : 0;
  const { format, frames, starts } = splitAdts(units.map(({ data }) => data));
  // A PES tells the time of the first frame that begins in it.
  for (const [i, unit] of units.entries()) {
    const begun = starts[i];
    if (begun === null || begun === undefined) continue;
    if (frameOf(unit) !== first + begun) throw broken(`sound is missing or doubled before audio frame ${begun}`);
  }
  return { kind: 'audio', format, first, frames };
}
