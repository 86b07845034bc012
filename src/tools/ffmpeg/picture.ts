import type { EncodePlan, PicturePlan } from '../../model/plan.js';
import { formatRational, toNumber } from '../../model/rational.js';
import { streamsOf, videoOf, type VideoRendition } from '../../model/rendition.js';
import { readTrack } from './input.js';
import { measurePictures } from './measure.js';
import { boxFilter, oneSizeFilter, SCALE_FLAGS, sizeOptions } from './picture-size.js';
import { toneMapFilters } from './tone-map.js';

/**
 * The filter graph from the source's video track to one labelled output per stream of `wanted`, descending by size.
 * The picture is decoded and prepared once; each rung is scaled from the one above it, which costs a fraction of
 * scaling each from the source. Rungs above a wanted one are scaled through even when they are not wanted
 * themselves, so that a rung's pictures do not depend on what is encoded beside it. `measureFd`: where the times of what is
 * read are told (see measure.ts). Labels are [v0], [v1] …
 */
export function pictureGraph(
  plan: EncodePlan,
  picture: PicturePlan,
  wanted: readonly VideoRendition[],
  frames: FrameRange,
  shiftSeconds: number,
  measureFd: number | null,
): string {
  const outputs = new Set(wanted.map(({ name }) => name));
  const rungs = streamsOf(videoOf(plan)).flatMap(([rung]) => rung ?? []);
  const chain = rungs.slice(0, rungs.findLastIndex(({ name }) => outputs.has(name)) + 1);
  const [top, ...lower] = chain;
  if (!top) throw new RangeError('a picture graph needs a rung of its plan');
  let label = 0;
  const source = readTrack(plan, picture.trackIndex, 'video', shiftSeconds);
  const measured = measureFd === null ? '' : measurePictures(measureFd, endOf(picture, frames));
  const woven = weaveFilters(picture).map((filter) => `${filter},`);
  let graph = `${source}${woven.join('')}${measured}${preparePicture(plan, picture, top, frames).join(',')}`;
  // zscale goes by the tags of the frames, which must be those of the title from here on.
  if (lower.length > 0) graph += `,${tagFilters(picture)}`;
  for (const [i, rung] of lower.entries()) {
    const above = chain[i];
    // One branch is the output of the rung above, the other feeds this one.
    if (above && outputs.has(above.name)) graph += `,split=2[v${label}][s${label}];[s${label++}]`;
    else graph += ',';
    graph += lowerScale(picture, rung);
  }
  return `${graph}[v${label}]`;
}

/** Tags a rung's frames: square pixels, limited range, the plan's colours. Costs nothing: no pixel is touched. */
export function tagFilters({ color }: PicturePlan): string {
  const { primaries, transfer, matrix } = color;
  return `setparams=range=tv:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix},setsar=1`;
}

function lowerScale({ scaler }: PicturePlan, { width, height }: VideoRendition): string {
  const options = { zscale: 'f=bicubic', scale: `flags=${SCALE_FLAGS}` }[scaler];
  return `${scaler}=${width}:${height}:${options}`;
}

function preparePicture(plan: EncodePlan, picture: PicturePlan, top: VideoRendition, frames: FrameRange): string[] {
  // Up to a whole frame: the last of the sound is not to be cut.
  const { holdLastFrameSeconds, countedFrames } = plan.timeline;
  const held = Math.ceil(holdLastFrameSeconds * toNumber(picture.frameRate) - 1e-3);
  // A decoder may lose the last frames, which a rung that is copied has: `frames` ends where that does.
  const hold = countedFrames === undefined ? held : (plan.grid.framesPerSegment ?? held);
  return [
    needsOneSize(picture) && oneSizeFilter(picture),
    ...croppedFilters(picture),
    picture.palette && 'format=rgb24',
    ...fieldFilters(picture),
    // The grid: frames before the range are dropped, a late first frame is repeated back to its start.
    `fps=fps=${formatRational(picture.frameRate)}:start_time=${frames.startSeconds.toFixed(6)}:round=near`,
    hold > 0 ? `tpad=stop_mode=clone:stop=${hold}` : null,
    trimFilter(frames),
    ...uprightFilters(picture),
    ...sizeFilters(picture, top),
    `format=${picture.pixelFormat}`,
    boxFilter(top),
  ].filter((filter) => typeof filter === 'string');
}

/** Where the frames end that are wanted, seconds; null: with the source. */
function endOf({ frameRate }: PicturePlan, { startSeconds, skip, count }: FrameRange): number | null {
  return count === null ? null : startSeconds + (skip + count) / toNumber(frameRate);
}

/**
 * Fields are put together in pairs that begin with a top one, at its time: one whose other half was lost is left out. The
 * filter takes their shape for that of a field.
 */
function weaveFilters(picture: PicturePlan): string[] {
  if (!picture.weave) return [];
  const { width, height } = picture.codedSize;
  const { shape, clockwise } = picture;
  const upright = clockwise % 180 === 0 ? toNumber(shape) : 1 / toNumber(shape);
  const pairs = "select='st(1,ld(0));st(0,eq(interlace_type,TOPFIRST));abs(ld(0)-ld(1))'";
  return [oneSizeFilter(picture), pairs, 'tinterlace=mode=merge', `setsar=${((upright * height) / width).toFixed(6)}`];
}

