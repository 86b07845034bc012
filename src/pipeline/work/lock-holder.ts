import { parseJsonOrUndefined } from '../../model/json.js';
import type { ProcessIdentity } from './process-identity.js';

/** Content of the lock file. */
export interface Holder extends ProcessIdentity {
  /** Never used twice. */
  readonly token: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly command: string;
  /** The file could not be read as a lock: half written, or somebody else's. */
  readonly torn?: true;
}

export function encodeHolder(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** Never throws: what cannot be read is a torn holder under the name `tornToken`. */
export function parseHolder(text: string, tornToken: string): Holder {
  const fields = parseObject(text);
  const { token, pid, host, startedAt, command } = fields;
  const whole =
    typeof token === 'string' &&
    /^[0-9a-f]{8,64}$/.test(token) &&
    typeof pid === 'number' &&
    Number.isSafeInteger(pid) &&
    pid > 0 &&
    typeof host === 'string' &&
    typeof startedAt === 'string' &&
    typeof command === 'string';
  if (!whole) {
    return { ...NOBODY, token: tornToken, torn: true };
  }
  return {
    token,
    pid,
    host,
    startedAt,
    command,
    bootId: stringOrNull(fields['bootId']),
    pidNamespace: stringOrNull(fields['pidNamespace']),
    startTime: stringOrNull(fields['startTime']),
  };
}

const NOBODY = { pid: 0, host: '', startedAt: '', command: '', bootId: null, pidNamespace: null, startTime: null };

interface Fields extends Readonly<Record<string, unknown>> {
  readonly token?: unknown;
  readonly pid?: unknown;
  readonly host?: unknown;
  readonly startedAt?: unknown;
  readonly command?: unknown;
}

function parseObject(text: string): Fields {
  const value = parseJsonOrUndefined(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
