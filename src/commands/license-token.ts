import { MediactlError } from '../errors.js';
import { uuidOf } from '../model/content-keys.js';
import { REFUSALS, type LicenseToken, type PolicyPreset } from '../model/license.js';
import { printable } from '../model/text.js';
import { formatClock } from '../report/format.js';
import { peekToken, signToken } from '../serve/license/sign-token.js';
import { verifyToken } from '../serve/license/verify-token.js';
import type { CommandContext } from './context.js';
import { readAuth } from './read-auth.js';

export interface TokenWishes {
  readonly title: string | null;
  /** 32 hex digits each. */
  readonly kids: readonly string[] | null;
  readonly spanSeconds: number;
  readonly policy: PolicyPreset;
  readonly sub: string | null;
  readonly device: string | null;
  readonly maxHeight: number | null;
  readonly devices: number | null;
  readonly streams: number | null;
  readonly uses: number | null;
}

/** `mediactl license token`: the token, or a document with it. Throws MediactlError usage, keys-…, input-…. */
export async function licenseToken(wishes: TokenWishes, context: CommandContext): Promise<string> {
  const claims = {
    title: wishes.title,
    kids: wishes.kids?.map(uuidOf) ?? null,
    policy: wishes.policy,
    sub: wishes.sub,
    device: wishes.device,
    max_height: wishes.maxHeight,
    devices: wishes.devices,
    streams: wishes.streams,
    uses: wishes.uses,
  };
  const given = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
  const { spanSeconds } = wishes;
  const token = await signToken(given, { keys: await readAuth(context), nowMs: Date.now(), spanSeconds });
  if (!context.settings.output.json) return token;
  return JSON.stringify({ schema: 'mediactl.token/1', token, claims: peekToken(token)?.claims ?? null }, null, 2);
}

/**
 * `mediactl license token --explain`: what a token says, and with a key whether it is valid (`ok`). Throws MediactlError
 * usage, keys-…, input-….
 */
export async function explainToken(
  text: string,
  context: CommandContext,
): Promise<{ readonly text: string; readonly ok: boolean }> {
  const token = text.trim();
  const peeked = peekToken(token);
  if (peeked === null) {
    throw new MediactlError('usage', 'this is no token', {
      hint: 'give a JWT on stdin: mediactl license token --explain < token.txt',
    });
  }
  const keys = context.settings.service.auth === null ? null : await readAuth(context);
  const verified = keys === null ? null : await verifyToken(token, keys, Date.now());
  const refused = typeof verified === 'string' ? verified : null;
  const ok = refused === null && peeked.meaning !== null;
  if (context.settings.output.json) {
    const { claims } = peeked;
    const document = { schema: 'mediactl.token/1', valid: keys === null ? null : ok, code: refused, claims };
    return { text: JSON.stringify(document, null, 2), ok };
  }
  const { meaning } = peeked;
  const lines = meaning === null ? ['its claims are not those of a token for licences'] : meaningLines(meaning);
  const verdict =
    keys === null ? 'not checked: give --auth jwt:FILE' : refused === null ? 'valid' : REFUSALS[refused].title;
  return { text: [...lines, `signature and times: ${verdict}`].join('\n'), ok };
}

function meaningLines({
  title,
  kids,
  who,
  id,
  expiresMs,
  policy,
  maxHeight,
  devices,
  streams,
  uses,
  device,
}: LicenseToken): string[] {
  const rows: readonly (readonly [string, string | number | null])[] = [
    ['opens', title === null ? (kids ?? []).map(uuidOf).join(', ') : `title ${printable(title)}`],
    ['for', who === null ? null : printable(who)],
    ['id', id === null ? null : printable(id)],
    ['until', new Date(expiresMs).toISOString()],
    ['policy', policy.preset],
    ['to begin within', lengthOf(policy.startSeconds)],
    ['to watch within', lengthOf(policy.playSeconds)],
    ['licences within', lengthOf(policy.validSeconds)],
    ['pictures up to', maxHeight === null ? null : `${maxHeight}p`],
    ['devices', devices],
    ['at once', streams],
    ['licences', uses],
    ['only on', device === null ? null : printable(device)],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
}

function lengthOf(seconds: number | null): string | null {
  return seconds === null ? null : formatClock(seconds);
}
