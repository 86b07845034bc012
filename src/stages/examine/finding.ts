import type { ErrorCode } from '../../errors.js';
import type { LifecycleWishes } from './lifecycle.js';

/** One thing that was looked at in a bucket, and what came of it. */
export interface BucketFinding {
  /** Stable name of what was looked at. */
  readonly check: Check;
  /**
   * `ok`; `advice`: titles can be published, but it costs, or some players are kept out; `wrong`: titles cannot be
   * published, or are not served as they should be; `unseen`: it could not be looked at.
   */
  readonly state: 'ok' | 'advice' | 'wrong' | 'unseen';
  readonly what: string;
  /** Why it matters. */
  readonly why: string | null;
  /** The command that changes it. */
  readonly command: string | null;
  /** A file that the command reads. */
  readonly file: CommandFile | null;
  /** `--fix` changes it. */
  readonly fixable: boolean;
  /** Of what is wrong. */
  readonly code: ErrorCode | null;
}

export interface CommandFile {
  readonly name: string;
  readonly content: unknown;
}

export type Check =
  | 'permissions'
  | 'retention'
  | 'event-hold'
  | 'write'
  | 'read'
  | 'patch'
  | 'delete'
  | 'served'
  | 'range'
  | 'public-access'
  | 'requester-pays'
  | 'cors'
  | 'cors-served'
  | 'lifecycle'
  | 'lifecycle-deletes'
  | 'soft-delete'
  | 'versioning'
  | 'uniform-access'
  | 'storage-class'
  | 'encryption';

interface Advice {
  readonly why?: string;
  readonly command?: string;
  readonly file?: CommandFile;
  readonly fixable?: boolean;
}

export function ok(check: Check, what: string): BucketFinding {
  return finding(check, 'ok', what, {}, null);
}

export function advice(check: Check, what: string, more: Advice): BucketFinding {
  return finding(check, 'advice', what, more, null);
}

export function wrong(check: Check, code: ErrorCode, what: string, more: Advice): BucketFinding {
  return finding(check, 'wrong', what, more, code);
}

export function unseen(check: Check, what: string, more: Advice = {}): BucketFinding {
  return finding(check, 'unseen', what, more, null);
}

function finding(
  check: Check,
  state: BucketFinding['state'],
  what: string,
  { why, command, file, fixable }: Advice,
  code: ErrorCode | null,
): BucketFinding {
  return {
    check,
    state,
    what,
    why: why ?? null,
    command: command ?? null,
    file: file ?? null,
    fixable: fixable ?? false,
    code,
  };
}

/** How commands name the bucket and who is asking. */
export interface Names {
  /** "gs://bucket" */
  readonly bucket: string;
  /** "gs://bucket/titles" */
  readonly place: string;
  /** "serviceAccount:…", or a word to be replaced. */
  readonly member: string;
}

/** What the findings are told by, beside what was seen. */
export interface Wishes extends LifecycleWishes {
  readonly origins: readonly string[];
}
