import { ApiError, invalid } from './api-error.js';
import type { Body } from './body.js';
import { policySeconds, uniformAccess, type Bucket } from './bucket.js';
import { asObject, mergePatch, type JsonObject } from './json.js';
import { checkObjectName, writableMetadata, type ObjectRecord } from './object-record.js';
import { checkPreconditions } from './preconditions.js';
import { checkProtected } from './protect.js';
import type { World } from './world.js';

export interface NewObject {
  readonly operation: string;
  readonly bucket: string;
  readonly name: string;
  readonly body: Body;
  /** The object resource the client sent. */
  readonly resource: JsonObject;
  /** ifGenerationMatch …, predefinedAcl, kmsKeyName. */
  readonly query: URLSearchParams;
  /** What the client says of the bytes in X-Goog-Hash or Content-MD5. */
  readonly hashes: Hashes;
  readonly components?: number;
}

export interface Hashes {
  readonly crc32c?: string;
  readonly md5?: string;
}

/**
 * The one place where an object comes to be: all or nothing, at one moment.
 * @throws ApiError 400 wrong checksum, 403 held or retained, 404 no bucket, 412, 429
 */
export function commitObject(world: World, made: NewObject): ObjectRecord {
  const bucket = world.bucket(made.bucket);
  const before = bucket.objects.live(made.name);
  const now = world.clock.now();
  checkObjectName(made.name);
  const metadata = writableMetadata(made.resource);
  checkHashes(made.body, made.hashes);
  checkHashes(made.body, {
    ...(typeof made.resource['crc32c'] === 'string' ? { crc32c: made.resource['crc32c'] } : {}),
    ...(typeof made.resource['md5Hash'] === 'string' ? { md5: made.resource['md5Hash'] } : {}),
  });
  const publicRead = publicReadAcl(bucket, made.query);
  checkPreconditions(made.query, before, 'write');
  if (before) checkProtected(bucket, before, now);
  countWrite(world, made.bucket, made.name);

  const record: ObjectRecord = {
    bucket: made.bucket,
    name: made.name,
    generation: world.clock.nextGeneration(),
    metageneration: 1,
    body: made.body,
    created: now,
    updated: now,
    deleted: null,
    components: made.components ?? null,
    kmsKeyName: kmsKey(bucket, made),
    retainedFrom: now,
    publicRead,
    metadata: {
      storageClass: bucket.config['storageClass'] ?? 'STANDARD',
      ...(bucket.config['defaultEventBasedHold'] === true ? { eventBasedHold: true } : {}),
      ...mergePatch({}, metadata),
    },
  };
  if (before) retire(bucket, before, now);
  bucket.objects.put(record);
  logWrite(world, made.operation, record);
  return record;
}

/** "Object versioning", "Soft delete": where a live object goes when it is deleted or replaced. */
export function retire(bucket: Bucket, record: ObjectRecord, now: number): void {
  bucket.objects.removeLive(record.name);
  const deleted = { ...record, deleted: now };
  if (asObject(bucket.config['versioning'])?.['enabled'] === true) bucket.objects.keepNoncurrent(deleted);
  else if (policySeconds(bucket, 'softDeletePolicy', 'retentionDurationSeconds') > 0)
    bucket.objects.keepSoftDeleted(deleted);
}

/** "There is a write limit to the same object name" of once a second. @throws ApiError 429 */
export function countWrite(world: World, bucket: string, name: string): void {
  const key = `${bucket}/${name}`;
  const now = world.clock.now();
  const last = world.lastWrites.get(key);
  if (world.settings.writeLimit && last !== undefined && now - last < 1000) {
    throw new ApiError(
      429,
      'rateLimitExceeded',
      `The object ${key} exceeded the rate limit for object mutation operations (create, update, and delete). Please reduce your request rate. See https://cloud.google.com/storage/docs/gcs429.`,
      { domain: 'usageLimits' },
    );
  }
  world.lastWrites.set(key, now);
}

export function logWrite(world: World, operation: string, record: ObjectRecord): void {
  world.log.writes.push({
    time: Date.now(),
    operation,
    bucket: record.bucket,
    object: record.name,
    generation: String(record.generation),
    metageneration: String(record.metageneration),
  });
}

function checkHashes(body: Body, { crc32c, md5 }: Hashes): void {
  if (crc32c !== undefined && crc32c !== body.crc32c) {
    throw invalid(`Provided CRC32C "${crc32c}" doesn't match calculated CRC32C "${body.crc32c}".`);
  }
  const calculated = md5 === undefined ? undefined : (body.md5() ?? md5);
  if (md5 !== calculated) {
    throw invalid(`Provided MD5 hash "${md5}" doesn't match calculated MD5 hash "${calculated}".`);
  }
}

function publicReadAcl(bucket: Bucket, query: URLSearchParams): boolean {
  const acl = query.get('predefinedAcl') ?? query.get('destinationPredefinedAcl');
  if (acl !== null && uniformAccess(bucket)) {
    throw invalid(
      'Cannot insert legacy ACL for an object when uniform bucket-level access is enabled. Read more at https://cloud.google.com/storage/docs/uniform-bucket-level-access',
    );
  }
  const prevented = asObject(bucket.config['iamConfiguration'])?.['publicAccessPrevention'] === 'enforced';
  if (prevented && (acl === 'publicRead' || acl === 'authenticatedRead')) {
    const who = 'The member bindings allUsers and allAuthenticatedUsers';
    const message = `${who} are not allowed since public access prevention is enforced.`;
    throw new ApiError(412, 'conditionNotMet', message);
  }
  return acl === 'publicRead';
}

function kmsKey(bucket: Bucket, { query }: NewObject): string | null {
  const named = query.get('kmsKeyName') ?? query.get('destinationKmsKeyName');
  const key = named ?? asObject(bucket.config['encryption'])?.['defaultKmsKeyName'];
  if (typeof key !== 'string') return null;
  if (!/^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/.test(key)) {
    throw invalid('Invalid argument.', 'kmsKeyName');
  }
  return `${key}/cryptoKeyVersions/1`;
}
