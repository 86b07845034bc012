import { z } from 'zod';
import type { HeaderRule } from '../model/header-rule.js';
import { expecting, fields, mismatch } from './problems.js';

/**
 * Metadata is served as headers: it has at most 8 KiB, and a value that would be trimmed or broken on the way is
 * refused.
 */
export function customMetadata() {
  return metadataOf(headerText('printable ASCII without leading or trailing spaces'));
}

function metadataOf<T extends string | null>(value: z.ZodType<T>) {
  const pairs = z.record(z.string().regex(KEY), value, {
    error: ({ code, input }) =>
      code === 'invalid_key'
        ? mismatch(input, 'a key of letters, digits, "-", "_" and "."')
        : mismatch(input, 'key=value pairs, such as title=42'),
  });
  const size = (metadata: Readonly<Record<string, T>>): number => Object.entries(metadata).flat().join('').length;
  return pairs.refine((metadata) => size(metadata) <= METADATA_BYTES, {
    error: `more than ${METADATA_BYTES} bytes of metadata: expected at most that, keys and values together`,
  });
}

/** Exceptions from the headers of each class of objects. */
export function headerRules() {
  const rule = fields({
    match: glob(),
    contentType: z
      .string(expecting(CONTENT_TYPE))
      .regex(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\x20-\x7e]*[\x21-\x7e])?$/, expecting(CONTENT_TYPE))
      .optional(),
    cacheControl: headerText('a Cache-Control, such as "public, max-age=60"').optional(),
    metadata: metadataOf(
      headerText('printable ASCII without leading or trailing spaces, or null').nullable(),
    ).optional(),
  }).refine(setsSomething, { error: 'sets nothing: expected contentType, cacheControl or metadata' });
  const params = expecting('a list of objects with match and contentType, cacheControl or metadata');
  return z.array(rule, params);
}

// RFC 9110 §5.6.2 allows more characters; these mean the same everywhere. The first one excludes __proto__.
const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** https://cloud.google.com/storage/quotas#objects */
const METADATA_BYTES = 8 * 1024;
const CONTENT_TYPE = 'a type such as video/mp2t or "text/vtt; charset=utf-8"';

/** A field value of RFC 9110 §5.5, without the obsolete characters and not empty. */
function headerText(what: string) {
  const params = expecting(what);
  return z.string(params).regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, params);
}

function glob() {
  const params = expecting('a glob on paths inside the title, such as *.m3u8 or thumbs/**');
  return z
    .string(params)
    .min(1, params)
    .max(1024, params)
    .regex(/^[^/\0\n][^\0\n]*$/, params);
}

function setsSomething(rule: HeaderRule): boolean {
  return rule.contentType !== undefined || rule.cacheControl !== undefined || rule.metadata !== undefined;
}
