import { createSign, randomBytes } from 'node:crypto';
import { ApiError } from './api-error.js';
import { header, parseJson, readAll, type Exchange, type Reply } from './exchange.js';
import { textOf } from './json.js';
import { verifyJwt } from './jwt.js';
import type { Signer } from './options.js';

const AN_HOUR = 3600;

/**
 * What credentials need besides storage: the OAuth token endpoint (POST /token, a signed JWT for a token) and, of
 * IAM credentials, generateAccessToken and signBlob.
 */
export async function tokenRequest(exchange: Exchange): Promise<Reply> {
  const { detail } = exchange.route;
  const bytes = await readAll(exchange.body());
  if (detail === 'token') return jwtForToken(exchange, new URLSearchParams(bytes.toString()));
  const [email, verb] = detail.split(':');
  const signer = exchange.world.signers.find((known) => known.email === email);
  if (!exchange.world.tokens.has((header(exchange, 'authorization') ?? '').replace(/^Bearer /i, ''))) {
    throw new ApiError(401, 'UNAUTHENTICATED', 'Request is missing required authentication credential.');
  }
  if (!signer) throw new ApiError(404, 'notFound', `Unknown service account ${email}`);
  if (verb === 'generateAccessToken') {
    const expireTime = new Date(exchange.world.clock.now() + AN_HOUR * 1000).toISOString();
    return { status: 200, json: { accessToken: newToken(exchange, signer), expireTime } };
  }
  if (verb === 'signBlob' && signer.privateKey !== undefined) {
    const payload = Buffer.from(textOf(parseJson(bytes)['payload']), 'base64');
    const signedBlob = createSign('RSA-SHA256').update(payload).sign(signer.privateKey, 'base64');
    return { status: 200, json: { keyId: 'fake', signedBlob } };
  }
  throw new ApiError(404, 'notFound', `Unknown method ${verb}`);
}

/** RFC 7523. */
function jwtForToken(exchange: Exchange, form: URLSearchParams): Reply {
  const claims = verifyJwt(exchange.world.signers, form.get('assertion') ?? '');
  if (!claims || claims.expires <= exchange.world.clock.now()) {
    return { status: 400, json: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } };
  }
  const json = { access_token: newToken(exchange, claims.signer), expires_in: AN_HOUR, token_type: 'Bearer' };
  return { status: 200, json };
}

function newToken({ world }: Exchange, { email, permissions, projects }: Signer): string {
  const token = `fake.${randomBytes(18).toString('base64url')}`;
  world.tokens.set(token, {
    token,
    email,
    expires: world.clock.now() + AN_HOUR * 1000,
    ...(permissions === undefined ? {} : { permissions }),
    ...(projects === undefined ? {} : { projects }),
  });
  return token;
}
