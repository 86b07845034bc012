import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { hasErrorCode, MediactlError } from '../../errors.js';
import { asReadError } from '../../errors/disk.js';
import { SecretKey, type ContentKey, type ContentKeys } from '../../model/content-keys.js';
import { printable } from '../../model/text.js';

export const KEYS_SCHEMA = 'mediactl.keys/1';

/** More than any title has keys. */
const MOST_BYTES = 1 << 20;

/**
 * Reads a file of keys (docs/drm.md), a pipe as well. Throws MediactlError keys-exposed where others of this machine may
 * read it, keys-invalid where it is no such file, input-…; none of them shows anything of what is in it.
 */
export async function readKeysFile(path: string): Promise<ContentKeys> {
  return parseKeys(await readPrivate(path), path);
}

/** `name`: of the file, for messages. Throws MediactlError keys-invalid. */
export function parseKeys(text: string, name: string): ContentKeys {
  const file = keysFile.safeParse(asJson(text, name));
  if (!file.success) {
    const [issue] = file.error.issues;
    const at = issue === undefined || issue.path.length === 0 ? 'the file' : issue.path.map(String).join('.');
    throw invalid(name, `${at}: ${issue?.message ?? 'not as expected'}`);
  }
  const { title, keys } = file.data;
  for (const field of ['kid', 'label', 'key'] as const) {
    const values = keys.map((each) => each[field]);
    const twice = values.findIndex((value, i) => values.indexOf(value) !== i);
    if (twice >= 0) throw invalid(name, `keys.${twice}.${field}: another key has the same ${field}`);
  }
  const secret = ({ kid, label, key }: (typeof keys)[number]): ContentKey => ({
    kid,
    label,
    key: new SecretKey(Buffer.from(key, 'hex')),
  });
  return { title: title ?? null, keys: keys.map(secret) };
}

// Messages of our own: those of zod and of JSON.parse quote what they do not like.
const sixteenBytes = z
  .string({ error: 'a text of 32 hex digits is expected' })
  .transform((value) => value.replaceAll('-', '').toLowerCase())
  .refine((value) => /^[0-9a-f]{32}$/.test(value), '32 hex digits are expected')
  .refine((value) => !/^0+$/.test(value), 'it is all zeros');

const keysFile = z.object(
  {
    schema: z.literal(KEYS_SCHEMA, { error: `"${KEYS_SCHEMA}" is expected` }),
    title: z.exactOptional(z.string({ error: 'a text is expected' }).max(1000, 'it is too long')),
    keys: z
      .array(
        z
          .object(
            {
              kid: sixteenBytes,
              key: sixteenBytes,
              label: z
                .string({ error: 'a text is expected' })
                .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'all, sd, hd, uhd, audio or the name of a rung is expected'),
            },
            { error: '{"kid", "key", "label"} is expected' },
          )
          .refine(({ kid, key }) => kid !== key, 'the key is its own KID, which everybody knows'),
        { error: 'a list is expected' },
      )
      .min(1, 'one key at least is expected')
      .max(1000, 'more than 1000 keys'),
  },
  { error: 'a JSON object is expected' },
);

function asJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw invalid(name, 'it is not JSON');
  }
}

/** The file is open before it is judged, so that it cannot be another one when it is read. */
async function readPrivate(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) {
      throw new MediactlError('input-not-found', `there is no file ${printable(path)}`, { hint: HINT });
    }
    throw asReadError(error, path);
  });
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw invalid(path, 'it is a folder');
    const others = stats.mode & 0o077;
    if (process.platform !== 'win32' && others !== 0) throw exposed(path, stats.mode);
    if (stats.size > MOST_BYTES) throw invalid(path, 'it is too large');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

const HINT = 'docs/drm.md says what a file of keys looks like';

function exposed(path: string, mode: number): MediactlError {
  const rights = (mode & 0o777).toString(8).padStart(4, '0');
  return new MediactlError('keys-exposed', `other users of this machine can read ${printable(path)}`, {
    reason: `its permissions are ${rights}; a file of keys is its owner's alone (0600)`,
    hint: `run "chmod 600 ${printable(path)}", and make new keys if somebody may have read these`,
  });
}

function invalid(name: string, reason: string): MediactlError {
  return new MediactlError('keys-invalid', `${printable(name)} is no file of keys`, { reason, hint: HINT });
}
