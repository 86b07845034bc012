import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAuthKeys, type AuthKey } from '../../../src/serve/license/auth-keys.js';
import { signToken } from '../../../src/serve/license/sign-token.js';
import { bearerOf, verifyToken } from '../../../src/serve/license/verify-token.js';

const NOW = Date.UTC(2026, 10, 26, 18);
const KID = '0123456789abcdef0123456789abcdef';
const SECRET = randomBytes(32).toString('hex');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-tokens-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function keys(text: string, mode = 0o600): Promise<readonly AuthKey[]> {
  const file = join(folder, String(files++));
  await writeFile(file, text);
  await chmod(file, mode);
  return readAuthKeys(file);
}

const sign = async (by: readonly AuthKey[], claims: object = { title: 'movie' }): Promise<string> =>
  signToken({ ...claims }, { keys: by, nowMs: NOW, spanSeconds: 3600 });

/** Signed as RFC 7515 says, whatever it says. */
function handMade(header: object, payload: object, secret: string | Buffer): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const spki = { format: 'pem', type: 'spki' } as const;
const pkcs8 = { format: 'pem', type: 'pkcs8' } as const;

describe('keys for tokens', () => {
  test('secrets, PEM and JWK of the three algorithms: what one signs the other checks', async () => {
    const set = { keys: [{ ...ed.privateKey.export({ format: 'jwk' }), kid: 'new' }] };
    const pairs = [
      ['HS256', await keys(SECRET), await keys(`${SECRET}\n`)],
      [
        'ES256',
        await keys(ec.privateKey.export(pkcs8).toString()),
        await keys(ec.publicKey.export(spki).toString(), 0o644),
      ],
      ['EdDSA', await keys(JSON.stringify(set)), await keys(ed.publicKey.export(spki).toString(), 0o644)],
    ] as const;
    for (const [algorithm, signs, checks] of pairs) {
      expect(signs[0]?.algorithm).toBe(algorithm);
      const token = await sign(signs);
      expect(await verifyToken(token, checks, NOW)).toMatchObject({ title: 'movie', who: expect.any(String) });
      for (const [other, , others] of pairs.filter(([name]) => name !== algorithm)) {
        expect([algorithm, other, await verifyToken(token, others, NOW)]).toEqual([algorithm, other, 'token-invalid']);
      }
    }
    await expect(sign(pairs[1][2])).rejects.toMatchObject({ code: 'usage' });
    // The names of keys choose among several.
    const several = JSON.stringify({
      keys: [ec.publicKey.export({ format: 'jwk' }), { ...ed.publicKey.export({ format: 'jwk' }), kid: 'new' }],
    });
    expect(await verifyToken(await sign(pairs[2][1]), await keys(several, 0o644), NOW)).toMatchObject({
      title: 'movie',
    });
  });

  test('what others may read, or is weak, is refused, and its text is not shown', async () => {
    const short = 'hunter2hunter2hunter2';
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export(spki).toString();
    for (const [text, mode, code] of [
      [SECRET, 0o640, 'keys-exposed'],
      [SECRET, 0o604, 'keys-exposed'],
      [ec.privateKey.export(pkcs8).toString(), 0o644, 'keys-exposed'],
      [JSON.stringify({ kty: 'oct', k: SECRET }), 0o644, 'keys-exposed'],
      [short, 0o600, 'keys-invalid'],
      [JSON.stringify({ kty: 'oct', k: short }), 0o600, 'keys-invalid'],
      [rsa, 0o600, 'keys-invalid'],
      ['-----BEGIN PUBLIC KEY-----\nhunter2\n-----END PUBLIC KEY-----', 0o600, 'keys-invalid'],
      ['{"kty":"oct"}', 0o600, 'keys-invalid'],
      ['{"hunter2":1}', 0o600, 'keys-invalid'],
      ['', 0o600, 'keys-invalid'],
    ] as const) {
      const error = await keys(text, mode).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error, text.slice(0, 40)).toMatchObject({ code });
      expect(JSON.stringify(error)).not.toMatch(new RegExp(`hunter2|${SECRET}`));
    }
    await expect(readAuthKeys(join(folder, 'none'))).rejects.toMatchObject({ code: 'input-not-found' });
  });
});

