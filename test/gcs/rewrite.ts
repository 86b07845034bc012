import { randomBytes } from 'node:crypto';
import { invalid } from './api-error.js';
import { commitObject } from './commit.js';
import { readJson, type Exchange, type Reply } from './exchange.js';
import { selectFields } from './fields.js';
import type { JsonObject } from './json.js';
import { objectResource, type ObjectRecord } from './object-record.js';
import { objectReply } from './objects.js';
import { checkPreconditions, number } from './preconditions.js';

const MEBIBYTE = 1024 * 1024;

/** "Objects: rewrite": in one call, or in steps of maxBytesRewrittenPerCall with a rewriteToken. */
export async function rewriteObject(exchange: Exchange): Promise<Reply> {
  const { world, route, origin } = exchange;
  const resource = await readJson(exchange);
  const token = route.query.get('rewriteToken');
  const step = number(route.query, 'maxBytesRewrittenPerCall');
  if (step !== null && (step === 0 || step % MEBIBYTE !== 0)) {
    throw invalid('maxBytesRewrittenPerCall must be an integral multiple of 1 MiB.', 'maxBytesRewrittenPerCall');
  }
  const source = findSource(exchange);
  const state = token === null ? { source, done: 0 } : world.rewrites.get(token);
  if (!state || state.source.generation !== source.generation) throw invalid('Invalid rewrite token.', 'rewriteToken');
  const { size } = source.body;
  state.done = Math.min(size, state.done + (step ?? Infinity));
  const progress = {
    kind: 'storage#rewriteResponse',
    totalBytesRewritten: String(state.done),
    objectSize: String(size),
  };
  if (state.done < size) {
    const next = token ?? randomBytes(18).toString('base64url');
    world.rewrites.set(next, state);
    const json = { ...progress, done: false, rewriteToken: next };
    return { status: 200, json: selectFields(json, route.query.get('fields')) };
  }
  if (token !== null) world.rewrites.delete(token);
  const made = copy(exchange, source, resource);
  const json = { ...progress, done: true, resource: objectResource(made, origin, route.query.get('projection')) };
  return { status: 200, json: selectFields(json, route.query.get('fields')) };
}

/** "Objects: copy". */
export async function copyObject(exchange: Exchange): Promise<Reply> {
  const resource = await readJson(exchange);
  return objectReply(exchange, copy(exchange, findSource(exchange), resource));
}

function findSource({ world, route }: Exchange): ObjectRecord {
  const record = world.object(route.bucket, route.object, number(route.query, 'sourceGeneration'));
  checkPreconditions(route.query, record, 'write', 'ifSource');
  return record;
}

/** With metadata in the request, that replaces the source's; without, the source's goes along. */
function copy({ world, route }: Exchange, source: ObjectRecord, resource: JsonObject): ObjectRecord {
  if (!route.target) throw new Error('a copy needs a target');
  const { temporaryHold: _t, eventBasedHold: _e, storageClass: _s, ...kept } = source.metadata;
  return commitObject(world, {
    operation: route.kind,
    bucket: route.target.bucket,
    name: route.target.object,
    body: source.body,
    resource: Object.keys(resource).length === 0 ? kept : resource,
    query: route.query,
    hashes: {},
    ...(source.components === null ? {} : { components: source.components }),
  });
}
