import { colorCodes } from '../../model/color-codes.js';
import type { OutputColor } from '../../model/plan.js';

/** Whether these tags can be written into parameter sets. */
export function canTag(color: OutputColor): boolean {
  return Object.values(colorCodes(color)).every((code) => code !== undefined);
}

/** The bitstream filter that writes tags into the parameter sets of H.264 (annex E), limited range. See canTag. */
export function tagFilter(color: OutputColor): string {
  const { primaries, transfer, matrix } = colorCodes(color);
  const tags = [
    ['video_full_range_flag', 0],
    ['colour_primaries', primaries],
    ['transfer_characteristics', transfer],
    ['matrix_coefficients', matrix],
  ];
  return `h264_metadata=${tags.map(([name, code]) => `${name}=${code}`).join(':')}`;
}
