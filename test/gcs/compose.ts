import { ApiError, invalid, noSuchObject } from './api-error.js';
import { BodyWriter } from './body.js';
import { commitObject } from './commit.js';
import { readJson, type Exchange, type Reply } from './exchange.js';
import { asObject, textOf, type Json } from './json.js';
import type { ObjectRecord } from './object-record.js';
import { objectReply } from './objects.js';
import { checkPreconditions } from './preconditions.js';

const MOST_SOURCES = 32;

/** "Composite objects": up to 32 live objects of one bucket, one after another. The result has no MD5. */
export async function composeObject(exchange: Exchange): Promise<Reply> {
  const { world, route } = exchange;
  const { sourceObjects, destination } = await readJson(exchange);
  if (!Array.isArray(sourceObjects) || sourceObjects.length === 0) {
    throw new ApiError(400, 'required', 'You must provide at least one source component.');
  }
  if (sourceObjects.length > MOST_SOURCES) {
    throw invalid(
      `The number of source components provided (${sourceObjects.length}) exceeds the maximum (${MOST_SOURCES}).`,
    );
  }
  const sources = sourceObjects.map((source) => findSource(exchange, source));
  const writer = new BodyWriter(world.bodyOptions);
  for (const { body } of sources) {
    for (const bytes of body.read(0, body.size)) writer.append(bytes);
  }
  const record = commitObject(world, {
    operation: 'compose',
    bucket: route.bucket,
    name: route.object,
    body: writer.finish(),
    resource: asObject(destination) ?? {},
    query: route.query,
    hashes: {},
    components: sources.reduce((sum, source) => sum + (source.components ?? 1), 0),
  });
  return objectReply(exchange, record);
}

function findSource({ world, route }: Exchange, source: Json): ObjectRecord {
  const { name, generation, objectPreconditions } = asObject(source) ?? {};
  if (typeof name !== 'string') throw new ApiError(400, 'required', 'Source object name is required.');
  const { objects } = world.bucket(route.bucket);
  const record = generation === undefined ? objects.live(name) : objects.generation(name, Number(generation));
  if (!record) throw noSuchObject(route.bucket, name);
  const wanted = asObject(objectPreconditions)?.['ifGenerationMatch'];
  if (wanted !== undefined)
    checkPreconditions(new URLSearchParams({ ifGenerationMatch: textOf(wanted) }), record, 'write');
  return record;
}
