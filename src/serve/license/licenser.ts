import { createHash } from 'node:crypto';
import { Counter, type Registry } from 'prom-client';
import type { ContentKey } from '../../model/content-keys.js';
import { REFUSALS, type LicenseRequest, type LicenseToken, type RefusalCode } from '../../model/license.js';
import { answer, answerJson } from '../answers.js';
import { AddressNames } from '../http/address-names.js';
import { readBody } from '../http/body.js';
import { answerProblem } from '../http/problem.js';
import { RateLimit } from '../http/rate-limit.js';
import { dayOf } from '../http/rotated-files.js';
import type { Asked, Route } from '../http/service.js';
import type { AuthKey } from './auth-keys.js';
import type { KeyRing } from './key-ring.js';
import { entryOf, type LicenseEntry } from './license-log.js';
import { parseLicenseRequest } from './license-request.js';
import type { LicenseState, StateChange } from './license-state.js';
import { bearerOf, verifyToken } from './verify-token.js';

export interface LicenserOptions {
  readonly registry: Registry;
  readonly ring: KeyRing;
  readonly auth: readonly AuthKey[];
  readonly state: LicenseState;
  /** Requests a minute with one token. */
  readonly tokenRate: number;
  readonly keepAddresses: boolean;
  /** Milliseconds since 1970; Date.now. */
  readonly today: () => number;
  /** Resolves when it is in the journal. */
  readonly keep: (change: StateChange) => Promise<void>;
  /** Resolves when it is in the log. */
  readonly log: (entry: LicenseEntry) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
}

/** More than 64 KIDs take. */
const LARGEST = 8 * 1024;
const DEVICE = /^[\w.:-]{1,100}$/;

interface Decision {
  readonly token: LicenseToken | null;
  readonly request: LicenseRequest | null;
  readonly outcome: RefusalCode | 'released' | readonly ContentKey[];
  readonly change: StateChange | null;
  readonly retryAfter?: number;
}

/**
 * Answers ClearKey requests (W3C EME §9.1.3) with Bearer tokens. A licence has all keys that the token gives a right to, not
 * only those that were asked for: hls.js asks for the first only. What is decided is in the journal and in the log before
 * it is answered; where they cannot be written nothing is given.
 */
export function createLicenser(options: LicenserOptions): Route {
  const names = new AddressNames();
  const perToken = new RateLimit(options.tokenRate);
  const outcomes = new Counter({
    name: 'mediactl_license_requests_total',
    help: 'Licence requests, by what became of them.',
    labelNames: ['outcome', 'code'],
    registers: [options.registry],
  });

  const decide = async (
    { request: { headers } }: Asked,
    body: Buffer,
    device: string | null,
    now: number,
  ): Promise<Decision> => {
    const none = { token: null, request: null, change: null };
    const bearer = bearerOf(headers.authorization);
    if (bearer === null) return { ...none, outcome: 'token-missing' };
    const token = await verifyToken(bearer, options.auth, now);
    if (typeof token === 'string') return { ...none, outcome: token };
    const request = parseLicenseRequest(body);
    const retryAfter = perToken.take(createHash('sha256').update(bearer).digest('base64'));
    if (retryAfter !== null) return { token, request, change: null, outcome: 'too-often', retryAfter };
    if (request === null) return { token, request, change: null, outcome: 'malformed' };
    if (request.type === null) {
      return { token, request, outcome: 'released', change: options.state.release(token, device, now) };
    }
    const keys = options.ring.entitled(token);
    const isEntitled = keys.some(({ kid }) => request.kids.includes(kid));
    if (!isEntitled) return { token, request, change: null, outcome: 'not-entitled' };
    if (request.type === 'persistent-license' && !token.policy.persistent) {
      return { token, request, change: null, outcome: 'not-persistent' };
    }
    const admitted = options.state.admit(token, device, now);
    if (typeof admitted === 'string') return { token, request, change: null, outcome: admitted };
    return { token, request, outcome: keys, change: admitted };
  };

  return async (asked) => {
    const { request, response, address } = asked;
    const body = await readBody(request, LARGEST);
    if (body === null) return answerProblem(response, { status: 413, title: 'a licence request is shorter' });
    const now = options.today();
    const named = request.headers['x-device-id'];
    const device = typeof named === 'string' && DEVICE.test(named) ? named : null;
    const decision = await decide(asked, body, device, now);
    const { outcome, token } = decision;
    const given = typeof outcome === 'string' ? [] : outcome;
    const code = typeof outcome === 'string' && outcome !== 'released' ? outcome : null;
    const word = code !== null ? 'refused' : outcome === 'released' ? 'released' : 'granted';
    outcomes.inc({ outcome: word, code: code ?? '' });
    const entry = entryOf(token, {
      time: new Date(now).toISOString(),
      outcome: word,
      code,
      address: options.keepAddresses ? address : names.nameOf(address, dayOf(now)),
      device: token?.device ?? device,
      asked: decision.request?.kids ?? [],
      given: given.map(({ kid }) => kid),
      type: decision.request?.type ?? null,
    });
    try {
      await Promise.all([options.log(entry), ...(decision.change === null ? [] : [options.keep(decision.change)])]);
    } catch (error) {
      options.onTrouble(error);
      return answerProblem(response, { status: 503, title: 'no licences can be given at the moment', retryAfter: 30 });
    }
    if (code !== null) {
      const { status, type, title, detail } = REFUSALS[code];
      // RFC 6750 §3: where nothing was sent, nothing is said to be wrong with it.
      if (status === 401) {
        response.setHeader('www-authenticate', code === 'token-missing' ? 'Bearer' : 'Bearer error="invalid_token"');
      }
      const retry = decision.retryAfter === undefined ? {} : { retryAfter: decision.retryAfter };
      return answerProblem(response, { status, type, title, detail, code, ...retry });
    }
    if (outcome === 'released') return answer(response, 204, '');
    answerJson(response, 200, { keys: given.map(jwkOf), type: decision.request?.type ?? 'temporary' });
  };
}

/** A key as players of Clear Key read it, in base64url without padding: W3C EME §9.1.4. */
export function jwkOf({ kid, key }: ContentKey): { readonly kty: 'oct'; readonly kid: string; readonly k: string } {
  const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  return { kty: 'oct', kid: b64(Buffer.from(kid, 'hex')), k: b64(key.reveal()) };
}
