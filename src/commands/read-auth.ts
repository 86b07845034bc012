import { resolve } from 'node:path';
import { MediactlError } from '../errors.js';
import { readAuthKeys, type AuthKey } from '../serve/license/auth-keys.js';
import type { CommandContext } from './context.js';

/** The keys of --auth, for tokens. Throws MediactlError usage, keys-…, input-…. */
export async function readAuth({
  settings,
  cwd,
}: Pick<CommandContext, 'settings' | 'cwd'>): Promise<readonly AuthKey[]> {
  const { auth } = settings.service;
  if (auth !== null) return readAuthKeys(resolve(cwd, auth.replace(/^jwt:/, '')));
  throw new MediactlError('usage', 'no key for tokens was given', { hint: 'name one: --auth jwt:token.secret' });
}
