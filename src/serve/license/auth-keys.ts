import { createPrivateKey, createPublicKey, webcrypto, type JsonWebKey, type KeyObject } from 'node:crypto';
import { open } from 'node:fs/promises';
import { importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { hasErrorCode, MediactlError } from '../../errors.js';
import { asReadError } from '../../errors/disk.js';
import { parseJsonOrUndefined } from '../../model/json.js';
import { printable } from '../../model/text.js';

type CryptoKey = webcrypto.CryptoKey;

/** A key that tokens are signed with, or checked. Its algorithm is its own, whatever a token says. */
export interface AuthKey {
  /** Its name in tokens (`kid`); null: it has none. */
  readonly name: string | null;
  readonly algorithm: 'HS256' | 'ES256' | 'EdDSA';
  readonly verify: CryptoKey;
  /** Null: it can only check. */
  readonly sign: CryptoKey | null;
}

const SHORTEST_SECRET = 32;
const MOST_BYTES = 1 << 20;

const jwk = z.looseObject({ kty: z.enum(['oct', 'EC', 'OKP']), kid: z.string().max(200).optional() });
const jwkSet = z.object({ keys: z.array(jwk).min(1).max(100) });

/**
 * Reads keys for tokens: a secret of 32 bytes or more (HS256), a PEM key of P-256 (ES256) or Ed25519 (EdDSA), public or
 * private, a JWK or a set of them. Throws MediactlError keys-exposed where others may read what is secret, keys-invalid,
 * input-…; none of them shows anything of what is in it.
 */
export async function readAuthKeys(file: string): Promise<readonly AuthKey[]> {
  const { text, isPrivate } = await readText(file);
  const jwks = jwksOf(text, file);
  if (!isPrivate && jwks.some(isSecret)) {
    throw new MediactlError('keys-exposed', `other users of this machine can read ${printable(file)}`, {
      reason: 'whoever knows what is in it can make tokens',
      hint: `run "chmod 600 ${printable(file)}", and make another if somebody may have read this one`,
    });
  }
  try {
    return await Promise.all(jwks.map(authKeyOf));
  } catch {
    throw invalid(file, 'a secret of 32 bytes, a P-256 or an Ed25519 key is expected');
  }
}

function isSecret(key: JsonWebKey): boolean {
  return key.kty === 'oct' || key.d !== undefined;
}

async function readText(file: string): Promise<{ readonly text: string; readonly isPrivate: boolean }> {
  try {
    const handle = await open(file, 'r');
    try {
      const { mode, size } = await handle.stat();
      if (size > MOST_BYTES) throw invalid(file, 'it is too large');
      const text = await handle.readFile('utf8');
      return { text: text.trim(), isPrivate: process.platform === 'win32' || (mode & 0o077) === 0 };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw asReadError(error, file);
    throw new MediactlError('input-not-found', `there is no file ${printable(file)}`, {
      hint: 'for a secret: (umask 077; openssl rand -hex 32 > token.secret)',
    });
  }
}

function jwksOf(text: string, file: string): readonly JsonWebKey[] {
  if (text.startsWith('-----BEGIN')) return [jwkOfPem(text, file)];
  if (!text.startsWith('{')) {
    if (Buffer.byteLength(text) < SHORTEST_SECRET) throw invalid(file, 'a secret has 32 bytes at least');
    return [{ kty: 'oct', k: Buffer.from(text).toString('base64url') }];
  }
  const value = parseJsonOrUndefined(text);
  const several = jwkSet.safeParse(value).data?.keys;
  const one = jwk.safeParse(value).data;
  if (several === undefined && one === undefined) throw invalid(file, 'it is neither a JWK nor a set of them');
  return several ?? (one === undefined ? [] : [one]);
}

function jwkOfPem(text: string, file: string): JsonWebKey {
  const key: KeyObject | null = (() => {
    try {
      return text.includes('PRIVATE KEY') ? createPrivateKey(text) : createPublicKey(text);
    } catch {
      return null;
    }
  })();
  if (key === null) throw invalid(file, 'it is not a PEM key, or it has a password');
  try {
    return key.export({ format: 'jwk' });
  } catch {
    throw invalid(file, 'only keys of P-256 and Ed25519 are supported');
  }
}

async function authKeyOf(key: JsonWebKey & { readonly kid?: unknown }): Promise<AuthKey> {
  const name = typeof key.kid === 'string' ? key.kid : null;
  if (key.kty === 'oct') {
    const bytes = Buffer.from(key.k ?? '', 'base64url');
    if (bytes.length < SHORTEST_SECRET) throw new RangeError('too short');
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    const both = await webcrypto.subtle.importKey('raw', bytes, hmac, false, ['sign', 'verify']);
    return { name, algorithm: 'HS256', verify: both, sign: both };
  }
  const algorithm = algorithmOf(key);
  const parts: JWK = { kty: key.kty === 'EC' ? 'EC' : 'OKP' };
  for (const part of ['crv', 'x', 'y'] as const) if (key[part] !== undefined) parts[part] = key[part];
  const verify = await importJWK(parts, algorithm);
  if (key.d !== undefined) parts.d = key.d;
  const sign = key.d === undefined ? null : await importJWK(parts, algorithm);
  if (verify instanceof Uint8Array || sign instanceof Uint8Array) throw new TypeError('a secret');
  return { name, algorithm, verify, sign };
}

function algorithmOf({ kty, crv }: JsonWebKey): 'ES256' | 'EdDSA' {
  if (kty === 'EC' && crv === 'P-256') return 'ES256';
  if (kty === 'OKP' && crv === 'Ed25519') return 'EdDSA';
  throw new TypeError('not supported');
}

function invalid(file: string, reason: string): MediactlError {
  return new MediactlError('keys-invalid', `${printable(file)} has no key for tokens`, { reason });
}
