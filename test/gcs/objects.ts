import { ApiError, invalid, noSuchObject } from './api-error.js';
import type { Bucket } from './bucket.js';
import { countWrite, logWrite, retire } from './commit.js';
import { readJson, type Exchange, type Reply } from './exchange.js';
import { selectFields } from './fields.js';
import { mergePatch, type JsonObject } from './json.js';
import { objectResource, writableMetadata, type ObjectRecord } from './object-record.js';
import { checkPreconditions, number } from './preconditions.js';
import { checkProtected } from './protect.js';
import { serveMedia } from './serve-media.js';

/** "Objects: get", metadata or (?alt=media) bytes. */
export function getObject(exchange: Exchange): Reply {
  const { world, route } = exchange;
  const { query } = route;
  const generation = number(query, 'generation');
  let record: ObjectRecord;
  if (query.get('softDeleted') === 'true') {
    if (generation === null) throw invalid('Generation is required to get a soft-deleted object.', 'generation');
    const found = world.bucket(route.bucket).objects.softDeleted(route.object, generation);
    if (!found) throw noSuchObject(route.bucket, route.object);
    record = found;
  } else {
    record = world.object(route.bucket, route.object, generation);
  }
  checkPreconditions(query, record, 'read');
  if (route.kind === 'object-media') return serveMedia(exchange, world.bucket(route.bucket), record);
  return objectReply(exchange, record);
}

/** "Objects: patch" and "Objects: update": the metadata changes, the generation stays, the metageneration grows. */
export async function changeObject(exchange: Exchange): Promise<Reply> {
  const { world, route } = exchange;
  const resource = await readJson(exchange);
  const patch = writableMetadata(resource);
  const bucket = world.bucket(route.bucket);
  const record = world.object(route.bucket, route.object, number(route.query, 'generation'));
  checkPreconditions(route.query, record, 'write');
  if (patch['storageClass'] !== undefined && patch['storageClass'] !== record.metadata['storageClass']) {
    throw invalid('Storage class can only be changed by a rewrite.', 'storageClass');
  }
  countWrite(world, route.bucket, route.object);
  const { storageClass } = record.metadata;
  const base: JsonObject =
    route.kind === 'object-update' ? (storageClass === undefined ? {} : { storageClass }) : record.metadata;
  const metadata = mergePatch(base, patch);
  const released = record.metadata['eventBasedHold'] === true && metadata['eventBasedHold'] !== true;
  const now = world.clock.now();
  const changed: ObjectRecord = {
    ...record,
    metadata,
    metageneration: record.metageneration + 1,
    updated: now,
    retainedFrom: released ? now : record.retainedFrom,
    publicRead: record.publicRead || route.query.get('predefinedAcl') === 'publicRead',
  };
  bucket.objects.put(changed);
  logWrite(world, route.kind, changed);
  return objectReply(exchange, changed);
}

/** "Objects: delete". */
export function deleteObject(exchange: Exchange): Reply {
  const { world, route } = exchange;
  const bucket = world.bucket(route.bucket);
  const generation = number(route.query, 'generation');
  const record = world.object(route.bucket, route.object, generation);
  checkPreconditions(route.query, record, 'write');
  checkProtected(bucket, record, world.clock.now());
  countWrite(world, route.bucket, route.object);
  remove(bucket, record, generation, world.clock.now());
  logWrite(world, route.kind, record);
  return { status: 204 };
}

/** "Soft delete": brings a generation back as a new one. */
export function restoreObject(exchange: Exchange): Reply {
  const { world, route } = exchange;
  const generation = number(route.query, 'generation');
  if (generation === null)
    throw new ApiError(400, 'required', 'Required parameter: generation', { location: 'generation' });
  const bucket = world.bucket(route.bucket);
  const lost = bucket.objects.softDeleted(route.object, generation);
  if (!lost) throw noSuchObject(route.bucket, route.object);
  const live = bucket.objects.live(route.object);
  checkPreconditions(route.query, live, 'write');
  countWrite(world, route.bucket, route.object);
  const now = world.clock.now();
  if (live) retire(bucket, live, now);
  const record = { ...lost, deleted: null, generation: world.clock.nextGeneration(), metageneration: 1, created: now };
  bucket.objects.removeSoftDeleted(route.object, generation);
  bucket.objects.put(record);
  logWrite(world, route.kind, record);
  return objectReply(exchange, record);
}

export function objectReply({ route, origin }: Exchange, record: ObjectRecord): Reply {
  const resource = objectResource(record, origin, route.query.get('projection'));
  return { status: 200, json: selectFields(resource, route.query.get('fields')) };
}

function remove(bucket: Bucket, record: ObjectRecord, generation: number | null, now: number): void {
  if (bucket.objects.live(record.name) === record) {
    // Naming a generation deletes it for good in a bucket with versions; without one it becomes noncurrent.
    if (generation !== null && bucket.config['versioning'] !== undefined) bucket.objects.removeLive(record.name);
    else retire(bucket, record, now);
  } else {
    bucket.objects.removeNoncurrent(record.name, record.generation);
  }
}
