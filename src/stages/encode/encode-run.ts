import type { ChunkRead } from '../../model/account.js';
import type { Segment } from '../../model/artifact.js';
import type { Span } from '../../model/chunk.js';
import type { Emit } from '../../model/events.js';
import type { EncodePlan } from '../../model/plan.js';
import type { Rational } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';
import type { Schedule } from '../../model/schedule.js';
import type { InputAddress } from '../../model/source.js';
import type { FfmpegFeatures } from '../../tools/ffmpeg/command.js';
import type { Channel } from './channel.js';
import type { Gate } from './gate.js';
import type { InitFile, Inits } from './inits.js';
import type { Pace } from './pace.js';
import type { Speedometer } from './speed.js';

export interface EncodeRequest {
  readonly plan: EncodePlan;
  readonly schedule: Schedule;
  /** Of the plan's source. */
  readonly address: InputAddress;
  /** What is to be made. */
  readonly spans: readonly Span[];
  /** Per rendition id: what is made already, seconds. */
  readonly doneSeconds: ReadonlyMap<string, number>;
  /** Where audio ends on the title's timeline, seconds; null: where the source's sound ends. */
  readonly audioEnd: Rational | null;
  /** Absolute; whole segments appear in <folder>/<rendition id>/. */
  readonly folder: string;
  readonly ffmpeg: string;
  readonly features: FfmpegFeatures;
  readonly stallSeconds: number;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** What encoding yields, in the order it happens. Segments of one chunk come in order; chunks are made side by side. */
export type EncodeItem =
  /** A rendition's initialization segment is in its folder; comes before the first segment that this run makes. */
  | { readonly kind: 'init'; readonly init: InitFile }
  | { readonly kind: 'segment'; readonly chunk: number; readonly segment: Segment }
  /** A chunk is made; all its segments were yielded before. */
  | ({ readonly kind: 'chunk' } & MadeChunk)
  /** FFmpeg reported an error while reading the source, and went on. */
  | { readonly kind: 'damage'; readonly text: string };

export interface MadeChunk {
  readonly rendition: Rendition;
  /** Its first segment. */
  readonly first: number;
  /** Segments of the title up to its end. */
  readonly segments: number;
  /** The title ends with it. */
  readonly ended: boolean;
  /** RFC 6381; null where the segments do not say. */
  readonly codecs: string | null;
  /** What was read for it; null where that is not known. */
  readonly read: ChunkRead | null;
}

/** One chunk of one rendition, as it is made. */
export interface ChunkSpan {
  readonly rendition: Rendition;
  readonly first: number;
  /** Null: to the end of the title. */
  readonly end: number | null;
  /** The first segment that FFmpeg makes: before `first` where an encoder has to warm up. */
  readonly start: number;
  /** What the segment before `first` gave, where that is in the middle of a chunk; else 0. See `ClosedBytes.carry`. */
  readonly carry: number;
}

/** Whether a process that makes the title from segment `first` on decodes what is before that without giving anything. */
export function skipsAhead({ input, timeline }: EncodePlan, first: number): boolean {
  return !input.seekable && (first > 0 || (timeline.part?.startSeconds ?? 0) > 0);
}

/** What the parts of a running encode share. */
export interface EncodeRun extends EncodeRequest {
  readonly channel: Channel<EncodeItem>;
  readonly gate: Gate;
  readonly speedometer: Speedometer;
  readonly pace: Pace;
  readonly inits: Inits;
  /** Where FFmpeg writes; this run's own, gone afterwards. */
  readonly parts: string;
}
