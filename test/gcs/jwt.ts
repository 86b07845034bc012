import { createVerify } from 'node:crypto';
import { parseJson } from './exchange.js';
import type { Signer } from './options.js';

/**
 * RS256 by one of the known service accounts (RFC 7515).
 * @returns null when it is no JWT, or not theirs; `expires` in milliseconds since 1970
 */
export function verifyJwt(signers: readonly Signer[], jwt: string): { signer: Signer; expires: number } | null {
  const [head = '', body = '', signature = '', ...rest] = jwt.split('.');
  if (signature === '' || rest.length > 0) return null;
  try {
    const claims = parseJson(Buffer.from(body, 'base64url'));
    const signer = signers.find((known) => known.email === claims['iss']);
    const verify = createVerify('RSA-SHA256').update(`${head}.${body}`);
    if (!signer || !verify.verify(signer.publicKey, Buffer.from(signature, 'base64url'))) return null;
    return { signer, expires: Number(claims['exp']) * 1000 };
  } catch {
    return null;
  }
}
