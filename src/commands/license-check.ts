import { MediactlError } from '../errors.js';
import { uuidOf } from '../model/content-keys.js';
import { printable } from '../model/text.js';
import { askLicense, type LicenseAnswer } from '../serve/license/ask-license.js';
import { peekToken } from '../serve/license/sign-token.js';
import type { CommandContext } from './context.js';

export interface CheckWishes {
  readonly url: string;
  readonly token: string | null;
  /** 32 hex digits each; null: those of the token. */
  readonly kids: readonly string[] | null;
  readonly device: string | null;
  readonly persistent: boolean;
}

/**
 * `mediactl license check URL`: asks for a licence as a player would, and says what came; `ok`: keys for all KIDs. Throws
 * MediactlError usage, storage-unavailable.
 */
export async function licenseCheck(
  { url, token, kids, device, persistent }: CheckWishes,
  { settings, signal }: CommandContext,
): Promise<{ readonly text: string; readonly ok: boolean }> {
  const asked = kids ?? (token === null ? null : (peekToken(token)?.meaning?.kids ?? null));
  if (asked === null) {
    throw new MediactlError('usage', 'no KIDs were given, and the token names none', {
      hint: 'name what the title is encrypted with: --kids 01234567-89ab-cdef-0123-456789abcdef',
    });
  }
  const answer = await askLicense({ url, token, kids: asked, device, persistent, signal });
  const missing = asked.filter((kid) => answer.kids?.includes(kid) !== true);
  const ok = answer.kids !== null && missing.length === 0;
  if (settings.output.json) {
    const { status, milliseconds, cors, problem } = answer;
    const given = answer.kids?.map(uuidOf) ?? [];
    const document = {
      schema: 'mediactl.license-check/1',
      ok,
      status,
      milliseconds,
      given,
      missing: missing.map(uuidOf),
      cors,
      problem,
    };
    return { text: JSON.stringify(document, null, 2), ok };
  }
  return { text: linesOf(answer, missing).join('\n'), ok };
}

function linesOf(
  { status, milliseconds, kids, cors, problem }: LicenseAnswer,
  missing: readonly string[],
): readonly string[] {
  const pages = cors ? [] : ['pages elsewhere may not ask there (CORS)'];
  if (kids === null) {
    const what = problem === null ? 'this is no licence' : printable(problem.title);
    const detail = problem?.detail ? [`for the viewer: ${printable(problem.detail)}`] : [];
    return [`refused: HTTP ${status}, ${what}`, ...detail, ...pages];
  }
  const without = missing.map((kid) => `no key for ${uuidOf(kid)}`);
  return [`licence after ${milliseconds} ms`, ...kids.map((kid) => `key for ${uuidOf(kid)}`), ...without, ...pages];
}
