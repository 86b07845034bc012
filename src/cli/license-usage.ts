import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { CommandContext } from '../commands/context.js';
import type { CheckWishes } from '../commands/license-check.js';
import type { TokenWishes } from '../commands/license-token.js';
import { MediactlError } from '../errors.js';
import { asReadError } from '../errors/disk.js';
import { POLICY_PRESETS } from '../model/license.js';
import { spanOf } from './usage.js';

const DAY_MS = 86_400_000;

/** What license token is to make. Throws MediactlError('usage'). */
export function tokenWishes(command: Command): TokenWishes {
  const flags = command.opts<Readonly<Record<string, string | undefined>>>();
  const { title = null, kids, expires, policy, sub = null, device = null } = flags;
  if ((title === null) === (kids === undefined)) {
    throw new MediactlError('usage', 'either --title or --kids is needed', {
      hint: 'mediactl license token --auth jwt:token.secret --title movie --sub viewer-7',
    });
  }
  const spanMs = expires === undefined ? DAY_MS : spanOf(expires);
  if (spanMs === null)
    throw new MediactlError('usage', `--expires: ${JSON.stringify(expires)} is no time, such as 24h`);
  return {
    title,
    kids: kids === undefined ? null : kidsOf(kids),
    spanSeconds: spanMs / 1000,
    policy: POLICY_PRESETS.find((each) => each === policy) ?? 'stream',
    sub,
    device,
    maxHeight: numberOf(flags['maxHeight'], '--max-height'),
    devices: numberOf(flags['devices'], '--devices'),
    streams: numberOf(flags['streams'], '--streams'),
    uses: numberOf(flags['uses'], '--uses'),
  };
}

/** What license check is to ask. Throws MediactlError usage, input-unreadable. */
export async function checkWishes(
  url: string | undefined,
  command: Command,
  { env, cwd }: Pick<CommandContext, 'env' | 'cwd'>,
): Promise<CheckWishes> {
  if (url === undefined || !/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new MediactlError('usage', 'the address of a licence server is needed', {
      hint: 'mediactl license check https://example.com:8125/license --token token.txt --kids 0123…cdef',
    });
  }
  const { token: file, kids, device = null } = command.opts<Readonly<Record<string, string | undefined>>>();
  return {
    url,
    token: ((await readToken(file, cwd)) ?? env['MEDIACTL_LICENSE_TOKEN'] ?? '').trim() || null,
    kids: kids === undefined ? null : kidsOf(kids),
    device,
    persistent: command.getOptionValue('persistent') === true,
  };
}

async function readToken(file: string | undefined, cwd: string): Promise<string | null> {
  if (file === undefined) return null;
  if (file === '-') return readStdin();
  return readFile(resolve(cwd, file), 'utf8').catch((error: unknown) => {
    throw asReadError(error, file);
  });
}

export async function readStdin(): Promise<string> {
  return text(process.stdin);
}

/** KIDs, 32 hex digits with dashes or without. Throws MediactlError('usage'). */
function kidsOf(list: string): readonly string[] {
  const kids = list.split(',').map((each) => each.trim().replaceAll('-', '').toLowerCase());
  const wrong = kids.find((kid) => !/^[0-9a-f]{32}$/.test(kid));
  if (wrong === undefined) return kids;
  throw new MediactlError('usage', `--kids: ${JSON.stringify(wrong)} is no KID`, {
    hint: 'a KID has 32 hex digits, such as 01234567-89ab-cdef-0123-456789abcdef',
  });
}

function numberOf(text_: string | undefined, flag: string): number | null {
  if (text_ === undefined) return null;
  const number = Number(text_);
  if (Number.isInteger(number) && number >= 1 && number <= 100_000) return number;
  throw new MediactlError('usage', `${flag}: ${JSON.stringify(text_)} is no whole number from 1`);
}
