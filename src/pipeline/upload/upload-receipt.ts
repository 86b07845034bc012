import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hasErrorCode, MediactlError } from '../../errors.js';
import { asWriteError } from '../../errors/disk.js';
import { parseJsonOrUndefined } from '../../model/json.js';
import { type UploadReceipt } from '../../model/receipt.js';
import { printable } from '../../model/text.js';
import { crc32cOfFile } from '../../storage/crc32c.js';
import { Listing } from '../../storage/listing.js';
import { storedObject, uploadedObjects } from '../delivery/result.js';
import { readJsonList } from './json-list.js';

/** What its name ends with where the user has not named it. */
export const RECEIPT_ENDING = '.receipt.json';

/**
 * Writes it in one step, its folder made where there is none: who reads the file sees the old one or the new one. Its
 * objects are written one at a time. A file that says so already stays as it is. The folder that was uploaded is told by
 * its way from the receipt, where it lies beside or below it, and else not at all: receipts are handed on.
 * Throws MediactlError output-not-writable, disk-full.
 */
export async function writeReceipt(file: string, receipt: UploadReceipt): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const existing = await stat(target).catch(() => null);
  const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  const told = { ...receipt, folder: fromReceipt(file, receipt.folder) };
  const text = (): Readable => Readable.from(receiptText(told));
  try {
    // A pipe or a terminal is written to, never replaced.
    if (existing && !existing.isFile()) return await pipeline(text(), createWriteStream(target));
    await mkdir(dirname(target), { recursive: true });
    await pipeline(text(), createWriteStream(temporary, { flags: 'wx' }));
    if (existing && (await isSame(temporary, target))) return await rm(temporary);
    const handle = await open(temporary, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asWriteError(error, file);
  }
}

function fromReceipt(file: string, folder: string | null): string | null {
  const way = folder === null ? null : relative(dirname(file), folder);
  return way === null || way.split(sep)[0] === '..' || isAbsolute(way) ? null : way || '.';
}

/** JSON.stringify(receipt, null, 2) in pieces. */
function* receiptText({ objects, ...rest }: UploadReceipt): Generator<string> {
  const head = JSON.stringify({ ...rest, objects: [] }, null, 2);
  yield head.slice(0, head.lastIndexOf(']'));
  let separator = '\n';
  let piece = '';
  for (const object of objects) {
    piece += `${separator}    ${JSON.stringify(object, null, 2).replaceAll('\n', '\n    ')}`;
    separator = ',\n';
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}${separator === '\n' ? '' : '\n  '}]\n}\n`;
}

const PIECE = 1 << 16;

async function isSame(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((file) => crc32cOfFile(file)));
  return first?.bytes === second?.bytes && first?.crc32c === second?.crc32c;
}

/** `file`: absolute path. Throws MediactlError: input-not-found, input-unreadable, input-unsupported when the file is no receipt. */
export async function readReceipt(file: string): Promise<UploadReceipt> {
  const { receiptSchema, receiptObjectSchema } = await import('./receipt-schema.js');
  const listing = new Listing();
  let wrong: string | null = null;
  const take = (text: string): void => {
    if (wrong !== null) return;
    const result = receiptObjectSchema.safeParse(parseJsonOrUndefined(text));
    if (result.success) listing.set(storedObject(result.data));
    else wrong = explain(result.error.issues[0], ['objects', listing.size]);
  };
  const rest = await readJsonList(file, 'objects', take).catch((error: unknown) => {
    const missing = hasErrorCode(error, 'ENOENT', 'ENOTDIR');
    throw new MediactlError(missing ? 'input-not-found' : 'input-unreadable', `cannot read ${printable(file)}`, {
      reason: missing ? 'there is no such file' : error instanceof Error ? error.message : String(error),
      hint: 'name the receipt of an upload: DIR.receipt.json, or the file given with --receipt',
    });
  });
  const result = receiptSchema.safeParse(parseJsonOrUndefined(rest));
  if (result.success && wrong === null && listing.size > 0) {
    // Older receipts have the whole path.
    const folder = result.data.folder === null ? null : resolve(dirname(file), result.data.folder);
    return { ...result.data, folder, objects: uploadedObjects(listing) };
  }
  const reason = result.success ? (wrong ?? 'it lists no objects') : explain(result.error.issues[0], []);
  throw new MediactlError('input-unsupported', `${printable(file)} is not a mediactl receipt`, {
    reason,
    hint: 'name the receipt of an upload: DIR.receipt.json, or the file given with --receipt',
  });
}

function explain(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
  above: readonly PropertyKey[],
): string {
  if (!issue) return 'it is not JSON';
  return printable(`${[...above, ...issue.path].map(String).join('.') || 'the file'}: ${issue.message}`);
}
