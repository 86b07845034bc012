import type { Packaging } from '../../model/plan.js';
import { toNumber, type Rational } from '../../model/rational.js';

/** HLS with MPEG-TS segments, the only form so far. `frameRate` null: a title without video. */
export function planPackaging(frameRate: Rational | null): Packaging {
  return { container: 'mpegts', manifests: ['hls'], zeroSeconds: zeroOf(frameRate), protection: null };
}

/** FFmpeg's usual 1.4 s, or more where reordering three frames takes longer; whole tenths of a second. */
function zeroOf(frameRate: Rational | null): number {
  return frameRate ? Math.max(1.4, Math.ceil(30 / toNumber(frameRate) - 1e-9) / 10) : 1.4;
}
