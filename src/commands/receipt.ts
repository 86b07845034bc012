import { resolve } from 'node:path';
import { MediactlError } from '../errors.js';
import type { ResultEvent } from '../model/events.js';
import { printable } from '../model/text.js';
import { RECEIPT_ENDING, writeReceipt } from '../pipeline/upload/upload-receipt.js';
import type { CommandContext } from './context.js';

/**
 * Writes the receipt of what went to a bucket, by default to `<beside>.receipt.json`, and gives the result that says
 * where it is. `folder`: absolute path of what was uploaded, null for a title made on its way.
 * Throws MediactlError output-not-writable, disk-full, where the user has named the file; else that is a warning, as
 * the title is in the bucket all the same.
 */
export async function saveReceipt(
  result: ResultEvent,
  { settings, cwd, emit }: CommandContext,
  { beside, folder }: { readonly beside: string; readonly folder: string | null },
): Promise<ResultEvent> {
  const { output } = result;
  // In the order of their names, whatever was confirmed first, so that two receipts can be compared.
  const { objects } = result;
  if (settings.output.receipt === false || objects === undefined || objects.size === 0) return result;
  const receipt = resolve(cwd, settings.output.receipt ?? `${beside}${RECEIPT_ENDING}`);
  try {
    await writeReceipt(receipt, { schema: 'mediactl.receipt/1', destination: output, folder, objects });
    return { ...result, receipt };
  } catch (error) {
    if (settings.output.receipt !== null || !(error instanceof MediactlError)) throw error;
    const message = `the receipt could not be written to ${printable(receipt)}: ${error.reason ?? error.message}`;
    const warning = { code: 'receipt-not-written', message };
    emit({ type: 'warning', ...warning });
    return { ...result, warnings: [...result.warnings, warning] };
  }
}
