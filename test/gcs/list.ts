import { invalid } from './api-error.js';
import { policySeconds, type Bucket } from './bucket.js';
import { rfc3339 } from './clock.js';
import type { Exchange, Reply } from './exchange.js';
import { selectFields } from './fields.js';
import type { JsonObject } from './json.js';
import { objectResource, type ObjectRecord } from './object-record.js';
import { compareNames } from './object-table.js';
import { number } from './preconditions.js';

const MOST = 1000;

/** "Objects: list". Items and prefixes come in one order of names and count together towards maxResults. */
export function listObjects({ world, route, origin }: Exchange): Reply {
  const { query } = route;
  const bucket = world.bucket(route.bucket);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const start = query.get('startOffset') ?? '';
  const end = query.get('endOffset');
  const limit = Math.min(number(query, 'maxResults') ?? MOST, MOST) || MOST;
  const after = parseToken(query.get('pageToken'));

  const records = candidates(bucket, query);
  const items: ObjectRecord[] = [];
  const prefixes: string[] = [];
  let last: Position | null = null;
  let more = false;
  for (let index = firstIndex(records, [prefix, start, after?.name ?? '']); index < records.length; index++) {
    const record = records[index]!;
    if (!record.name.startsWith(prefix)) {
      if (compareNames(record.name, prefix) > 0) break;
      continue;
    }
    if (end !== null && compareNames(record.name, end) >= 0) break;
    if (after && isDone(record, after)) continue;
    const cut = delimiter === '' ? -1 : record.name.indexOf(delimiter, prefix.length);
    const group = cut < 0 ? null : record.name.slice(0, cut + delimiter.length);
    if (group !== null && group === prefixes.at(-1)) {
      last = position(record, group);
      continue;
    }
    if (items.length + prefixes.length >= limit) {
      more = true;
      break;
    }
    if (group !== null) prefixes.push(group);
    if (group === null || (query.get('includeTrailingDelimiter') === 'true' && group === record.name))
      items.push(record);
    last = position(record, group);
  }
  const resource: JsonObject = { kind: 'storage#objects' };
  if (more && last) resource['nextPageToken'] = Buffer.from(JSON.stringify(last)).toString('base64');
  if (prefixes.length > 0) resource['prefixes'] = prefixes;
  if (items.length > 0) {
    resource['items'] = items.map((record) => {
      const item = objectResource(record, origin, query.get('projection'));
      if (query.get('softDeleted') === 'true') addSoftDeleteTimes(item, bucket, record);
      addRetentionTime(item, bucket, record);
      return item;
    });
  }
  return { status: 200, json: selectFields(resource, query.get('fields')) };
}

interface Position {
  readonly name: string;
  readonly generation: number;
  /** The prefix that stood for it; all below it is done too. */
  readonly group: string | null;
}

function addSoftDeleteTimes(item: JsonObject, bucket: Bucket, { deleted }: ObjectRecord): void {
  if (deleted === null) return;
  const kept = policySeconds(bucket, 'softDeletePolicy', 'retentionDurationSeconds') * 1000;
  item['softDeleteTime'] = rfc3339(deleted);
  item['hardDeleteTime'] = rfc3339(deleted + kept);
}

/** Not told while an event-based hold keeps the time from running. */
function addRetentionTime(item: JsonObject, bucket: Bucket, { retainedFrom, metadata }: ObjectRecord): void {
  const kept = policySeconds(bucket, 'retentionPolicy', 'retentionPeriod') * 1000;
  if (kept > 0 && metadata['eventBasedHold'] !== true) item['retentionExpirationTime'] = rfc3339(retainedFrom + kept);
}

function candidates(bucket: Bucket, query: URLSearchParams): readonly ObjectRecord[] {
  if (query.get('softDeleted') === 'true') return bucket.objects.allSoftDeleted();
  return query.get('versions') === 'true' ? bucket.objects.versions() : bucket.objects.sorted();
}

/** The first record that is not before any of the names. */
function firstIndex(records: readonly ObjectRecord[], names: readonly string[]): number {
  const from = names.reduce((a, b) => (compareNames(a, b) >= 0 ? a : b));
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareNames(records[middle]!.name, from) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isDone(record: ObjectRecord, { name, generation, group }: Position): boolean {
  if (group !== null && record.name.startsWith(group)) return true;
  const order = compareNames(record.name, name);
  return order < 0 || (order === 0 && record.generation <= generation);
}

function position({ name, generation }: ObjectRecord, group: string | null): Position {
  return { name, generation, group };
}

function parseToken(token: string | null): Position | null {
  if (token === null || token === '') return null;
  try {
    return JSON.parse(Buffer.from(token, 'base64').toString()) as Position;
  } catch {
    throw invalid('Invalid Value', 'pageToken');
  }
}
