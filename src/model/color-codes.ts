import type { OutputColor } from './plan.js';

type Codes = Readonly<Record<string, number>>;

const PRIMARIES: Codes = {
  bt709: 1,
  bt470m: 4,
  bt470bg: 5,
  smpte170m: 6,
  smpte240m: 7,
  film: 8,
  bt2020: 9,
  smpte432: 12,
};
const TRANSFERS: Codes = {
  bt709: 1,
  gamma22: 4,
  bt470m: 4,
  gamma28: 5,
  bt470bg: 5,
  smpte170m: 6,
  smpte240m: 7,
  linear: 8,
  'iec61966-2-4': 11,
  bt1361e: 12,
  'iec61966-2-1': 13,
  'bt2020-10': 14,
  'bt2020-12': 15,
  smpte2084: 16,
  'arib-std-b67': 18,
};
const MATRICES: Codes = { bt709: 1, fcc: 4, bt470bg: 5, smpte170m: 6, smpte240m: 7, bt2020nc: 9, bt2020c: 10 };

/** Code points of ISO/IEC 23091-2 by FFmpeg's names; undefined: it has none. */
export interface ColorCodes {
  readonly primaries: number | undefined;
  readonly transfer: number | undefined;
  readonly matrix: number | undefined;
}

export function colorCodes({ primaries, transfer, matrix }: OutputColor): ColorCodes {
  return { primaries: PRIMARIES[primaries], transfer: TRANSFERS[transfer], matrix: MATRICES[matrix] };
}
