import { readFile } from 'node:fs/promises';
import { parseJsonOrUndefined } from '../../model/json.js';
import type { Credentials } from '../credentials.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The service account that credentials stand for, as far as files on this machine say it without being asked for a token; null:
 * a user's, the machine's, or nobody's. Nothing of a key but its account's address leaves this function.
 */
export async function accountOf(credentials: Credentials, env: Environment): Promise<string | null> {
  if (credentials.impersonate !== null) return credentials.impersonate;
  const file =
    credentials.kind === 'key-file'
      ? credentials.path
      : credentials.kind === 'application-default'
        ? env['GOOGLE_APPLICATION_CREDENTIALS']
        : undefined;
  if (!file) return null;
  const key = parseJsonOrUndefined(await readFile(file, 'utf8').catch(() => 'null'));
  if (typeof key !== 'object' || key === null) return null;
  const email: unknown = 'client_email' in key ? key.client_email : null;
  return typeof email === 'string' && ADDRESS.test(email) ? email : null;
}

/** It goes into commands that are shown to be copied. */
const ADDRESS = /^[\w.+-]+@[\w.-]+$/;
