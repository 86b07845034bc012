import { ApiError, invalid } from './api-error.js';
import { rfc3339 } from './clock.js';
import { asObject, mergePatch, textOf, type Json, type JsonObject } from './json.js';
import { STORAGE_CLASSES } from './object-record.js';
import { ObjectTable } from './object-table.js';

/** A bucket: its resource, its policy, its objects. */
export interface Bucket {
  readonly name: string;
  readonly project: string;
  readonly created: number;
  updated: number;
  metageneration: number;
  /** Keys of the bucket resource that a client may set. */
  config: JsonObject;
  iam: JsonObject;
  readonly objects: ObjectTable;
}

const WRITABLE = [
  'autoclass',
  'billing',
  'cors',
  'defaultEventBasedHold',
  'encryption',
  'iamConfiguration',
  'labels',
  'lifecycle',
  'logging',
  'retentionPolicy',
  'softDeletePolicy',
  'storageClass',
  'versioning',
  'website',
];
const WEEK = 7 * 24 * 3600;

/** "Buckets: insert". @throws ApiError 400 when the name or a setting is not allowed */
export function createBucket(resource: JsonObject, project: string, now: number): Bucket {
  const { name, location } = resource;
  if (typeof name !== 'string' || name === '') throw new ApiError(400, 'required', 'Required', { location: 'name' });
  if (!/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name) || name.startsWith('goog')) {
    throw invalid(`Invalid bucket name: '${name}'`);
  }
  const bucket: Bucket = {
    name,
    project,
    created: now,
    updated: now,
    metageneration: 0,
    config: { storageClass: 'STANDARD', softDeletePolicy: { retentionDurationSeconds: String(WEEK) } },
    iam: { kind: 'storage#policy', version: 1, bindings: [] },
    objects: new ObjectTable(),
  };
  patchBucket(bucket, { ...resource, location: null }, now);
  bucket.config['location'] = typeof location === 'string' ? location.toUpperCase() : 'US';
  return bucket;
}

/** "Buckets: patch". */
export function patchBucket(bucket: Bucket, patch: JsonObject, now: number): void {
  const allowed: JsonObject = {};
  for (const key of WRITABLE) if (patch[key] !== undefined) allowed[key] = patch[key];
  const config = mergePatch(bucket.config, allowed);
  checkConfig(config, bucket.config);
  stamp(config, bucket.config, now);
  bucket.config = config;
  bucket.updated = now;
  bucket.metageneration++;
}

export function bucketResource(bucket: Bucket, origin: string): JsonObject {
  const ubla = uniformAccess(bucket);
  return {
    kind: 'storage#bucket',
    id: bucket.name,
    name: bucket.name,
    selfLink: `${origin}/storage/v1/b/${bucket.name}`,
    projectNumber: '123456789012',
    metageneration: String(bucket.metageneration),
    etag: Buffer.from([bucket.metageneration & 255]).toString('base64'),
    timeCreated: rfc3339(bucket.created),
    updated: rfc3339(bucket.updated),
    locationType: /^(US|EU|ASIA)$/.test(textOf(bucket.config['location'])) ? 'multi-region' : 'region',
    ...bucket.config,
    iamConfiguration: {
      publicAccessPrevention: 'inherited',
      ...asObject(bucket.config['iamConfiguration']),
      uniformBucketLevelAccess: { enabled: ubla },
      bucketPolicyOnly: { enabled: ubla },
    },
  };
}

export function uniformAccess(bucket: Bucket): boolean {
  const iam = asObject(bucket.config['iamConfiguration']);
  return asObject(iam?.['uniformBucketLevelAccess'])?.['enabled'] === true;
}

