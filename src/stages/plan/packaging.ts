import type { Packaging } from '../../model/packaging.js';
import { toNumber, type Rational } from '../../model/rational.js';

/** The forms of a title, by the setting of that name. `frameRate` null: a title without video. */
export function planPackaging(format: 'hls' | 'cmaf' | 'hls,cmaf', frameRate: Rational | null): readonly Packaging[] {
  const hls: Packaging = { container: 'mpegts', manifests: ['hls'], zeroSeconds: zeroOf(frameRate), protection: null };
  // Times are the title's own: negative composition offsets take the place of a later start.
  const cmaf: Packaging = { container: 'fmp4', manifests: ['hls', 'dash'], zeroSeconds: 0, protection: null };
  return { hls: [hls], cmaf: [cmaf], 'hls,cmaf': [hls, cmaf] }[format];
}

/** FFmpeg's usual 1.4 s, or more where reordering three frames takes longer; whole tenths of a second. */
function zeroOf(frameRate: Rational | null): number {
  return frameRate ? Math.max(1.4, Math.ceil(30 / toNumber(frameRate) - 1e-9) / 10) : 1.4;
}
