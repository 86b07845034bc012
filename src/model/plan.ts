import type { CopyTop } from './copy.js';
import type { LeftOutTrack } from './left-out.js';
import type { Container, LookDepth, Size, SourceIdentity, TrackPart, Warning } from './media.js';
import type { Packaging } from './packaging.js';
import type { Rational } from './rational.js';
import type { Rendition } from './rendition.js';

/**
 * Everything that is decided before the first frame is encoded. A value: it prints itself, and the same
 * source, preset and options always give the same plan.
 */
export interface EncodePlan {
  readonly source: SourceIdentity;
  readonly input: InputPlan;
  readonly preset: string;
  /** One for each form in which the title is published: each encoded stream is a rendition in every one of them. */
  readonly packaging: readonly Packaging[];
  readonly grid: Grid;
  readonly timeline: Timeline;
  /** What all rungs share; null for a title without video. */
  readonly picture: PicturePlan | null;
  /** Rungs first, descending by size, then audio, each in the order in which playlists list them. */
  readonly renditions: readonly Rendition[];
  /** What was decided and why, in the order a reader wants it. */
  readonly decisions: readonly Decision[];
  /** Tracks and rungs that were left out, each with its reason. */
  readonly leftOut: readonly LeftOut[];
  /** The tracks among them, for programs. */
  readonly tracksLeftOut: readonly LeftOutTrack[];
  readonly warnings: readonly Warning[];
  readonly prediction: Prediction;
  /** Only where it was asked for. */
  readonly copyTop?: CopyTop;
}

/** The form that a rendition is in. */
export function packagingOf(
  { packaging }: Pick<EncodePlan, 'packaging'>,
  { container }: Pick<Rendition, 'container'>,
): Packaging {
  const form = packaging.find((one) => one.container === container);
  if (!form) throw new RangeError(`the plan has no form with ${container}`);
  return form;
}

/** The plan as those see it who write what leads players to one of its forms: that form and its renditions alone. */
export function inForm(plan: EncodePlan, form: Packaging): EncodePlan {
  const renditions = plan.renditions.filter(({ container }) => container === form.container);
  return { ...plan, packaging: [form], renditions };
}

/** What the argv builders need to know of the container. */
export interface InputPlan {
  /** FFmpeg's demuxer name. */
  readonly format: string;
  /** The earliest timestamp, seconds: FFmpeg subtracts it from every timestamp. */
  readonly startSeconds: number;
  /** A later segment may be reached by seeking; otherwise the source is decoded from its start and skipped. */
  readonly seekable: boolean;
  /**
   * Tracks (FFmpeg's indices) that every process reads, used or not, where the clock may jump: FFmpeg finds the start
   * and mends jumps by the tracks it reads, and picture and sound must be mended alike. Empty elsewhere.
   */
  readonly tracksReadTogether: readonly number[];
  /**
   * The tracks used, where a clock among them is set anew or a track goes on in another: how each is mended. FFmpeg then
   * leaves all times as they are. Empty elsewhere.
   */
  readonly mended: readonly MendedTrack[];
  /** How far FFmpeg must look to find all tracks, where that is further than usual. */
  readonly depth: LookDepth | null;
}

export interface MendedTrack {
  /** FFmpeg's index, by which renditions name it. */
  readonly track: number;
  /** What it is read from, in order. */
  readonly parts: readonly TrackPart[];
}

/**
 * Segment i holds frames [i·framesPerSegment, (i+1)·framesPerSegment) of the constant output frame rate;
 * every rendition cuts there and nowhere else. The grid is a rule, not a count: it has no end. Only the title's last segment
 * may hold more: see `tail`.
 */
export interface Grid {
  /** Output frame rate; null for a title without video. */
  readonly frameRate: Rational | null;
  /** A whole number of GOPs; null without video. */
  readonly framesPerSegment: number | null;
  /** IDR distance in frames; null without video. */
  readonly framesPerGop: number | null;
  /** Exact length of a full segment, seconds. */
  readonly segmentSeconds: Rational;
  /**
   * Rungs are encoded in chunks of so many segments, each by a fresh encoder: an encoder carries state, so a segment's
   * bytes would else depend on where the run before it was interrupted. See model/chunk.ts for audio.
   */
  readonly segmentsPerChunk: number;
  /** What the title's length leaves over after whole segments, where that is too short for a segment of its own; else null. */
  readonly tail: Tail | null;
}

/**
 * Where the title ends within segment `index`, and this is not longer than `longest` (seconds), it becomes part of the
 * segment before it: a file of a frame or two costs players a request, and some stumble over it. Where the title turns out
 * longer, the grid goes on as if there were no tail. Never the first segment of a chunk.
 */
