import { asObject, parseJson } from './resource.js';

/** A rule or an entry as the user wrote it, with keys that mediactl need not know. */
export type RawRule = Readonly<Record<string, unknown>>;

/** The parts of a bucket resource that decide how titles fare: https://cloud.google.com/storage/docs/json_api/v1/buckets */
export interface BucketFacts {
  /** Changes with every change to the bucket's settings. */
  readonly metageneration: string;
  /** "EU", "EUROPE-WEST1" */
  readonly location: string;
  /** "region", "dual-region", "multi-region" */
  readonly locationType: string;
  /** Of new objects. */
  readonly storageClass: string;
  readonly autoclass: boolean;
  readonly cors: readonly RawRule[];
  readonly lifecycle: readonly RawRule[];
  /** 0: off. */
  readonly softDeleteSeconds: number;
  readonly versioning: boolean;
  /** 0: no retention policy. */
  readonly retentionSeconds: number;
  readonly retentionLocked: boolean;
  readonly defaultEventBasedHold: boolean;
  readonly requesterPays: boolean;
  readonly publicAccessPrevented: boolean;
  readonly uniformAccess: boolean;
  /** Resource name of the key that new objects are encrypted with; null: Google's own. */
  readonly kmsKey: string | null;
}

/** What is asked for of a bucket resource. */
export const BUCKET_FIELDS =
  'metageneration,location,locationType,storageClass,autoclass,cors,lifecycle,softDeletePolicy,versioning,' +
  'retentionPolicy,defaultEventBasedHold,billing,iamConfiguration,encryption';

/** Throws TransportError EBADANSWER when the answer is no bucket resource. */
export function parseBucket(body: Uint8Array): BucketFacts {
  const bucket = asObject(parseJson(body));
  const part = (name: string, of = bucket): Readonly<Record<string, unknown>> => asObject(of[name] ?? {});
  const iam = part('iamConfiguration');
  const retention = part('retentionPolicy');
  return {
    metageneration: word(bucket['metageneration']),
    location: word(bucket['location']),
    locationType: word(bucket['locationType']),
    storageClass: word(bucket['storageClass']),
    autoclass: part('autoclass')['enabled'] === true,
    cors: list(bucket['cors']).map(asObject),
    lifecycle: list(part('lifecycle')['rule']).map(asObject),
    softDeleteSeconds: Number(part('softDeletePolicy')['retentionDurationSeconds'] ?? 0),
    versioning: part('versioning')['enabled'] === true,
    retentionSeconds: Number(retention['retentionPeriod'] ?? 0),
    retentionLocked: retention['isLocked'] === true,
    defaultEventBasedHold: bucket['defaultEventBasedHold'] === true,
    requesterPays: part('billing')['requesterPays'] === true,
    publicAccessPrevented: iam['publicAccessPrevention'] === 'enforced',
    uniformAccess: part('uniformBucketLevelAccess', iam)['enabled'] === true,
    kmsKey: word(part('encryption')['defaultKmsKeyName']) || null,
  };
}

/** The permissions that testIamPermissions says the caller has. */
export function parsePermissions(body: Uint8Array): string[] {
  return list(asObject(parseJson(body))['permissions']).map(word);
}

/** The roles that a policy gives to everybody. */
export function parsePublicRoles(body: Uint8Array): string[] {
  return list(asObject(parseJson(body))['bindings']).flatMap((binding) => {
    const { role, members, condition } = asObject(binding);
    return list(members).includes('allUsers') && condition === undefined ? [word(role)] : [];
  });
}

function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
