import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode, MediactlError } from '../../errors.js';
import { asWriteError } from '../../errors/disk.js';
import { parseJsonOrUndefined } from '../../model/json.js';
import { type UploadReceipt } from '../../model/receipt.js';
import { printable } from '../../model/text.js';

/** What its name ends with where the user has not named it. */
export const RECEIPT_ENDING = '.receipt.json';

/**
 * Writes it in one step, its folder made where there is none: who reads the file sees the old one or the new one. Nothing is written when it says so
 * already. Throws MediactlError output-not-writable, disk-full.
 */
export async function writeReceipt(file: string, receipt: UploadReceipt): Promise<void> {
  const text = `${JSON.stringify(receipt, null, 2)}\n`;
  const target = await realpath(file).catch(() => file);
  const there = await stat(target).catch(() => null);
  const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    // A pipe or a terminal is written to, never replaced.
    if (there && !there.isFile()) return await writeFile(target, text);
    if (there && (await readFile(target, 'utf8')) === text) return;
    await mkdir(dirname(target), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(text);
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

/** Throws MediactlError: input-not-found, input-unreadable, input-unsupported when the file is no receipt. */
export async function readReceipt(file: string): Promise<UploadReceipt> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const missing = hasErrorCode(error, 'ENOENT', 'ENOTDIR');
    throw new MediactlError(missing ? 'input-not-found' : 'input-unreadable', `cannot read ${printable(file)}`, {
      reason: missing ? 'there is no such file' : error instanceof Error ? error.message : String(error),
      hint: 'name the receipt of an upload: DIR.receipt.json, or what --receipt named',
    });
  });
  const { receiptSchema } = await import('./receipt-schema.js');
  const result = receiptSchema.safeParse(parseJsonOrUndefined(text));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new MediactlError('input-unsupported', `${printable(file)} is not a receipt of mediactl`, {
    reason: issue ? printable(`${issue.path.join('.') || 'the file'}: ${issue.message}`) : 'it is not JSON',
    hint: 'name the receipt of an upload: DIR.receipt.json, or what --receipt named',
  });
}
