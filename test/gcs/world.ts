import { noSuchBucket, noSuchObject } from './api-error.js';
import type { BodyOptions } from './body.js';
import { createBucket, type Bucket } from './bucket.js';
import { Clock } from './clock.js';
import type { Crc32c } from './crc32c.js';
import { FaultEngine } from './faults.js';
import { RequestLog } from './log.js';
import type { ObjectRecord } from './object-record.js';
import {
  DEFAULT_SETTINGS,
  type BucketOptions,
  type FakeOptions,
  type Settings,
  type Signer,
  type Token,
} from './options.js';
import type { RewriteState } from './rewrite-state.js';
import type { UploadSession } from './upload-session.js';

/** All that the server knows. */
export class World {
  readonly clock = new Clock();
  readonly faults = new FaultEngine();
  readonly log = new RequestLog();
  readonly buckets = new Map<string, Bucket>();
  readonly sessions = new Map<string, UploadSession>();
  readonly rewrites = new Map<string, RewriteState>();
  readonly tokens = new Map<string, Token>();
  /** "bucket/object" → when it was last written, by `clock`. */
  readonly lastWrites = new Map<string, number>();
  readonly projects: readonly string[];
  readonly signers: readonly Signer[];
  readonly bodyOptions: BodyOptions;
  settings: Settings;

  constructor(options: FakeOptions, crc32c: Crc32c) {
    this.projects = options.projects ?? ['test-project'];
    this.signers = options.signers ?? [];
    this.bodyOptions = {
      crc32c,
      memoryLimit: options.memoryLimit ?? 64 * 1024 * 1024,
      md5Limit: options.md5Limit ?? Number.MAX_SAFE_INTEGER,
      keepLimit: options.keepLimit ?? Number.MAX_SAFE_INTEGER,
    };
    this.settings = { ...DEFAULT_SETTINGS, ...options.settings };
    for (const token of options.tokens ?? []) this.tokens.set(token.token, token);
    for (const bucket of options.buckets ?? []) this.addBucket(bucket);
  }

  addBucket({ project, public: isPublic, ...resource }: BucketOptions): Bucket {
    const bucket = createBucket(resource, project ?? this.projects[0] ?? '', this.clock.now());
    if (isPublic === true) {
      bucket.iam['bindings'] = [{ role: 'roles/storage.objectViewer', members: ['allUsers'] }];
    }
    this.buckets.set(bucket.name, bucket);
    return bucket;
  }

  /** @throws ApiError 404 */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) throw noSuchBucket();
    return bucket;
  }

  /** The live object, or the generation asked for. @throws ApiError 404 */
  object(bucketName: string, name: string, generation: number | null): ObjectRecord {
    const { objects } = this.bucket(bucketName);
    const record = generation === null ? objects.live(name) : objects.generation(name, generation);
    if (!record) throw noSuchObject(bucketName, name);
    return record;
  }
}
