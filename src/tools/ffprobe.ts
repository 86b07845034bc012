import { z } from 'zod';
import { MediactlError } from '../errors.js';
import { parseJsonOrUndefined } from '../model/json.js';
import type { LookDepth } from '../model/media.js';
import type { InputAddress } from '../model/source.js';
import { withInstallHint } from './capabilities.js';
import { inputSafetyArgs, USUAL_DEPTH } from './input-safety.js';
import { capture } from './process.js';
import type { Toolbox } from './toolbox.js';

/** What ffprobe said of a file: its report, or that it could not open it. `messages` are its error lines. */
export type FfprobeAnswer =
  | { readonly kind: 'report'; readonly report: FfprobeReport; readonly messages: readonly string[] }
  | { readonly kind: 'failure'; readonly error: string; readonly messages: readonly string[] };

/**
 * Format, streams and programs of a source by one ffprobe run, which opens that source and nothing else, and looks as far
 * into it for tracks as `depth` says. A file that ffprobe rejects is a `failure` answer; throws `tool-missing`, `tool-too-old`
 * (ffprobe lacks an option), and `input-unreadable` when it does not answer in time.
 */
export async function ffprobe(
  address: InputAddress,
  tools: Toolbox,
  signal?: AbortSignal,
  depth: LookDepth = USUAL_DEPTH,
): Promise<FfprobeAnswer> {
  const wanted = ['-show_format', '-show_streams', '-show_programs', '-show_chapters', '-show_error'];
  const { json, messages, exitCode } = await run(address, tools, wanted, signal, depth);
  const parsed = REPORT.safeParse(json);
  if (parsed.success && parsed.data.format !== undefined) {
    const { streams, programs, chapters, format } = parsed.data;
    const named = chapters.length === 0 ? {} : { chapters };
    return { kind: 'report', report: { streams, programs, format, ...named }, messages };
  }
  const said = parsed.success ? parsed.data.error?.string : undefined;
  const crashed = exitCode === null ? 'ffprobe crashed while reading it' : 'the answer of ffprobe cannot be read';
  return { kind: 'failure', error: said ?? crashed, messages };
}

/** What one decoded frame says of itself. */
export interface FrameScan {
  /** When it is shown; null: not known. */
  readonly seconds: number | null;
  readonly interlaced: boolean;
  readonly topFieldFirst: boolean;
  /** Fields that it stands beyond its two. */
  readonly repeat: number;
  readonly width: number;
  readonly height: number;
  /** As ffprobe writes them; null: not said. */
  readonly sampleAspect: string | null;
  readonly pixelFormat: string | null;
}

/**
 * Decodes the frames of `count` packets of a stream at each of the times given (seconds; 0 is the start) and tells how each
 * was scanned. Empty when nothing could be decoded. Errors as `ffprobe`.
 */
export async function ffprobeFrames(
  address: InputAddress,
  tools: Toolbox,
  sample: {
    readonly stream: number;
    readonly times: readonly number[];
    readonly count: number;
    /** The other packets are read and not decoded. */
    readonly keyFramesOnly?: boolean;
  },
  signal?: AbortSignal,
): Promise<FrameScan[]> {
  const intervals = sample.times.map((time) => `${time > 0 ? time.toFixed(3) : ''}%+#${sample.count}`).join(',');
  const entries =
    'frame=best_effort_timestamp_time,interlaced_frame,top_field_first,repeat_pict,width,height,sample_aspect_ratio,pix_fmt';
  const select = [
    '-select_streams',
    String(sample.stream),
    ...(sample.keyFramesOnly === true ? ['-skip_frame', 'nokey'] : []),
  ];
  const wanted = [...select, '-show_entries', entries, '-read_intervals', intervals];
  const { json } = await run(address, tools, wanted, signal);
  const parsed = FRAMES.safeParse(json);
  if (!parsed.success) return [];
  return parsed.data.frames.flatMap((frame) =>
    frame.interlaced_frame === null
      ? []
      : [
          {
            seconds: frame.best_effort_timestamp_time,
            interlaced: frame.interlaced_frame === 1,
            topFieldFirst: frame.top_field_first === 1,
            repeat: frame.repeat_pict ?? 0,
            width: frame.width ?? 0,
            height: frame.height ?? 0,
            sampleAspect: frame.sample_aspect_ratio,
            pixelFormat: frame.pix_fmt,
          },
        ],
  );
}

const TIME_LIMIT_MS = 60_000;
/** What it reads at most (input-safety) takes this long at some 50 kB/s. */
const DISTANT_LIMIT_MS = 600_000;

