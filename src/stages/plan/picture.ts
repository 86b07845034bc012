import { VIDEO_ENCODERS } from '../../model/encoders.js';
import type { Container, MediaInfo, VideoTrack } from '../../model/media.js';
import type { PicturePlan } from '../../model/plan.js';
import { formatRational, multiply, rational, type Rational } from '../../model/rational.js';
import { planColor } from './color.js';
import { planDeinterlacing } from './deinterlacing.js';
import type { PlanNotes } from './notes.js';
import type { PlanRequest } from './request.js';

/**
 * Decides what is done to the decoded picture before it is scaled: it is deinterlaced, turned upright, and converted to
 * the title's colours. Throws `tool-lacks-feature` for a filter FFmpeg does not have.
 */
export function planPicture(
  { container }: Pick<MediaInfo, 'container'>,
  track: VideoTrack,
  frameRate: Rational,
  { ladder, deinterlace: asked, capabilities }: Pick<PlanRequest, 'ladder' | 'deinterlace' | 'capabilities'>,
  notes: PlanNotes,
): PicturePlan {
  const [pixelFormat] = VIDEO_ENCODERS[ladder.video.encoder].pixelFormats;
  const { weave, deinterlace } = planDeinterlacing(track, asked, mayChange(track, container), capabilities, notes);
  const { mirror, clockwise } = planOrientation(track, notes);
  sayShape(track, notes);
  sayHiddenLines(track, notes);
  const { input, output } = planColor(track, capabilities, notes);
  sayDepth(track, pixelFormat, notes);
  return {
    trackIndex: track.index,
    codedSize: track.codedSize,
    hiddenLines: track.hiddenLines,
    shape: shapeOf(track),
    weave,
    deinterlace,
    mirror,
    clockwise,
    ...input,
    scaler: capabilities.filters.has('zscale') ? 'zscale' : 'scale',
    frameRate,
    pixelFormat,
    color: output,
  };
}

/** Codecs of broadcasts, whose programmes follow each other in one track, with fields or without. */
const BROADCAST: ReadonlySet<string> = new Set(['mpeg2video', 'h264', 'vc1', 'cavs']);
/** Television has no more lines. */
const MOST_LINES = 1152;

// Costs nothing where no picture has fields.
function mayChange({ codec, codedSize }: VideoTrack, { discontinuous }: Container): boolean {
  return discontinuous && BROADCAST.has(codec) && codedSize.height <= MOST_LINES;
}

/** Exact, where the display size is in whole pixels. */
function shapeOf({ codedSize, hiddenLines, sampleAspect, orientation }: VideoTrack): Rational {
  const shape = multiply(rational(codedSize.width, codedSize.height - hiddenLines), sampleAspect);
  return orientation.clockwise % 180 === 0 ? shape : rational(shape.den, shape.num);
}

function planOrientation({ orientation }: VideoTrack, notes: PlanNotes): VideoTrack['orientation'] {
  const { mirror, clockwise } = orientation;
  const steps = [mirror ? 'mirrored' : null, clockwise === 0 ? null : `rotated ${clockwise}° clockwise`];
  const choice = steps.filter((step) => step !== null).join(', then ');
  if (choice) notes.decide('orientation', choice, 'the file asks players to do so; here the pixels are rotated');
  return orientation;
}

function sayShape({ sampleAspect, displaySize, codedSize }: VideoTrack, notes: PlanNotes): void {
  if (sampleAspect.num === sampleAspect.den) return;
  const choice = `${codedSize.width}×${codedSize.height} shown as ${displaySize.width}×${displaySize.height}`;
  notes.decide(
    'pixel aspect',
    choice,
    `the source's pixels are ${formatRational(sampleAspect).replace('/', ':')}; the title's are square`,
  );
}

function sayHiddenLines({ codedSize, hiddenLines }: VideoTrack, notes: PlanNotes): void {
  if (hiddenLines === 0) return;
  const { width, height } = codedSize;
  notes.decide(
    'visible lines',
    `${height - hiddenLines} of ${height}`,
    `${width}×${height} is IMX (D-10): its first ${hiddenLines} lines are vertical blanking, not video`,
  );
}

function sayDepth({ bitDepth, pixelFormat }: VideoTrack, given: string, notes: PlanNotes): void {
  if (bitDepth <= 8 && !/4(?:44|40|22|11|10)p|uyvy|yuyv/.test(pixelFormat)) return;
  notes.decide('pixel format', `${pixelFormat} → ${given}`, '8-bit 4:2:0 is what every player decodes');
}
