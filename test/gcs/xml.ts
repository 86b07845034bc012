import { ApiError } from './api-error.js';
import { BodyWriter } from './body.js';
import { commitObject } from './commit.js';
import { corsHeaders, preflight } from './cors.js';
import { header, type Exchange, type Reply } from './exchange.js';
import { parseGoogHash } from './insert.js';
import type { JsonObject } from './json.js';
import { etag, hashHeader } from './object-record.js';
import { deleteObject } from './objects.js';
import { checkPreconditions, number } from './preconditions.js';
import { serveMedia } from './serve-media.js';

/** GET and HEAD of /bucket/object: what players and CDNs ask. */
export function xmlGet(exchange: Exchange): Reply {
  const { world, route } = exchange;
  const bucket = world.bucket(route.bucket);
  const cors = corsHeaders(exchange, bucket, exchange.request.method ?? 'GET');
  try {
    const record = world.object(route.bucket, route.object, number(route.query, 'generation'));
    checkPreconditions(conditions(exchange), record, 'read');
    const reply = serveMedia(exchange, bucket, record);
    return { ...reply, headers: { ...reply.headers, ...cors } };
  } catch (error) {
    // A page may read the status of a failed request too, so CORS headers stay on errors.
    if (error instanceof ApiError) {
      const { status, reason, message, extra } = error;
      throw new ApiError(status, reason, message, { ...extra, headers: { ...extra.headers, ...cors } });
    }
    throw error;
  }
}

/** PUT of /bucket/object: an upload by a signed URL. */
export async function xmlPut(exchange: Exchange): Promise<Reply> {
  const { world, route } = exchange;
  const writer = new BodyWriter(world.bodyOptions);
  for await (const bytes of exchange.body()) writer.append(bytes);
  const md5 = header(exchange, 'content-md5');
  const record = commitObject(world, {
    operation: route.kind,
    bucket: route.bucket,
    name: route.object,
    body: writer.finish(),
    resource: metadataOf(exchange),
    query: conditions(exchange),
    hashes: { ...parseGoogHash(header(exchange, 'x-goog-hash')), ...(md5 === undefined ? {} : { md5 }) },
  });
  const cors = corsHeaders(exchange, world.bucket(route.bucket), 'PUT');
  const headers = {
    ...cors,
    etag: `"${etag(record)}"`,
    'x-goog-generation': String(record.generation),
    'x-goog-metageneration': '1',
    'x-goog-hash': hashHeader(record),
  };
  return { status: 200, headers, text: '' };
}

export function xmlDelete(exchange: Exchange): Reply {
  return deleteObject(exchange);
}

export function xmlOptions(exchange: Exchange): Reply {
  return preflight(exchange, exchange.world.bucket(exchange.route.bucket));
}

/** The XML API has preconditions in headers. */
function conditions(exchange: Exchange): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, parameter] of [
    ['x-goog-if-generation-match', 'ifGenerationMatch'],
    ['x-goog-if-metageneration-match', 'ifMetagenerationMatch'],
  ] as const) {
    const value = header(exchange, name);
    if (value !== undefined) query.set(parameter, value);
  }
  const acl = header(exchange, 'x-goog-acl');
  if (acl !== undefined) query.set('predefinedAcl', acl === 'public-read' ? 'publicRead' : acl);
  return query;
}

function metadataOf(exchange: Exchange): JsonObject {
  const resource: JsonObject = {};
  for (const [name, key] of [
    ['content-type', 'contentType'],
    ['cache-control', 'cacheControl'],
    ['content-encoding', 'contentEncoding'],
    ['content-disposition', 'contentDisposition'],
    ['content-language', 'contentLanguage'],
    ['x-goog-storage-class', 'storageClass'],
  ] as const) {
    const value = header(exchange, name);
    if (value !== undefined) resource[key] = value;
  }
  const custom: JsonObject = {};
  for (const name of Object.keys(exchange.request.headers)) {
    const value = header(exchange, name);
    if (name.startsWith('x-goog-meta-') && value !== undefined) custom[name.slice('x-goog-meta-'.length)] = value;
  }
  return Object.keys(custom).length === 0 ? resource : { ...resource, metadata: custom };
}