async function run(
  address: InputAddress,
  tools: Toolbox,
  wanted: readonly string[],
  signal?: AbortSignal,
  depth: LookDepth = USUAL_DEPTH,
) {
  const args = [
    '-v',
    'error',
    '-hide_banner',
    '-of',
    'json',
    ...wanted,
    ...inputSafetyArgs(address, null, depth),
    '-i',
    address.url,
  ];
  const timeoutMs = address.protocols === 'file' ? TIME_LIMIT_MS : DISTANT_LIMIT_MS;
  const options = { timeoutMs, env: address.env, ...(signal === undefined ? {} : { signal }) };
  tools.onLook?.([tools.ffprobe, ...args]);
  const result = await capture(tools.ffprobe, args, options).catch((error: unknown) => {
    throw withInstallHint(error);
  });
  const messages = result.stderr.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (result.timedOut) {
    throw new MediactlError('input-unreadable', `ffprobe did not finish reading ${address.url}`, {
      reason: `it was stopped after ${timeoutMs / 1000} s`,
      hint: 'copy the file to a local disk if it is on a slow or broken network',
      detail: messages.slice(-5),
    });
  }
  const unknownOption = messages.find((line) =>
    /Option .* not found|Unrecognized option|Failed to set value/.test(line),
  );
  if (unknownOption !== undefined) {
    throw new MediactlError('tool-too-old', `${tools.ffprobe} does not know an option that mediactl needs`, {
      reason: unknownOption,
      hint: 'mediactl needs FFmpeg 4.4 or newer; "mediactl doctor" shows what is installed',
    });
  }
  return { json: parseJsonOrUndefined(result.stdout) ?? null, messages, exitCode: result.exitCode };
}

// ffprobe writes numbers now as numbers, now as strings, and leaves out or writes "N/A" for what it does not know.
const number = z
  .union([z.number(), z.string()])
  .optional()
  .transform((value) => {
    const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : null;
  });
const text = z
  .string()
  .optional()
  .transform((value) => (value === undefined || UNKNOWN_WORDS.has(value) ? null : value));
const UNKNOWN_WORDS = new Set(['', 'unknown', 'none', 'N/A', 'reserved', 'unspecified']);
const tags = z.record(z.string(), z.string()).catch({}).default({});

const SIDE_DATA = z.object({
  side_data_type: text,
  displaymatrix: text,
  rotation: number,
  dv_profile: number,
  dv_bl_signal_compatibility_id: number,
  max_content: number,
  max_average: number,
  max_luminance: text,
});

const CHAPTER = z.object({ start_time: number, end_time: number, tags });

const STREAM = z.object({
  index: z.number().int(),
  id: text,
  codec_type: text,
  codec_name: text,
  codec_tag_string: text,
  profile: text,
  width: number,
  height: number,
  pix_fmt: text,
  sample_aspect_ratio: text,
  field_order: text,
  color_range: text,
  color_space: text,
  color_transfer: text,
  color_primaries: text,
  r_frame_rate: text,
  avg_frame_rate: text,
  start_time: number,
  duration: number,
  nb_frames: number,
  bit_rate: number,
  sample_fmt: text,
  sample_rate: number,
  channels: number,
  channel_layout: text,
  disposition: z.record(z.string(), z.number()).catch({}).default({}),
  tags,
  side_data_list: z.array(SIDE_DATA).catch([]).default([]),
});

const PROGRAM = z.object({
  program_id: number,
  tags,
  streams: z.array(z.object({ index: z.number().int() })).default([]),
});

const FORMAT = z.object({
  format_name: z.string(),
  start_time: number,
  duration: number,
  bit_rate: number,
  probe_score: number,
  tags,
});

const REPORT = z.object({
  streams: z.array(STREAM).default([]),
  programs: z.array(PROGRAM).default([]),
  chapters: z.array(CHAPTER).catch([]).default([]),
  format: FORMAT.optional(),
  error: z.object({ code: z.number(), string: z.string() }).optional(),
});

const FRAMES = z.object({
  frames: z.array(
    z.object({
      best_effort_timestamp_time: number,
      interlaced_frame: number,
      top_field_first: number,
      repeat_pict: number,
      width: number,
      height: number,
      sample_aspect_ratio: text,
      pix_fmt: text,
    }),
  ),
});

export type FfprobeSideData = z.infer<typeof SIDE_DATA>;
export type FfprobeStream = z.infer<typeof STREAM>;
export type FfprobeProgram = z.infer<typeof PROGRAM>;
export type FfprobeChapter = z.infer<typeof CHAPTER>;
export type FfprobeFormat = z.infer<typeof FORMAT>;

/** ffprobe's own names; null where it says "unknown", "N/A" or nothing. */
export interface FfprobeReport {
  readonly streams: readonly FfprobeStream[];
  readonly programs: readonly FfprobeProgram[];
  /** Left out where there are none. */
  readonly chapters?: readonly FfprobeChapter[];
  readonly format: FfprobeFormat;
}
