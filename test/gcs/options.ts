import type { JsonObject } from './json.js';

/** What the fake is started with. Everything has a default; all of it is plain JSON. */
export interface FakeOptions {
  /** 0 (default): any free port. */
  readonly port?: number;
  readonly buckets?: readonly BucketOptions[];
  /** Projects that exist. Default ["test-project"]. */
  readonly projects?: readonly string[];
  /** Bodies above this many bytes go to a sparse temporary file. Default 64 MiB. */
  readonly memoryLimit?: number;
  /** Bodies above this many bytes have no MD5, as composed ones have none: it is most of the work. Default: none is. */
  readonly md5Limit?: number;
  /** Of bodies above this many bytes only size and CRC-32C are kept (for benches). Default: all are kept. */
  readonly keepLimit?: number;
  /** CRC-32C from @node-rs/crc32 and not the fake's own (for benches: ten times as fast). Default false. */
  readonly nativeChecksums?: boolean;
  /** Service accounts whose signatures and key files are known. */
  readonly signers?: readonly Signer[];
  readonly tokens?: readonly Token[];
  readonly settings?: Partial<Settings>;
}

/** A bucket resource as buckets.insert takes it, and: */
export interface BucketOptions extends JsonObject {
  name: string;
  /** Default: the first project. */
  project?: string;
  /** Gives allUsers roles/storage.objectViewer. */
  public?: boolean;
}

export interface Signer {
  readonly email: string;
  readonly publicKey: string;
  /** Only for the signBlob method. */
  readonly privateKey?: string;
  readonly permissions?: readonly string[];
  readonly projects?: readonly string[];
}

/** An access token that is accepted. */
export interface Token {
  readonly token: string;
  readonly email?: string;
  /** "storage.objects.create" …; "storage.objects.*" and "*" work. Default all. */
  readonly permissions?: readonly string[];
  /** Projects this caller may name and bill. Default all. */
  readonly projects?: readonly string[];
  /** Milliseconds since 1970. */
  readonly expires?: number;
}

/** Can be changed while the fake runs. */
export interface Settings {
  /** "open" (default): nobody is asked who they are. "required": 401 and 403 as documented; public objects stay readable. */
  readonly auth: 'open' | 'required';
  /** 429 for more than one write a second of one object name. Default false. */
  readonly writeLimit: boolean;
  /** Every answer waits this long after the request's last byte. Default 0. */
  readonly latencyMs: number;
  /** Life of an upload session and what is answered afterwards. Default a week, 410. */
  readonly sessionLifeMs: number;
  readonly sessionGoneStatus: 404 | 410;
}

export const DEFAULT_SETTINGS: Settings = {
  auth: 'open',
  writeLimit: false,
  latencyMs: 0,
  sessionLifeMs: 7 * 24 * 3600 * 1000,
  sessionGoneStatus: 410,
};