export interface Tail {
  readonly index: number;
  readonly longest: Rational;
}

export interface Timeline {
  /** Time on the container's timeline that becomes 0 in the title, seconds. */
  readonly originSeconds: number;
  /** Expected length of the title, seconds; null where nothing says it. Where it is from headers it may be wrong. */
  readonly expectedSeconds: number | null;
  /** Who says so, see Container. */
  readonly lengthFrom: Container['lengthFrom'];
  /** Expected number of output frames (video titles); null where unknown. */
  readonly expectedFrames: number | null;
  /** How long the last picture is held because the sound goes on, seconds (0: not at all). */
  readonly holdLastFrameSeconds: number;
  /**
   * The frames of the title, where its packets were counted: encoded rungs have as many as one that is copied, whatever a
   * decoder makes of the last.
   */
  readonly countedFrames?: number;
  /** What of the title is made; null: all. All times in the plan are those of the part, which begins at 0. */
  readonly part: TitlePart | null;
}

export interface TitlePart {
  /** Where it begins in the whole title, seconds. */
  readonly startSeconds: number;
  /** Exact, seconds; null: to the end of the source. */
  readonly length: Rational | null;
}

/** What is done to the decoded picture before it is scaled to the rungs, and what every rung is tagged with. */
export interface PicturePlan {
  /** FFmpeg's stream index of the source's video track. */
  readonly trackIndex: number;
  /** What pictures that come in other sizes are brought to where a filter needs it: the header's size. */
  readonly codedSize: Size;
  /** What is cut off above the picture of `codedSize`: lines of the vertical blanking, 0 nearly always. */
  readonly hiddenLines: number;
  /** Width to height of the picture as it is meant to be seen. Pictures of other shapes are boxed. */
  readonly shape: Rational;
  /** Each decoded picture is one field: a top and the bottom one after it are put together first. */
  readonly weave: boolean;
  /** Null when progressive. */
  readonly deinterlace: Deinterlacing | null;
  readonly mirror: boolean;
  readonly clockwise: 0 | 90 | 180 | 270;
  /** From PQ or HLG down to BT.709 SDR. */
  readonly toneMap: 'pq' | 'hlg' | null;
  /** From BT.2020 SDR colours down to BT.709 (zscale). Never together with `toneMap`, which does that too. */
  readonly wideGamut: boolean;
  /** Palettes, RGB of a byte a pixel, and mosaics (Bayer): swscale knows only BT.601 for these, so they go by way of 24-bit RGB. */
  readonly palette: boolean;
  /** Full-range or RGB input is brought to limited-range YUV. Input range as FFmpeg's scale names it. */
  readonly inputRange: 'tv' | 'pc';
  /**
   * Matrix of the decoded picture as FFmpeg's scale names it: "bt709", "smpte170m" (BT.470BG's numbers too),
   * "smpte240m", "fcc", "bt2020"; "bt709" for RGB input, where scale ignores it. The tags of the output are in
   * OutputColor.
   */
  readonly inputMatrix: string;
  /** The output's matrix has other numbers than the input's (RGB, SMPTE 240M …; true whenever toneMap or wideGamut). */
  readonly matrixConversion: boolean;
  /** What scales each rung from the one above: zimg at half the cost of swscale, where FFmpeg has it. */
  readonly scaler: 'zscale' | 'scale';
  readonly frameRate: Rational;
  /** What the encoders are given, as FFmpeg names it: "yuv420p". */
  readonly pixelFormat: string;
  /** Tags every rung gets. */
  readonly color: OutputColor;
}

export interface Deinterlacing {
  /** The field that comes first; `auto`: by the flags of each picture. */
  readonly parity: 'tff' | 'bff' | 'auto';
  /** All, those whose flags say so, or those that look so. */
  readonly pictures: 'all' | 'flagged' | 'combed';
}

/**
 * FFmpeg's names, those that -color_primaries, -color_trc and -colorspace share with the setparams filter; range is
 * always limited ("tv").
 */
export interface OutputColor {
  readonly primaries: string;
  readonly transfer: string;
  readonly matrix: string;
}

/** "frame rate" → "30000/1001", "the container says 29.97 and the average agrees". */
export interface Decision {
  readonly subject: string;
  readonly choice: string;
  readonly reason: string;
}

export interface LeftOut {
  /** "subtitle track 3 (fra, subrip)", "rung 1080p". */
  readonly what: string;
  readonly reason: string;
}

export interface Prediction {
  /** Upper estimate of the whole title, bytes; null when the length is unknown. */
  readonly maxBytes: number | null;
  /** Segments of each rendition; null when the length is unknown. */
  readonly segments: number | null;
}
