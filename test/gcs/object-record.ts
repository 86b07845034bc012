import { createHash } from 'node:crypto';
import { ApiError, invalid } from './api-error.js';
import type { Body } from './body.js';
import { rfc3339 } from './clock.js';
import { asObject, type Json, type JsonObject } from './json.js';

/** One generation of an object. Replaced, never changed, so that a reader keeps what it began with. */
export interface ObjectRecord {
  readonly bucket: string;
  readonly name: string;
  readonly generation: number;
  readonly metageneration: number;
  readonly body: Body;
  readonly created: number;
  readonly updated: number;
  /** When it stopped being live, in a bucket with versions or soft delete. */
  readonly deleted: number | null;
  /** Composed of how many objects; null: not composed. */
  readonly components: number | null;
  readonly kmsKeyName: string | null;
  /** From when the bucket's retention policy counts: creation, or the release of an event-based hold. */
  readonly retainedFrom: number;
  readonly publicRead: boolean;
  readonly metadata: WritableMetadata;
}

/** The keys of an object resource that a client may set. */
export type WritableMetadata = JsonObject;

const WRITABLE: Readonly<Record<string, 'string' | 'boolean' | 'object'>> = {
  cacheControl: 'string',
  contentDisposition: 'string',
  contentEncoding: 'string',
  contentLanguage: 'string',
  contentType: 'string',
  customTime: 'string',
  storageClass: 'string',
  eventBasedHold: 'boolean',
  temporaryHold: 'boolean',
  metadata: 'object',
};

export const STORAGE_CLASSES: readonly Json[] = [
  'STANDARD',
  'NEARLINE',
  'COLDLINE',
  'ARCHIVE',
  'MULTI_REGIONAL',
  'REGIONAL',
];

/** The writable keys of a resource that a client sent; the rest is ignored, as the API does. @throws ApiError 400 */
export function writableMetadata(resource: JsonObject): WritableMetadata {
  const metadata: WritableMetadata = {};
  for (const [key, type] of Object.entries(WRITABLE)) {
    const value = resource[key];
    if (value === undefined) continue;
    const fits = value === null || (type === 'object' ? asObject(value) !== null : typeof value === type);
    if (!fits) throw invalid(`Invalid value for: ${key}`, key);
    metadata[key] = value;
  }
  for (const [key, value] of Object.entries(asObject(metadata['metadata']) ?? {})) {
    if (typeof value !== 'string' && value !== null) throw invalid(`Invalid value for: metadata.${key}`, 'metadata');
  }
  const storageClass = metadata['storageClass'];
  if (storageClass !== undefined && storageClass !== null && !STORAGE_CLASSES.includes(storageClass)) {
    throw invalid('Invalid argument.', 'storageClass');
  }
  return metadata;
}

/** "Object name requirements". */
export function checkObjectName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes === 0) throw new ApiError(400, 'required', 'Required', { location: 'name' });
  const forbidden = name === '.' || name === '..' || name.startsWith('.well-known/acme-challenge/');
  if (bytes > 1024 || /[\r\n]/.test(name) || forbidden || /\p{Surrogate}/u.test(name)) {
    throw invalid('Disallowed unicode characters or length present in object name', 'name');
  }
}

/** @returns the object resource of the JSON API; 64-bit numbers are strings there */
export function objectResource(record: ObjectRecord, origin: string, projection: string | null): JsonObject {
  const { bucket, name, generation, body } = record;
  const link = `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}`;
  const resource: JsonObject = {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    selfLink: origin + link,
    mediaLink: `${origin}/download${link}?generation=${generation}&alt=media`,
    name,
    bucket,
    generation: String(generation),
    metageneration: String(record.metageneration),
    size: String(body.size),
    crc32c: body.crc32c,
    ...(record.components === null ? {} : { componentCount: record.components }),
    etag: etag(record),
    timeCreated: rfc3339(record.created),
    updated: rfc3339(record.updated),
    timeStorageClassUpdated: rfc3339(record.created),
    ...(record.deleted === null ? {} : { timeDeleted: rfc3339(record.deleted) }),
    ...(record.kmsKeyName === null ? {} : { kmsKeyName: record.kmsKeyName }),
    ...(projection === 'full' && record.publicRead ? { acl: [{ entity: 'allUsers', role: 'READER' }] } : {}),
    ...record.metadata,
  };
  // A composed object has no MD5. A getter, so that nobody pays for a hash that `fields` leaves out.
  if (record.components === null) {
    Object.defineProperty(resource, 'md5Hash', { enumerable: true, get: () => body.md5() ?? undefined });
  }
  return resource;
}

export function etag({ generation, metageneration }: ObjectRecord): string {
  const bytes = Buffer.alloc(10);
  bytes.writeBigUInt64BE(BigInt(generation));
  bytes.writeUInt16BE(metageneration % 65536, 8);
  return bytes.toString('base64');
}

/** The ETag of downloads: the MD5 of the bytes, as the XML API has it; of a composed object, that of its generation. */
export function mediaEtag(record: ObjectRecord): string {
  const md5 = md5Of(record);
  if (md5 === null) return `"-${createHash('md5').update(etag(record)).digest('base64')}"`;
  return `"${Buffer.from(md5, 'base64').toString('hex')}"`;
}

/** The lines of x-goog-hash. */
export function hashHeader(record: ObjectRecord): string[] {
  const md5 = md5Of(record);
  return [`crc32c=${record.body.crc32c}`, ...(md5 === null ? [] : [`md5=${md5}`])];
}

function md5Of({ components, body }: ObjectRecord): string | null {
  return components === null ? body.md5() : null;
}