function fieldFilters(picture: PicturePlan): string[] {
  if (picture.deinterlace === null) return [];
  const { parity, pictures } = picture.deinterlace;
  const deinterlaced = `bwdif=mode=send_frame:parity=${parity}:deint=${pictures === 'all' ? 'all' : 'interlaced'}`;
  return pictures === 'combed' ? ['idet', deinterlaced] : [deinterlaced];
}

/** All but the clock's filters and scale itself are made for pictures of one size, which woven ones have. */
function needsOneSize(picture: PicturePlan): boolean {
  const { weave, deinterlace, mirror, clockwise, toneMap, wideGamut, palette, hiddenLines } = picture;
  const turned = mirror || clockwise !== 0;
  if (weave) return false;
  return deinterlace !== null || turned || toneMap !== null || wideGamut || palette || hiddenLines > 0;
}

/** The shape that the file states is that of all lines or of those that are shown; the plan knows which. */
function croppedFilters({ codedSize: { width, height }, hiddenLines, shape, clockwise }: PicturePlan): string[] {
  if (hiddenLines === 0) return [];
  const shown = height - hiddenLines;
  const upright = clockwise % 180 === 0 ? toNumber(shape) : 1 / toNumber(shape);
  return [`crop=${width}:${shown}:0:${hiddenLines}`, `setsar=${((upright * shown) / width).toFixed(6)}`];
}

/** Frames of the title, by the grid. */
export interface FrameRange {
  /** Where the source is read from, title time in seconds: the first wanted frame, or before it (see frameRange). */
  readonly startSeconds: number;
  /** Frames from there that are not wanted. */
  readonly skip: number;
  /** Wanted frames; null: all to the end. */
  readonly count: number | null;
}

/** Seconds before the end of the pictures, by the headers: from there on the last picture is surely seen. */
const LAST_PICTURE_SECONDS = 1;

/**
 * The frames of segments `first` up to `end` (null: to the end). Where only the last picture, held, is wanted, reading
 * begins a little before it.
 */
export function frameRange({ grid, timeline }: EncodePlan, first: number, end: number | null): FrameRange {
  const { framesPerSegment, frameRate } = grid;
  if (framesPerSegment === null || frameRate === null) throw new RangeError('a title without video has no frames');
  const { expectedSeconds, holdLastFrameSeconds, part, countedFrames } = timeline;
  const rate = toNumber(frameRate);
  const wanted = first * framesPerSegment;
  const pictureEnd =
    holdLastFrameSeconds > 0 && expectedSeconds !== null ? expectedSeconds - holdLastFrameSeconds : Infinity;
  const start = Math.max(0, Math.min(wanted, Math.floor((pictureEnd - LAST_PICTURE_SECONDS) * rate)));
  const partEnd = part?.length ? Math.round(toNumber(part.length) * rate) : Infinity;
  const titleEnd = Math.min(partEnd, countedFrames ?? Infinity);
  const last = Math.min(end === null ? Infinity : end * framesPerSegment, titleEnd);
  return {
    startSeconds: start / rate,
    skip: wanted - start,
    count: Number.isFinite(last) ? Math.max(0, last - wanted) : null,
  };
}

function trimFilter({ skip, count }: FrameRange): string | null {
  const parts = [skip > 0 ? `start_frame=${skip}` : null, count === null ? null : `end_frame=${skip + count}`].filter(
    (part) => part !== null,
  );
  return parts.length === 0 ? null : `trim=${parts.join(':')}`;
}

function uprightFilters({ mirror, clockwise }: PicturePlan): string[] {
  const turn = { 0: [], 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] }[clockwise];
  return mirror ? ['hflip', ...turn] : turn;
}

function sizeFilters(picture: PicturePlan, top: VideoRendition): string[] {
  const size = `scale=${sizeOptions(top, picture.shape)}:flags=${SCALE_FLAGS}`;
  // After zscale, which does not see that a shape changes, scale has something to do only then.
  const converted = `format=${picture.pixelFormat}`;
  // Scaled first, still in PQ or HLG, so that the costly work is done on the top rung's pixels and no more.
  if (picture.toneMap) return [...toneMapFilters(picture.toneMap, picture.inputRange, top), converted, size];
  if (picture.wideGamut) {
    // By way of RGB, where a colour that BT.709 has not is cut to the nearest; in YUV it would lose its brightness.
    return [
      `${zscale(top)}:tin=bt709:min=bt2020nc:pin=bt2020:rin=${picture.inputRange}:t=bt709:p=bt709:m=gbr:r=pc`,
      'format=gbrp12le',
      'zscale=tin=bt709:pin=bt709:rin=pc:t=bt709:p=bt709:m=bt709:r=tv',
      converted,
      size,
    ];
  }
  // Naming ranges and matrices makes swscale convert even where there is nothing to do, so only when there is.
  if (picture.inputRange === 'tv' && !picture.matrixConversion) return [size];
  const from = `in_range=${picture.inputRange}:in_color_matrix=${picture.inputMatrix}`;
  return [`${size}:${from}:out_range=tv:out_color_matrix=${scaleMatrix(picture.color.matrix)}`];
}

function zscale({ width, height }: VideoRendition): string {
  return `zscale=w=${width}:h=${height}:f=bicubic`;
}

/** scale's own names for matrices: BT.470BG has the numbers of SMPTE 170M. */
function scaleMatrix(tag: string): string {
  return tag === 'bt470bg' ? 'smpte170m' : tag;
}
