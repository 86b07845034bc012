import { z } from 'zod';
import { AUDIO_ENCODER_NAMES, VIDEO_ENCODER_NAMES } from '../../model/encoders.js';
import type { EncodePlan } from '../../model/plan.js';
import type { Rendition } from '../../model/rendition.js';

const count = z.int().min(0);
const fraction = z.object({ num: z.int(), den: z.int().min(1) });
const seconds = z.number();
const words = z.record(z.string(), z.string());

const source = z
  .object({
    path: z.string(),
    bytes: count,
    modifiedMs: z.int(),
    fingerprint: z.string(),
    version: z.exactOptional(z.string()),
    crc32c: z.exactOptional(z.string()),
  })
  .transform((recorded) => ({ ...recorded, absolutePath: recorded.path }));

const clockBreak = z.object({ afterSeconds: seconds, jumpSeconds: seconds, offsetSeconds: seconds });
const part = z.object({ index: count, offsetSeconds: seconds, breaks: z.array(clockBreak) });

const input = z.object({
  format: z.string(),
  startSeconds: seconds,
  seekable: z.boolean(),
  tracksReadTogether: z.array(count),
  mended: z.array(z.object({ track: count, parts: z.array(part) })),
  depth: z.object({ bytes: count, seconds }).nullable(),
});

const packaging = z.object({
  container: z.enum(['mpegts', 'fmp4']),
  manifests: z.array(z.enum(['hls', 'dash'])),
  zeroSeconds: z.number().min(0),
  protection: z.null(),
});

const grid = z.object({
  frameRate: fraction.nullable(),
  framesPerSegment: count.nullable(),
  framesPerGop: count.nullable(),
  segmentSeconds: fraction,
  segmentsPerChunk: z.int().min(1),
  tail: z.object({ index: count, longest: fraction }).nullable(),
});

const timeline = z.object({
  originSeconds: seconds,
  expectedSeconds: seconds.nullable(),
  lengthFrom: z.enum(['headers', 'doubtful-headers', 'packets']),
  expectedFrames: count.nullable(),
  holdLastFrameSeconds: seconds,
  countedFrames: z.exactOptional(count),
  part: z.object({ startSeconds: seconds, length: fraction.nullable() }).nullable(),
});

const picture = z.object({
  trackIndex: count,
  codedSize: z.object({ width: count, height: count }),
  hiddenLines: count,
  shape: fraction,
  weave: z.boolean(),
  deinterlace: z
    .object({ parity: z.enum(['tff', 'bff', 'auto']), pictures: z.enum(['all', 'flagged', 'combed']) })
    .nullable(),
  mirror: z.boolean(),
  clockwise: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  toneMap: z.enum(['pq', 'hlg']).nullable(),
  wideGamut: z.boolean(),
  palette: z.boolean(),
  inputRange: z.enum(['tv', 'pc']),
  inputMatrix: z.string(),
  matrixConversion: z.boolean(),
  scaler: z.enum(['zscale', 'scale']),
  frameRate: fraction,
  pixelFormat: z.string(),
  color: z.object({ primaries: z.string(), transfer: z.string(), matrix: z.string() }),
});

const base = {
  id: z.string(),
  name: z.string(),
  version: z.string(),
  container: z.enum(['mpegts', 'fmp4']),
  timescale: z.int().min(1),
};

const limits = { maxBitrate: z.number(), bufferBits: z.number() };
const rate = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('crf'), crf: z.number(), ...limits }),
  z.object({ mode: z.literal('abr'), bitrate: z.number(), ...limits }),
]);

const rendition: z.ZodType<Rendition> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('video'),
    ...base,
    width: count,
    height: count,
    codec: z.literal('h264'),
    encoder: z.enum(VIDEO_ENCODER_NAMES),
    options: words,
    rate,
    copy: z.exactOptional(z.object({ track: count, reorder: count, tag: z.boolean() })),
  }),
  z.object({
    kind: z.literal('audio'),
    ...base,
    trackIndex: count,
    rightTrackIndex: count.nullable(),
    startSeconds: seconds,
    language: z.string(),
    label: z.string(),
    isDefault: z.boolean(),
    characteristics: z.string().nullable(),
    codec: z.literal('aac'),
    encoder: z.enum(AUDIO_ENCODER_NAMES),
    samplesPerFrame: z.int().min(1),
    options: words,
    bitrate: z.number(),
    sampleRate: z.int().min(1),
    channels: z.int().min(1),
    sourceChannels: count,
    discrete: z.boolean(),
    downmix: z.boolean(),
    limit: z.number().nullable(),
  }),
]);

const leftOutTrack = z.object({
  track: count,
  kind: z.enum(['video', 'audio', 'subtitles', 'cover', 'data', 'timecode', 'attachment', 'other']),
  codec: z.string(),
  language: z.string().nullable(),
  code: z.string(),
  reason: z.string(),
});

/** The plan in a record, as this version would have made it; keys that it does not know are dropped. */
export const recordedPlanSchema: z.ZodType<EncodePlan> = z.object({
  source,
  input,
  preset: z.string(),
  packaging: z.array(packaging).min(1),
  grid,
  timeline,
  picture: picture.nullable(),
  renditions: z.array(rendition).min(1),
  decisions: z.array(z.object({ subject: z.string(), choice: z.string(), reason: z.string() })),
  leftOut: z.array(z.object({ what: z.string(), reason: z.string() })),
  tracksLeftOut: z.array(leftOutTrack),
  warnings: z.array(z.object({ code: z.string(), message: z.string(), count: z.exactOptional(count) })),
  prediction: z.object({ maxBytes: z.number().nullable(), segments: count.nullable() }),
});
