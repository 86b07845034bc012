import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { LicenseToken, RefusalCode } from '../../model/license.js';
import type { AuthKey } from './auth-keys.js';
import { claims } from './claims.js';

/** As DASH-IF's licence request model bounds it. */
export const LONGEST_TOKEN = 5000;
/** Clocks differ. */
const TOLERANCE_SECONDS = 30;
/** RFC 6750 §2.1 */
const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+) *$/i;

/** What stands in a header Authorization; null: no token. */
export function bearerOf(header: string | undefined): string | null {
  if (header === undefined || header.length > LONGEST_TOKEN + 20) return null;
  return BEARER.exec(header)?.[1] ?? null;
}

/**
 * Checks a token (a JWT) by these keys: signature, times, claims. The algorithm is the key's: what the token calls itself
 * chooses among the keys, and nothing else ("none", or a public key taken for a secret, leads nowhere).
 */
export async function verifyToken(
  token: string,
  keys: readonly AuthKey[],
  nowMs: number,
): Promise<LicenseToken | RefusalCode> {
  let refused: RefusalCode = 'token-invalid';
  for (const { algorithm, verify } of candidates(token, keys)) {
    try {
      const { payload } = await jwtVerify(token, verify, {
        algorithms: algorithm === 'EdDSA' ? ['EdDSA', 'Ed25519'] : [algorithm],
        requiredClaims: ['exp'],
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: new Date(nowMs),
      });
      return claims.safeParse(payload).data ?? 'token-invalid';
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'token-expired';
      if (error instanceof errors.JWTClaimValidationFailed)
        return error.claim === 'nbf' ? 'token-early' : 'token-invalid';
      refused = 'token-invalid';
    }
  }
  return refused;
}

/** Those that the token may be signed with: of its name, where it has one that is known, and of its algorithm. */
function candidates(token: string, keys: readonly AuthKey[]): readonly AuthKey[] {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const algorithm = alg === 'Ed25519' ? 'EdDSA' : alg;
    const fitting = keys.filter((key) => key.algorithm === algorithm);
    const named = fitting.filter(({ name }) => name !== null && name === kid);
    return named.length > 0 ? named : fitting.slice(0, 4);
  } catch {
    return [];
  }
}
