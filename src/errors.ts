/** The one table of failures: stable code → exit code. README's table is checked against it by a test. */
export const EXIT_CODES = {
  internal: 1,
  usage: 2,
  config: 2,
  'keys-exposed': 2,
  'keys-invalid': 2,
  'keys-missing': 2,
  'input-not-found': 3,
  'input-unreadable': 3,
  'input-not-media': 3,
  'input-empty': 3,
  'input-truncated': 3,
  'input-encrypted': 3,
  'input-forbidden': 3,
  'input-unsupported': 3,
  'no-streams': 3,
  'no-such-track': 3,
  'tool-missing': 4,
  'tool-too-old': 4,
  'tool-lacks-feature': 4,
  'encode-failed': 5,
  'encode-stalled': 5,
  'protect-failed': 5,
  'grid-broken': 5,
  'source-changed': 5,
  'disk-full': 6,
  'output-not-writable': 6,
  'output-not-a-folder': 6,
  'output-not-ours': 6,
  'output-other-source': 6,
  'output-busy': 7,
  'verify-failed': 8,
  'strict-warnings': 9,
  'storage-auth': 10,
  'storage-forbidden': 10,
  'storage-not-found': 10,
  'storage-conflict': 10,
  'storage-retention': 10,
  'storage-hold': 10,
  'storage-requester-pays': 10,
  'storage-wrong-project': 10,
  'storage-wrong-address': 10,
  'storage-rejected': 10,
  'storage-checksum': 10,
  'storage-unavailable': 10,
  interrupted: 130,
  terminated: 143,
  'hung-up': 129,
  quit: 131,
  'pipe-closed': 141,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

export interface ErrorParts {
  /** Why it failed. */
  readonly reason?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Last words of an outside program. */
  readonly detail?: readonly string[];
  readonly cause?: unknown;
}

/** A failure the user is told about: `message` says what failed, `reason` why, `hint` what to do. */
export class MediactlError extends Error {
  override readonly name = 'MediactlError';
  readonly code: ErrorCode;
  readonly reason: string | null;
  readonly hint: string | null;
  readonly detail: readonly string[];

  constructor(code: ErrorCode, message: string, parts: ErrorParts = {}) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = code;
    this.reason = parts.reason ?? null;
    this.hint = parts.hint ?? null;
    this.detail = parts.detail ?? [];
  }

  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}

/** Whether a thrown value carries one of the system's error codes ("ENOENT", "EXDEV"). */
export function hasErrorCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** What was thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
