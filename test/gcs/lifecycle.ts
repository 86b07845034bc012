import type { Bucket } from './bucket.js';
import { logWrite, retire } from './commit.js';
import { asObject, textOf, type Json, type JsonObject } from './json.js';
import type { ObjectRecord } from './object-record.js';
import type { World } from './world.js';

const A_DAY = 24 * 3600 * 1000;

/**
 * "Object Lifecycle Management", once, now (the service does it some time in a day). Live objects; conditions age,
 * createdBefore, matchesPrefix, matchesSuffix, matchesStorageClass; a condition it does not know fits nothing.
 * @returns what was done, "Delete bucket/object"
 */
export function runLifecycle(world: World): string[] {
  return [...world.buckets.values()].flatMap((bucket) => {
    const rules = asObject(bucket.config['lifecycle'])?.['rule'];
    const list = Array.isArray(rules) ? rules.map((rule) => asObject(rule) ?? {}) : [];
    return bucket.objects.sorted().flatMap((record) => applyFirst(world, bucket, record, list));
  });
}

function applyFirst(world: World, bucket: Bucket, record: ObjectRecord, rules: readonly JsonObject[]): string[] {
  const fitting = rules.filter((rule) => fits(asObject(rule['condition']) ?? {}, record, world.clock.now()));
  const actions = fitting.map((rule) => asObject(rule['action']) ?? {});
  // "Delete takes precedence over SetStorageClass."
  const action =
    actions.find(({ type }) => type === 'Delete') ?? actions.find(({ type }) => type === 'SetStorageClass');
  const { temporaryHold, eventBasedHold, storageClass } = record.metadata;
  if (!action || temporaryHold === true || eventBasedHold === true) return [];
  if (action['type'] === 'Delete') {
    retire(bucket, record, world.clock.now());
  } else {
    if (action['storageClass'] === storageClass) return [];
    const metadata = { ...record.metadata, storageClass: action['storageClass'] };
    bucket.objects.put({ ...record, metadata, metageneration: record.metageneration + 1 });
  }
  logWrite(world, `lifecycle-${textOf(action['type'])}`, record);
  return [`${textOf(action['type'])} ${record.bucket}/${record.name}`];
}

function fits(condition: JsonObject, record: ObjectRecord, now: number): boolean {
  const { name, created, metadata } = record;
  const tests: Record<string, (value: Json) => boolean> = {
    age: (days) => now - created >= Number(days) * A_DAY,
    createdBefore: (date) => created < Date.parse(textOf(date)),
    isLive: (live) => live === true,
    matchesPrefix: (list) => Array.isArray(list) && list.some((prefix) => name.startsWith(textOf(prefix))),
    matchesSuffix: (list) => Array.isArray(list) && list.some((suffix) => name.endsWith(textOf(suffix))),
    matchesStorageClass: (list) => Array.isArray(list) && list.includes(metadata['storageClass'] ?? null),
  };
  const entries = Object.entries(condition);
  return entries.length > 0 && entries.every(([key, value]) => value !== undefined && (tests[key]?.(value) ?? false));
}
