import { randomUUID } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import { MediactlError } from '../../errors.js';
import type { LicenseToken } from '../../model/license.js';
import type { AuthKey } from './auth-keys.js';
import { claims } from './claims.js';

/** Signs a token with the first of these keys that can. Throws MediactlError usage where none can, or claims lack something. */
export async function signToken(
  wanted: Readonly<Record<string, unknown>>,
  {
    keys,
    nowMs,
    spanSeconds,
  }: { readonly keys: readonly AuthKey[]; readonly nowMs: number; readonly spanSeconds: number },
): Promise<string> {
  const issued = Math.floor(nowMs / 1000);
  const payload = { ...wanted, jti: randomUUID(), iat: issued, exp: issued + spanSeconds };
  const checked = claims.safeParse(payload);
  if (!checked.success) {
    throw new MediactlError('usage', 'the token would not be taken', {
      reason: checked.error.issues[0]?.message ?? '',
    });
  }
  for (const { algorithm, name, sign } of keys) {
    if (sign === null) continue;
    const header = name === null ? { alg: algorithm } : { alg: algorithm, kid: name };
    return new SignJWT(payload).setProtectedHeader(header).sign(sign);
  }
  throw new MediactlError('usage', 'there is no key to sign with', {
    reason: 'public keys can only check tokens',
    hint: 'name the secret or the private key: --auth jwt:FILE',
  });
}

/** What a token says, whether it is right or not; null: it is none, or not one for licences. */
export function peekToken(
  token: string,
): { readonly claims: Readonly<Record<string, unknown>>; readonly meaning: LicenseToken | null } | null {
  try {
    const payload = decodeJwt(token);
    return { claims: payload, meaning: claims.safeParse(payload).data ?? null };
  } catch {
    return null;
  }
}
