import { z } from 'zod';
import type { UploadedObject } from '../../model/events.js';
import type { UploadReceipt } from '../../model/receipt.js';
import { parseLocation } from '../../storage/location.js';
import { titlePath } from '../record/record-schema.js';

const address = z.string().refine((text) => {
  try {
    return parseLocation(text).kind === 'gcs';
  } catch {
    return false;
  }
}, 'not gs://bucket/path');

/** A receipt as `UploadReceipt` describes it, without its objects; keys it does not know are dropped. */
export const receiptSchema: z.ZodType<Omit<UploadReceipt, 'objects'>> = z.object({
  schema: z.literal('mediactl.receipt/1'),
  destination: address,
  folder: z.string().nullable().default(null),
  objects: z.array(z.never()),
});

/** One of its objects. */
export const receiptObjectSchema: z.ZodType<UploadedObject> = z.object({
  path: titlePath,
  bytes: z.int().min(0),
  crc32c: z.string().nullable(),
  generation: z.string().regex(/^\d+$/),
  contentType: z.string().nullable(),
  cacheControl: z.string().nullable(),
  metadata: z.record(z.string(), z.string()).default({}),
});
