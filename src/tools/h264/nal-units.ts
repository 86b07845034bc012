import type { AvcParameters } from '../coded/coded-segment.js';

/** ITU-T H.264, table 7-1. */
const [IDR, SPS, PPS, DELIMITER, FILLER] = [5, 7, 8, 9, 12];
const START = Buffer.from([0, 0, 1]);

/** An access unit as MP4 has it, and the parameter sets that were in it. */
export interface AccessUnit {
  readonly data: Buffer;
  readonly isSync: boolean;
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
}

/** An access unit of a byte stream (annex B). Works in `bytes`, which must not be used any more afterwards. */
export function readByteStream(bytes: Buffer): AccessUnit {
  const kept: Buffer[] = [];
  const [sps, pps]: [Buffer[], Buffer[]] = [[], []];
  let isSync = false;
  let inPlace = true;
  let first = -1;
  let last = -1;
  for (let at = bytes.indexOf(START); at !== -1;) {
    const from = at + START.length;
    const next = bytes.indexOf(START, from);
    let to = next === -1 ? bytes.length : next;
    while (next !== -1 && to > from && bytes[to - 1] === 0) to--;
    const type = (bytes[from] ?? 0) & 0x1f;
    if (type === SPS) sps.push(Buffer.from(bytes.subarray(from, to)));
    else if (type === PPS) pps.push(Buffer.from(bytes.subarray(from, to)));
    else if (type !== DELIMITER && type !== FILLER && to > from) {
      if (type === IDR) isSync = true;
      // A start code of four bytes has just the room for a length.
      const hasRoom = at > 0 && bytes[at - 1] === 0;
      inPlace &&= hasRoom && (last === -1 || last === at - 1);
      if (first === -1) first = at - 1;
      last = to;
      kept.push(bytes.subarray(from, to));
    }
    at = next;
  }
  if (kept.length === 0) return { data: Buffer.alloc(0), isSync, sps, pps };
  if (!inPlace) return { data: withLengths(kept), isSync, sps, pps };
  for (const nal of kept) bytes.writeUInt32BE(nal.length, nal.byteOffset - bytes.byteOffset - 4);
  return { data: bytes.subarray(first, last), isSync, sps, pps };
}

function withLengths(nals: readonly Buffer[]): Buffer {
  return Buffer.concat(
    nals.flatMap((nal) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(nal.length);
      return [length, nal];
    }),
  );
}

const LONG_START = Buffer.from([0, 0, 0, 1]);
const DELIMITER_UNIT = Buffer.from([0, 0, 0, 1, DELIMITER, 0xf0]);

/**
 * The parts of an access unit as a byte stream: a delimiter, before an IDR picture the parameter sets, and the NAL units of
 * `data`. Null where the lengths in `data` do not add up.
 */
export function writeByteStream(
  { data, isSync }: Pick<AccessUnit, 'data' | 'isSync'>,
  { sps, pps }: AvcParameters,
): Buffer[] | null {
  const parts: Buffer[] = [DELIMITER_UNIT];
  if (isSync) for (const set of [...sps, ...pps]) parts.push(LONG_START, set);
  let at = 0;
  while (at + 4 <= data.length) {
    const next = at + 4 + data.readUInt32BE(at);
    parts.push(LONG_START, data.subarray(at + 4, next));
    at = next;
  }
  return at === data.length ? parts : null;
}
