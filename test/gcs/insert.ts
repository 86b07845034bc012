import { invalid } from './api-error.js';
import { BodyWriter } from './body.js';
import { commitObject, type Hashes } from './commit.js';
import { header, type Exchange, type Reply } from './exchange.js';
import { selectFields } from './fields.js';
import type { JsonObject } from './json.js';
import { readRelated } from './multipart.js';
import { objectResource } from './object-record.js';

/** "Simple uploads": uploadType=media. */
export async function insertMedia(exchange: Exchange): Promise<Reply> {
  const writer = new BodyWriter(exchange.world.bodyOptions);
  for await (const bytes of exchange.body()) writer.append(bytes);
  return insert(exchange, writer, {}, header(exchange, 'content-type') ?? null);
}

/** "Multipart uploads": uploadType=multipart, metadata and bytes in one request. */
export async function insertMultipart(exchange: Exchange): Promise<Reply> {
  const writer = new BodyWriter(exchange.world.bodyOptions);
  const type = header(exchange, 'content-type') ?? '';
  const parts = await readRelated(type, exchange.body(), (bytes) => writer.append(bytes));
  return insert(exchange, writer, parts.resource, parts.contentType);
}

function insert(exchange: Exchange, writer: BodyWriter, resource: JsonObject, contentType: string | null): Reply {
  const { world, route, origin } = exchange;
  const record = commitObject(world, {
    operation: route.kind,
    bucket: route.bucket,
    name: nameOf(route.query, resource),
    body: writer.finish(),
    resource: { ...(contentType === null ? {} : { contentType }), ...resource },
    query: route.query,
    hashes: parseGoogHash(header(exchange, 'x-goog-hash')),
  });
  const json = selectFields(objectResource(record, origin, route.query.get('projection')), route.query.get('fields'));
  return { status: 200, json };
}

/** The object's name from the query or the metadata; both may have it when they agree. */
export function nameOf(query: URLSearchParams, resource: JsonObject): string {
  const { name } = resource;
  const asked = query.get('name');
  if (asked !== null && typeof name === 'string' && name !== asked) {
    throw invalid(`Value '${name}' in content does not agree with value '${asked}'.`);
  }
  return asked ?? (typeof name === 'string' ? name : '');
}

/** `crc32c=…,md5=…` */
export function parseGoogHash(text: string | undefined): Hashes {
  const crc32c = /(?:^|,)\s*crc32c=([^,\s]+)/.exec(text ?? '')?.[1];
  const md5 = /(?:^|,)\s*md5=([^,\s]+)/.exec(text ?? '')?.[1];
  return { ...(crc32c === undefined ? {} : { crc32c }), ...(md5 === undefined ? {} : { md5 }) };
}
