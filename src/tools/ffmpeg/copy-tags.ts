import type { OutputColor } from '../../model/plan.js';

// ISO/IEC 23091-2 (and ITU-T H.264 annex E), by FFmpeg's names.
const PRIMARIES: Readonly<Record<string, number>> = { bt709: 1, bt470m: 4, bt470bg: 5, smpte170m: 6, smpte240m: 7 };
const TRANSFERS: Readonly<Record<string, number>> = {
  bt709: 1,
  gamma22: 4,
  gamma28: 5,
  smpte170m: 6,
  smpte240m: 7,
  'iec61966-2-1': 13,
};
const MATRICES: Readonly<Record<string, number>> = { bt709: 1, fcc: 4, bt470bg: 5, smpte170m: 6, smpte240m: 7 };

/** Whether these tags can be written into parameter sets. */
export function canTag({ primaries, transfer, matrix }: OutputColor): boolean {
  return primaries in PRIMARIES && transfer in TRANSFERS && matrix in MATRICES;
}

/** The bitstream filter that writes tags into the parameter sets of H.264, limited range. See canTag. */
export function tagFilter({ primaries, transfer, matrix }: OutputColor): string {
  const tags = [
    ['video_full_range_flag', 0],
    ['colour_primaries', PRIMARIES[primaries]],
    ['transfer_characteristics', TRANSFERS[transfer]],
    ['matrix_coefficients', MATRICES[matrix]],
  ];
  return `h264_metadata=${tags.map(([name, code]) => `${name}=${code}`).join(':')}`;
}
