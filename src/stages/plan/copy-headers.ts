import type { CopyReason, CopyReasonCode } from '../../model/copy.js';
import type { VideoTrack } from '../../model/media.js';
import type { InputPlan, PicturePlan, Timeline } from '../../model/plan.js';
import { formatRational, toNumber } from '../../model/rational.js';
import { canTag } from '../../tools/ffmpeg/copy-tags.js';
import type { RatedRung } from './rate.js';
import type { PlanRequest } from './request.js';

/** What is held against each other before a packet is read. */
export interface CopyCandidate {
  readonly track: VideoTrack;
  readonly input: InputPlan;
  readonly timeline: Timeline;
  readonly picture: PicturePlan;
  readonly rung: RatedRung;
  readonly request: Pick<PlanRequest, 'ladder' | 'capabilities'>;
}

/** Why a source cannot be copied as the top rung, as far as its headers tell; empty: nothing is in the way. */
export function headerReasons(candidate: CopyCandidate): CopyReason[] {
  const { input, timeline, request } = candidate;
  const reasons: CopyReason[] = [];
  const add = (code: CopyReasonCode, message: string | null): void => {
    if (message !== null) reasons.push({ code, message, at: null });
  };
  add('codec', codecFault(candidate));
  add('profile', profileFault(candidate));
  add('pixel-format', pixelFault(candidate));
  add('size', sizeFault(candidate));
  add('pixel-aspect', aspectFault(candidate.track));
  add('orientation', isTurned(candidate.track) ? 'the video has to be rotated or mirrored' : null);
  add('interlaced', isProgressive(candidate) ? null : 'the video is, or may be, interlaced');
  add('colour', colorFault(candidate));
  add('frame-rate', rateFault(candidate));
  add('clock', input.mended.length > 0 ? 'the clock of the source has to be corrected' : null);
  add('not-seekable', input.seekable ? null : 'the source cannot be sought');
  const held = Number(timeline.holdLastFrameSeconds.toFixed(3));
  add('held-frame', held > 0 ? `the last frame is held for ${held} s, as the audio goes on` : null);
  add('ffmpeg', hasTools(request) ? null : 'FFmpeg 5.1 or newer is needed to cut packets on the grid');
  return reasons;
}

function codecFault({ track, request }: CopyCandidate): string | null {
  const { codec } = request.ladder.video;
  return track.codec === codec ? null : `its codec is ${track.codec}, the ladder's ${codec}`;
}

/** What each profile of a ladder takes: x264's "baseline" is what FFmpeg calls constrained. */
const PROFILES: Readonly<Record<string, readonly string[]>> = {
  baseline: ['Constrained Baseline'],
  main: ['Constrained Baseline', 'Main'],
  high: ['Constrained Baseline', 'Main', 'High', 'Progressive High', 'Constrained High'],
};

function profileFault({ track, request }: CopyCandidate): string | null {
  const wanted = request.ladder.video.options['profile'] ?? 'high';
  const { profile } = track;
  if (track.codec !== 'h264' || (profile !== null && PROFILES[wanted]?.includes(profile) === true)) return null;
  return `its profile is ${profile ?? 'unknown'}, the ladder's ${wanted}`;
}

function pixelFault({ track: { pixelFormat }, picture }: CopyCandidate): string | null {
  return pixelFormat === picture.pixelFormat
    ? null
    : `its pixel format is ${pixelFormat}, the title's ${picture.pixelFormat}`;
}

function sizeFault({ track: { codedSize, hiddenLines }, rung: { width, height } }: CopyCandidate): string | null {
  if (codedSize.width === width && codedSize.height === height && hiddenLines === 0) return null;
  return `it is ${codedSize.width}×${codedSize.height}, the top rung ${width}×${height}`;
}

function aspectFault({ sampleAspect }: VideoTrack): string | null {
  if (sampleAspect.num === sampleAspect.den) return null;
  return `its pixels are ${formatRational(sampleAspect).replace('/', ':')}, not square`;
}

function isTurned({ orientation: { mirror, clockwise } }: VideoTrack): boolean {
  return mirror || clockwise !== 0;
}

function isProgressive({ track, picture }: CopyCandidate): boolean {
  return track.scan.kind === 'progressive' && !picture.weave && picture.deinterlace === null;
}

function colorFault({ track, picture }: CopyCandidate): string | null {
  const { toneMap, wideGamut, palette, inputRange, matrixConversion, color } = picture;
  if (toneMap !== null || wideGamut) return 'its colours have to be brought to SDR BT.709';
  if (palette || matrixConversion || inputRange === 'pc') return 'its colours have to be converted';
  const { primaries, transfer, matrix } = track.color;
  const differ =
    (primaries ?? color.primaries) !== color.primaries ||
    (transfer ?? color.transfer) !== color.transfer ||
    (matrix ?? color.matrix) !== color.matrix;
  if (differ) return "its colour tags are not the title's";
  return needsTags(track) && !canTag(color) ? 'its colours are not tagged' : null;
}

/** Whether the source leaves some of its colours unsaid. */
export function needsTags({ color: { primaries, transfer, matrix } }: VideoTrack): boolean {
  return primaries === null || transfer === null || matrix === null;
}

/** Headers round: a rate that is nearer than this is held against the packets. */
const SAME_RATE = 0.01;

function rateFault({
  track: { averageFrameRate, realFrameRate },
  picture: { frameRate },
}: CopyCandidate): string | null {
  const own = averageFrameRate ?? realFrameRate;
  if (own === null || own.num === 0) return 'it does not say its frame rate';
  if (Math.abs(toNumber(own) / toNumber(frameRate) - 1) <= SAME_RATE) return null;
  return `it has ${Number(toNumber(own).toFixed(3))} frames a second on average, the title ${formatRational(frameRate)}`;
}

/** The noise filter, which takes out packets, goes by their times from there on. */
function hasTools({ capabilities: { major, minor } }: CopyCandidate['request']): boolean {
  return major > 5 || (major === 5 && minor >= 1);
}
