import { z } from 'zod';
import {
  ANY_QUALITY,
  AUDIO_ENCODER_NAMES,
  AUDIO_ENCODERS,
  VIDEO_ENCODER_NAMES,
  VIDEO_ENCODERS,
} from '../model/encoders.js';
import type { Preset } from '../model/preset.js';
import { BITRATE_PATTERN, parseBitrate } from './bitrate.js';
import { checkEncoderOptions, encoderOptions, withUsualOptions } from './encoder-options.js';
import { checkRungs, checkSegment, ladderName, rungName } from './preset-rules.js';
import { expecting, fields, mismatch, oneOf } from './problems.js';

/**
 * Turns a ladder file as people write it (readable bitrates, vod's defaults) into a Preset. This checks the structure;
 * preset-rules.ts checks what spans several fields. Both report every problem at once.
 */
export const presetSchema = fields({
  $schema: z.string(expecting('the address of the JSON Schema')).optional().describe('For editors; not read.'),
  name: ladderName.describe('Name of the ladder, shown in plans and records.'),
  description: z.string(expecting('a line of text')).default('').describe('What the ladder is for.'),
  segment: fields({
    seconds: number(1, 60, 'seconds').describe('Segment length; 6 is what players expect.'),
    keyframeSeconds: number(0.1, 60, 'seconds').optional().describe('Largest distance between keyframes; 2.'),
    chunkSeconds: number(1, 3600, 'seconds')
      .optional()
      .describe('What one encoder makes in one go, and a resumed run makes again; 30, for short titles 12.'),
  })
    .superRefine(checkSegment)
    .transform(({ seconds, keyframeSeconds = Math.min(2, seconds), ...chunk }) => ({
      seconds,
      keyframeSeconds,
      ...chunk,
    })),
  video: fields({
    codec: oneOf(['h264']).default('h264'),
    encoder: oneOf(VIDEO_ENCODER_NAMES).default('libx264').describe("FFmpeg's name of the encoder."),
    options: encoderOptions(VIDEO_ENCODERS).describe(
      "The encoder's own options, as FFmpeg names them, without the dash.",
    ),
    rateControl: rateControl().default({ mode: 'crf', crf: 22, bufferSeconds: 2 }),
    maxFrameRate: number(1, 120, 'frames a second').default(60).describe('Faster sources are slowed to this.'),
    rungs: z
      .array(
        fields({
          name: rungName.describe('Folder name of the rung, such as "720p".'),
          shortSide: evenNumber(32, 8640).describe('Short side of the video, pixels.'),
          bitrate: bitrate(10_000, 400_000_000).describe('Cap (crf) or average (abr).'),
        }),
        expecting('a list of rungs'),
      )
      .min(1, expecting('at least one rung'))
      .max(24, { error: 'too many: expected at most 24 rungs' })
      .superRefine(checkRungs)
      .describe('Ascending by size; only those that fit the source are made.'),
  })
    .superRefine(checkEncoderOptions(VIDEO_ENCODERS))
    .transform(withUsualOptions(VIDEO_ENCODERS)),
  audio: fields({
    codec: oneOf(['aac']).default('aac'),
    encoder: oneOf(AUDIO_ENCODER_NAMES).default('aac').describe("FFmpeg's name of the encoder."),
    options: encoderOptions(AUDIO_ENCODERS),
    bitrate: bitrate(16_000, 640_000).default(128_000),
    sampleRate: z.literal([32_000, 44_100, 48_000], expecting('32000, 44100 or 48000')).default(48_000),
    channels: z.literal([1, 2], expecting('1 or 2')).default(2),
  })
    .superRefine(checkEncoderOptions(AUDIO_ENCODERS))
    .transform(withUsualOptions(AUDIO_ENCODERS))
    .prefault({}),
}).transform(({ $schema: _, ...preset }): Preset => preset);

/** The JSON Schema of a ladder file as it is written, in draft 7, which editors read. */
export function ladderJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(presetSchema, { io: 'input', target: 'draft-7' });
  return {
    $schema,
    title: 'mediactl ladder',
    description: 'Renditions that `mediactl encode --ladder FILE` makes of a source.',
    ...rest,
  };
}

function rateControl() {
  const bufferSeconds = number(0.1, 20, 'seconds')
    .default(2)
    .describe("Decoder buffer (VBV), in seconds of the rung's highest rate.");
  return z.discriminatedUnion(
    'mode',
    [
      fields({
        mode: z.literal('crf'),
        crf: number(ANY_QUALITY.least, ANY_QUALITY.most, 'CRF, lower is better')
          .default(22)
          .describe('Constant quality under the cap.'),
        bufferSeconds,
      }),
      fields({
        mode: z.literal('abr'),
        peakRatio: number(1, 2, 'highest rate ÷ average').default(1.5).describe('Highest rate ÷ average.'),
        bufferSeconds,
      }),
    ],
    { error: ({ input }) => modeMismatch(input) },
  );
}

/** The message of the union. zod puts it at `mode` when the value is an object, whose other keys are not at fault. */
function modeMismatch(input: unknown): string {
  if (typeof input !== 'object' || input === null) return mismatch(input, 'an object with mode "crf" or "abr"');
  return mismatch('mode' in input ? input.mode : undefined, '"crf" or "abr"', ['crf', 'abr']);
}

function number(least: number, most: number, unit: string) {
  const params = expecting(`a number from ${least} to ${most} (${unit})`);
  return z.number(params).min(least, params).max(most, params);
}

function evenNumber(least: number, most: number) {
  const params = expecting(`an even whole number from ${least} to ${most} (pixels)`);
  return z.int(params).min(least, params).max(most, params).multipleOf(2, params);
}

function bitrate(least: number, most: number) {
  const what = `a bit rate from "${least / 1000}k" to "${most / 1000}k", such as "2800k", "2.8M" or 2800000 (bits per second)`;
  const params = expecting(what);
  return z
    .union([z.number(params), z.string(params).regex(BITRATE_PATTERN, params)], params)
    .refine((value) => toBits(value) >= least && toBits(value) <= most, params)
    .transform(toBits);
}

function toBits(value: number | string): number {
  return typeof value === 'string' ? parseBitrate(value) : Math.round(value);
}
