import { z } from 'zod';
import type { TitleRecord } from '../../model/artifact.js';
import { checkPath } from '../../storage/storage.js';

const count = z.int().min(0);
const figure = z.number().min(0);
const fraction = z.object({ num: z.int(), den: z.int().min(1) });

const measured = {
  id: z.string(),
  name: z.string(),
  segments: count,
  frames: count,
  bytes: count,
  duration: fraction,
  longestSegmentSeconds: figure,
  averageBitrate: figure,
  peakBitrate: figure,
  codecs: z.string(),
};

const measure = z.discriminatedUnion('kind', [
  z.object({
    ...measured,
    kind: z.literal('video'),
    width: count,
    height: count,
    iframes: z.object({ count, averageBitrate: figure, peakBitrate: figure }),
  }),
  z.object({ ...measured, kind: z.literal('audio'), width: z.null(), height: z.null(), iframes: z.null() }),
]);

/** Paths are removed by what the record says, so one that leads outside makes the whole record foreign. */
export const titlePath = z.string().refine((text) => {
  try {
    return checkPath(text) === text;
  } catch {
    return false;
  }
}, 'not a path inside the title');

/** mediactl.json as `TitleRecord` describes it; keys it does not know are dropped. */
const file = z.object({
  path: titlePath,
  bytes: count,
  crc32c: z.exactOptional(z.string()),
  class: z.exactOptional(z.string()),
});

export const titleRecordSchema: z.ZodType<TitleRecord> = z.object({
  schema: z.literal('mediactl.title/1'),
  tool: z.object({ mediactl: z.string(), ffmpeg: z.string() }),
  finishedAt: z.string(),
  source: z.object({
    path: z.string(),
    absolutePath: z.string(),
    bytes: count,
    modifiedMs: z.int(),
    fingerprint: z.string(),
    version: z.exactOptional(z.string()),
    crc32c: z.exactOptional(z.string()),
  }),
  status: z.enum(['complete', 'damaged']),
  edition: z.string().nullable(),
  planKey: z.string(),
  plan: z.unknown(),
  renditions: z.array(measure),
  files: z.array(file),
  kept: z.exactOptional(z.array(z.object({ finishedAt: z.string(), files: z.array(file) }))),
  removing: z.exactOptional(z.array(z.object({ path: titlePath, bytes: count }))),
  warnings: z.array(z.object({ code: z.string(), message: z.string(), count: z.exactOptional(count) })),
});
