import type { EncodePlan, PicturePlan, VideoPlan, VideoRendition } from '../../model/plan.js';
import { formatRational, toNumber } from '../../model/rational.js';
import { shiftFilter } from './input.js';
import { toneMapFilters } from './tone-map.js';

const SCALE_FLAGS = 'bicubic';

/**
 * The filter graph from the source's video track to one labelled output per rung, `rungs` descending by size.
 * The picture is decoded and prepared once; each rung is scaled from the one above it, which costs a fraction
 * of scaling each from the source. Output labels are [v0], [v1] … in the order of `rungs`.
 */
export function pictureGraph(
  plan: EncodePlan,
  video: VideoPlan,
  rungs: readonly VideoRendition[],
  first: number,
  shiftSeconds: number,
): string {
  const [top, ...lower] = rungs;
  if (!top) throw new RangeError('a picture graph needs a rung');
  const parts = [`[0:${video.trackIndex}]${preparePicture(plan, video, top, first, shiftSeconds).join(',')}`];
  lower.forEach((rung, i) => {
    // Close the open chain with a split: one branch is this level's output, the other feeds the next level.
    parts[parts.length - 1] += `,split=2[v${i}][s${i}]`;
    parts.push(`[s${i}]scale=${rung.width}:${rung.height}:flags=${SCALE_FLAGS}`);
  });
  parts[parts.length - 1] += `[v${rungs.length - 1}]`;
  return parts.join(';');
}

/** Tags a rung's frames: square pixels, limited range, the plan's colours. Costs nothing: no pixel is touched. */
export function tagFilters(video: VideoPlan): string {
  const { primaries, transfer, matrix } = video.color;
  return `setparams=range=tv:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix},setsar=1`;
}

function preparePicture(
  plan: EncodePlan,
  video: VideoPlan,
  top: VideoRendition,
  first: number,
  shiftSeconds: number,
): string[] {
  const { picture } = video;
  const spanStart = first * toNumber(plan.grid.segmentSeconds);
  const hold = plan.timeline.holdLastFrameSeconds;
  return [
    shiftFilter('setpts', shiftSeconds),
    picture.deinterlace && `bwdif=mode=send_frame:parity=${picture.deinterlace}:deint=all`,
    // The grid: frames before the span are dropped, a late first frame is repeated back to the span's start.
    `fps=fps=${formatRational(picture.frameRate)}:start_time=${spanStart.toFixed(6)}:round=near`,
    hold > 0 ? `tpad=stop_mode=clone:stop_duration=${hold.toFixed(6)}` : null,
    ...uprightFilters(picture),
    ...sizeFilters(video, top),
    'format=yuv420p',
  ].filter((filter) => filter !== null);
}

function uprightFilters({ mirror, clockwise }: PicturePlan): string[] {
  const turn = { 0: [], 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] }[clockwise];
  return mirror ? ['hflip', ...turn] : turn;
}

function sizeFilters({ picture, color }: VideoPlan, top: VideoRendition): string[] {
  // Scaled first, still in PQ or HLG, so that the costly work is done on the top rung's pixels and no more.
  if (picture.toneMap) return toneMapFilters(picture.toneMap, picture.inputRange, top);
  if (picture.wideGamut) {
    return [`${zscale(top)}:tin=bt709:min=bt2020nc:pin=bt2020:rin=${picture.inputRange}:r=tv:t=bt709:m=bt709:p=bt709`];
  }
  const size = `scale=${top.width}:${top.height}:flags=${SCALE_FLAGS}`;
  // Naming ranges and matrices makes swscale convert even where there is nothing to do, so only when there is.
  if (picture.inputRange === 'tv' && !picture.matrixConversion) return [size];
  const from = `in_range=${picture.inputRange}:in_color_matrix=${picture.inputMatrix}`;
  return [`${size}:${from}:out_range=tv:out_color_matrix=${scaleMatrix(color.matrix)}`];
}

function zscale({ width, height }: VideoRendition): string {
  return `zscale=w=${width}:h=${height}:f=bicubic`;
}

/** scale's own names for matrices: BT.470BG has the numbers of SMPTE 170M. */
function scaleMatrix(tag: string): string {
  return tag === 'bt470bg' ? 'smpte170m' : tag;
}
