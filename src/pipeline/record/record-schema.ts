import { z } from 'zod';
import type { TitleRecord } from '../../model/artifact.js';
import { FORM_PARTS } from '../../model/track-forms.js';
import { checkPath } from '../../storage/storage.js';

const count = z.int().min(0);
const figure = z.number().min(0);
const fraction = z.object({ num: z.int(), den: z.int().min(1) });

/** Paths are removed by what the record says, so one that leads outside makes the whole record foreign. */
export const titlePath = z.string().refine((text) => {
  try {
    return checkPath(text) === text;
  } catch {
    return false;
  }
}, 'not a path inside the title');

const file = z.object({
  path: titlePath,
  bytes: count,
  crc32c: z.exactOptional(z.string()),
  class: z.exactOptional(z.string()),
});

const journal = z.object({ path: titlePath, bytes: count, crc32c: z.exactOptional(z.string()), segments: count });

const measured = {
  id: z.string(),
  name: z.string(),
  container: z.exactOptional(z.enum(['mpegts', 'fmp4'])),
  segments: count,
  frames: count,
  bytes: count,
  duration: fraction,
  longestSegmentSeconds: figure,
  averageBitrate: figure,
  peakBitrate: figure,
  codecs: z.string(),
  journal: z.exactOptional(journal),
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

/** Records of `mediactl.title/1` name no journals: their files are all there are. */
const filesAndJournals = z.object({ files: z.array(file), journals: z.array(journal).default([]) });
const filesOnly = z.array(file).transform((files) => ({ files, journals: [] }));

const leftOutTrack = z.object({
  track: count,
  kind: z.enum(['video', 'audio', 'subtitles', 'cover', 'data', 'timecode', 'attachment', 'other']),
  codec: z.string(),
  language: z.string().nullable(),
  code: z.string(),
  reason: z.string(),
});

const amount = z.object({ units: count, startSeconds: figure, endSeconds: figure });

const trackAccount = z.object({
  track: count,
  kind: z.enum(['video', 'audio']),
  // Records of earlier versions have neither this nor changes.
  source: z.object({ startSeconds: z.number(), endSeconds: z.number() }).nullable().default(null),
  read: amount,
  published: amount,
  entries: z.array(
    z.object({
      code: z.enum(['dropped', 'repeated', 'held', 'silence', 'overlap', 'cut', 'lost', 'cut-before', 'cut-after']),
      where: z.enum(['start', 'middle', 'end']),
      units: count,
      seconds: figure,
      places: z.array(z.object({ at: figure, seconds: figure })),
      more: count,
    }),
  ),
  changes: z.array(z.object({ what: z.enum(FORM_PARTS), at: figure, from: z.string(), to: z.string() })).default([]),
  moreChanges: count.default(0),
});

/** mediactl.json as `TitleRecord` describes it, of both versions; keys it does not know are dropped. */
export const titleRecordSchema: z.ZodType<TitleRecord> = z.object({
  schema: z.enum(['mediactl.title/1', 'mediactl.title/2']),
  tool: z.object({ mediactl: z.string(), ffmpeg: z.string() }),
  finishedAt: z.string(),
  source: z.object({
    path: z.string(),
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
  packagedFrom: z.exactOptional(z.object({ name: z.string(), finishedAt: z.string(), planKey: z.string() })),
  renditions: z.array(measure),
  files: z.array(file),
  kept: z.exactOptional(z.array(filesAndJournals.extend({ finishedAt: z.string() }))),
  removing: z.exactOptional(z.union([filesOnly, filesAndJournals])),
  account: z.exactOptional(z.array(trackAccount)),
  leftOut: z.exactOptional(z.array(leftOutTrack)),
  warnings: z.array(z.object({ code: z.string(), message: z.string(), count: z.exactOptional(count) })),
});
