import { z } from 'zod';
import type { PlaybackReport } from '../model/playback.js';

const amount = z.number().nonnegative().finite();
const whole = amount.int();
const words = (longest: number): z.ZodString => z.string().max(longest);

const quality = z.strictObject({ width: whole.nullable(), height: whole.nullable(), bitrate: amount.nullable() });

const facts = {
  session: z.string().regex(/^[0-9a-f]{16}$/),
  number: whole,
  title: words(200),
  player: z.enum(['hls.js', 'shaka', 'native']),
  format: z.enum(['hls', 'dash']),
  happened: z.iso.datetime(),
  position: amount,
  bufferSeconds: amount,
  bandwidth: amount.nullable(),
};

const sum = { watchedSeconds: amount, stalls: whole, switches: whole, frames: whole, droppedFrames: whole };

/** Of model/playback.ts; what is not named there is refused. */
const report = z.discriminatedUnion('event', [
  z.strictObject({ ...facts, event: z.literal('startup'), milliseconds: amount }),
  z.strictObject({
    ...facts,
    event: z.literal('quality_switch'),
    from: quality.nullable(),
    to: quality,
    automatic: z.boolean(),
  }),
  z.strictObject({ ...facts, event: z.literal('low_buffer') }),
  z.strictObject({ ...facts, event: z.literal('stall'), milliseconds: amount }),
  z.strictObject({
    ...facts,
    event: z.literal('error'),
    code: words(100),
    message: words(1000),
    fatal: z.boolean(),
  }),
  z.strictObject({ ...facts, ...sum, event: z.literal('ended') }),
  z.strictObject({ ...facts, ...sum, event: z.literal('left') }),
]) satisfies z.ZodType<PlaybackReport>;

const batch = z.array(report).min(1).max(200);

/** A batch of a page; null: it is none. */
export function parseReports(value: unknown): readonly PlaybackReport[] | null {
  const { data } = batch.safeParse(value);
  return data ?? null;
}
