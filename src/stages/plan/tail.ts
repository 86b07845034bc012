import type { Grid, Tail, Timeline } from '../../model/plan.js';
import { rational, toNumber } from '../../model/rational.js';

/** What is left over after whole segments is no segment of its own when it is expected to be shorter than this. Seconds. */
const TOO_SHORT = 0.25;
/** Headers may be a little wrong: so much is joined all the same. Seconds. */
const STILL_JOINED = 0.5;
/** How much longer than the pictures a segment of sound may be: two AAC frames of 32 kHz. Seconds. */
const SOUND_OVER = 0.064;

/**
 * Whether the title's last segment takes in what is left over, as far as its length is known. A segment with its tail stays
 * within the target duration as EXT-X-TARGETDURATION is compared (RFC 8216 4.3.3.1: rounded to whole seconds).
 */
export function planTail(
  { frameRate, framesPerSegment, segmentSeconds }: Pick<Grid, 'frameRate' | 'framesPerSegment' | 'segmentSeconds'>,
  { expectedSeconds, expectedFrames }: Pick<Timeline, 'expectedSeconds' | 'expectedFrames'>,
): Tail | null {
  const segment = toNumber(segmentSeconds);
  const room = Math.max(1, Math.round(segment)) + 0.5 - segment - SOUND_OVER;
  const most = Math.min(STILL_JOINED, room - 1e-6);
  if (frameRate === null || framesPerSegment === null) {
    if (expectedSeconds === null) return null;
    const index = Math.floor(expectedSeconds / segment + 1e-6);
    const over = expectedSeconds - index * segment;
    // Times of sound are known to the microsecond.
    if (index === 0 || over < 1e-5 || over > Math.min(TOO_SHORT, most)) return null;
    return { index, longest: rational(Math.floor(most * 1000), 1000) };
  }
  if (expectedFrames === null) return null;
  const rate = toNumber(frameRate);
  const index = Math.floor(expectedFrames / framesPerSegment);
  const over = expectedFrames - index * framesPerSegment;
  if (index === 0 || over === 0 || over > Math.min(TOO_SHORT, most) * rate) return null;
  return { index, longest: rational(Math.floor(most * rate) * frameRate.den, frameRate.num) };
}