describe('tokens', () => {
  const claims = { title: 'movie', exp: NOW / 1000 + 60 };

  test('times, with half a minute for clocks that differ', async () => {
    const by = await keys(SECRET);
    const at = (payload: object): Promise<unknown> => verifyToken(handMade({ alg: 'HS256' }, payload, SECRET), by, NOW);
    expect(await at(claims)).toMatchObject({ title: 'movie', expiresMs: NOW + 60_000 });
    expect(await at({ ...claims, exp: NOW / 1000 - 20 })).toMatchObject({ title: 'movie' });
    expect(await at({ ...claims, exp: NOW / 1000 - 40 })).toBe('token-expired');
    expect(await at({ ...claims, nbf: NOW / 1000 + 40 })).toBe('token-early');
    expect(await at({ title: 'movie' })).toBe('token-invalid');
  });

  test('none is taken that is not signed by the key, whatever it says of itself', async () => {
    const secret = await keys(SECRET);
    const open = ec.publicKey.export(spki).toString();
    const asymmetric = await keys(open, 0o644);
    const good = handMade({ alg: 'HS256' }, claims, SECRET);
    const [header = '', payload = '', signature = ''] = good.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const other = Buffer.from(JSON.stringify({ ...claims, title: 'other' })).toString('base64url');
    for (const [token, by] of [
      [`${none}.${payload}.`, secret],
      [`${none}.${payload}.${signature}`, secret],
      [`${header}.${other}.${signature}`, secret],
      [`${header}.${payload}.${signature.slice(0, -2)}AA`, secret],
      [handMade({ alg: 'HS256' }, claims, 'another secret of 32 bytes or more'), secret],
      // The public key, which everybody has, taken for a secret.
      [handMade({ alg: 'HS256' }, claims, open), asymmetric],
      [handMade({ alg: 'ES256' }, claims, open), asymmetric],
      [handMade({ alg: 'HS256', crit: ['b64'], b64: false }, claims, SECRET), secret],
      [handMade({ alg: 'HS512' }, claims, SECRET), secret],
      ['a.b.c', secret],
      ['..', secret],
      ['', secret],
    ] as const) {
      expect(await verifyToken(token, by, NOW), token).toBe('token-invalid');
    }
    expect(await verifyToken(good, secret, NOW)).toMatchObject({ title: 'movie' });
  });

  test('claims that cannot be kept are no licence without them', async () => {
    const by = await keys(SECRET);
    const with_ = (more: object): Promise<unknown> =>
      verifyToken(handMade({ alg: 'HS256' }, { ...claims, ...more }, SECRET), by, NOW);
    for (const wrong of [
      { title: undefined },
      { kids: [KID] },
      { title: undefined, kids: [] },
      { title: undefined, kids: ['not a kid'] },
      { policy: 'forever' },
      { policy: { preset: 'rental', hdcp: 1 }, iat: NOW / 1000, jti: 'a' },
      { policy: 'rental', jti: 'a' },
      { policy: 'rental', iat: NOW / 1000 },
      { policy: 'persistent' },
      { devices: 3 },
      { streams: 0, sub: 'a' },
      { uses: 1, sub: 'a' },
      { max_height: '720' },
    ]) {
      expect(await with_(wrong), JSON.stringify(wrong)).toBe('token-invalid');
    }
    expect(
      await with_({ title: undefined, authorized_kids: ['01234567-89AB-cdef-0123-456789abcdef'], foreign: 1 }),
    ).toMatchObject({
      kids: [KID],
      policy: { preset: 'stream' },
    });
    expect(await with_({ policy: { preset: 'rental', playback_s: 60 }, iat: NOW / 1000, jti: 'a' })).toMatchObject({
      policy: { startSeconds: 48 * 3600, playSeconds: 60 },
    });
  });

  test('a header gives a token only where it is one, and not an endless one', () => {
    expect(bearerOf('Bearer a.b.c')).toBe('a.b.c');
    expect(bearerOf('bearer  a.b.c ')).toBe('a.b.c');
    for (const wrong of [
      undefined,
      '',
      'Bearer',
      'Basic a.b.c',
      'Bearer a.b',
      'Bearer a.b.c.d',
      `Bearer a.b.${'c'.repeat(6000)}`,
    ]) {
      expect(bearerOf(wrong)).toBeNull();
    }
  });
});
