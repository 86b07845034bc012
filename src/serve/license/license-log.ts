import type { LicenseToken, RefusalCode } from '../../model/license.js';

/** A line of the audit log: who got what, or why not. Never keys or tokens. */
export interface LicenseEntry {
  readonly v: 1;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly outcome: 'granted' | 'refused' | 'released';
  /** Null: granted. */
  readonly code: RefusalCode | null;
  /** A name of the day, or the address where addresses are kept. */
  readonly address: string;
  readonly device: string | null;
  /** Of the token, where it was valid. */
  readonly who: string | null;
  readonly token: string | null;
  readonly title: string | null;
  readonly policy: string | null;
  /** What was asked for, and what was given: KIDs. */
  readonly asked: readonly string[];
  readonly given: readonly string[];
  readonly type: string | null;
}

export const LOG_PREFIX = 'licences';

export function entryOf(
  token: LicenseToken | null,
  rest: Pick<LicenseEntry, 'time' | 'outcome' | 'code' | 'address' | 'device' | 'asked' | 'given' | 'type'>,
): LicenseEntry {
  return {
    v: 1,
    ...rest,
    who: token?.who ?? null,
    token: token?.id ?? null,
    title: token?.title ?? null,
    policy: token?.policy.preset ?? null,
  };
}