/** Whether everybody may read every object: an IAM binding of allUsers, not prevented. */
export function isPublic(bucket: Bucket): boolean {
  if (asObject(bucket.config['iamConfiguration'])?.['publicAccessPrevention'] === 'enforced') return false;
  const { bindings } = bucket.iam;
  return (Array.isArray(bindings) ? bindings : []).some((binding) => {
    const { role, members } = asObject(binding) ?? {};
    const reads = role === 'roles/storage.objectViewer' || role === 'roles/storage.legacyObjectReader';
    return reads && Array.isArray(members) && members.includes('allUsers');
  });
}

/** Seconds of a policy such as softDeletePolicy.retentionDurationSeconds; 0 when there is none. */
export function policySeconds(bucket: Bucket, policy: string, key: string): number {
  return Number(asObject(bucket.config[policy])?.[key] ?? 0);
}

function checkConfig(config: JsonObject, before: JsonObject): void {
  if (!STORAGE_CLASSES.includes(config['storageClass'] ?? null))
    throw invalid('Invalid storage class.', 'storageClass');
  const { cors } = config;
  if (cors !== undefined && !(Array.isArray(cors) && cors.every(isCorsEntry)))
    throw invalid('Invalid argument.', 'cors');
  const rules = asObject(config['lifecycle'])?.['rule'];
  if (rules !== undefined && !(Array.isArray(rules) && rules.every(isLifecycleRule))) {
    throw invalid('Invalid argument.', 'lifecycle');
  }
  const sets = (Array.isArray(rules) ? rules : []).some((rule) => actionOf(rule)?.['type'] === 'SetStorageClass');
  if (sets && asObject(config['autoclass'])?.['enabled'] === true) {
    throw invalid('SetStorageClass rules are not allowed in a bucket with Autoclass.', 'lifecycle');
  }
  const soft = Number(asObject(config['softDeletePolicy'])?.['retentionDurationSeconds'] ?? 0);
  if (!(soft === 0 || (soft >= WEEK && soft <= 90 * 24 * 3600))) throw invalid('Invalid argument.', 'softDeletePolicy');
  const locked = asObject(before['retentionPolicy']);
  const period = Number(asObject(config['retentionPolicy'])?.['retentionPeriod'] ?? 0);
  if (locked?.['isLocked'] === true && period < Number(locked['retentionPeriod'])) {
    throw new ApiError(403, 'forbidden', 'Cannot reduce retention duration of a locked Retention Policy for bucket.');
  }
}

function isCorsEntry(value: Json): boolean {
  const entry = asObject(value);
  const lists = ['origin', 'method', 'responseHeader'];
  const words = (list: Json | undefined): boolean =>
    list === undefined || (Array.isArray(list) && list.every((word) => typeof word === 'string'));
  return entry !== null && lists.every((key) => words(entry[key]));
}

function isLifecycleRule(value: Json): boolean {
  const rule = asObject(value);
  const action = actionOf(value);
  const condition = asObject(rule?.['condition']);
  if (!condition) return false;
  switch (action?.['type']) {
    case 'Delete':
      return true;
    case 'SetStorageClass':
      return STORAGE_CLASSES.includes(action['storageClass'] ?? null);
    case 'AbortIncompleteMultipartUpload':
      return Object.keys(condition).every((key) => ['age', 'matchesPrefix', 'matchesSuffix'].includes(key));
    default:
      return false;
  }
}

function actionOf(rule: Json): JsonObject | null {
  return asObject(asObject(rule)?.['action']);
}

/** The service's own times and numbers-as-strings in the policies a client set. */
function stamp(config: JsonObject, before: JsonObject, now: number): void {
  for (const [key, seconds] of [
    ['softDeletePolicy', 'retentionDurationSeconds'],
    ['retentionPolicy', 'retentionPeriod'],
  ] as const) {
    const policy = asObject(config[key]);
    const isStamped = policy?.['effectiveTime'] !== undefined;
    if (!policy || (isStamped && JSON.stringify(policy) === JSON.stringify(before[key]))) continue;
    config[key] = { ...policy, [seconds]: textOf(policy[seconds]), effectiveTime: rfc3339(now) };
  }
}
