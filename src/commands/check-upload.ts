import { resolve } from 'node:path';
import { printable } from '../model/text.js';
import { openDestination } from '../pipeline/delivery/destination.js';
import { compareWithReceipt, type Difference } from '../pipeline/upload/check-upload.js';
import { repairUpload, type Repaired } from '../pipeline/upload/repair-upload.js';
import { readReceipt, writeReceipt } from '../pipeline/upload/upload-receipt.js';
import { count } from '../report/format.js';
import { createStyle, type Style } from '../report/style.js';
import { parseLocation } from '../storage/location.js';
import type { CommandContext } from './context.js';

export interface CheckOptions {
  /** The receipt's file, as it was named. */
  readonly receipt: string;
  /** The folder that was uploaded, as it was named; null: what the receipt remembers. */
  readonly folder: string | null;
  readonly repair: boolean;
  readonly color: boolean;
}

/**
 * `mediactl upload [DIR] --check RECEIPT [--repair]`: what stdout should get, and whether all is (now) as the receipt
 * says. Throws MediactlError input-…, storage-…, output-not-writable.
 */
export async function checkUpload(
  options: CheckOptions,
  context: CommandContext,
): Promise<{ readonly text: string; readonly ok: boolean }> {
  const { cwd, signal, settings } = context;
  const file = resolve(cwd, options.receipt);
  const receipt = await readReceipt(file);
  const { storage } = await openDestination(parseLocation(receipt.destination), settings, context);
  const compared = await compareWithReceipt(receipt, await storage.snapshot());
  const folder = options.folder === null ? receipt.folder : resolve(cwd, options.folder);
  const request = { receipt, storage, folder, force: settings.work.force, signal };
  const repaired = options.repair && compared.differences.length > 0 ? await repairUpload(compared, request) : null;
  if (repaired) await writeReceipt(file, repaired.receipt);

  const { differences, isOvertaken } = repaired?.now ?? compared;
  const ok = differences.every(({ severity }) => severity !== 'error');
  const report = { file, destination: receipt.destination, objects: receipt.objects.size, ok, isOvertaken };
  const findings = { found: compared.differences, repaired };
  const style = createStyle({ color: options.color, unicode: true });
  return { text: settings.output.json ? toJson(report, findings) : toText(report, findings, style), ok };
}

interface Report {
  readonly file: string;
  readonly destination: string;
  readonly objects: number;
  readonly ok: boolean;
  readonly isOvertaken: boolean;
}

interface Findings {
  readonly found: readonly Difference[];
  /** Null: nothing was to be mended. */
  readonly repaired: Repaired | null;
}

function toJson({ file, destination, objects, ok, isOvertaken }: Report, { found, repaired }: Findings): string {
  const findings = found.map(({ severity, code, path, message }) => {
    const why = repaired?.left.get(path);
    return { severity, code, path, message, ...(repaired ? { mended: why === undefined, why: why ?? null } : {}) };
  });
  return JSON.stringify({ receipt: file, destination, objects, ok, overtaken: isOvertaken, findings }, null, 2);
}

const SHOWN = 20;

function toText(report: Report, { found, repaired }: Findings, style: Style): string {
  const { destination, objects, ok, isOvertaken } = report;
  const lines = found.slice(0, SHOWN).map(({ path, message, severity }) => {
    const why = repaired?.left.get(path);
    const outcome = repaired === null ? '' : why === undefined ? ': repaired' : `: not repaired, ${printable(why)}`;
    const paint = severity === 'warning' || why === undefined ? style.caution : style.bad;
    return `${paint(style.glyphs.warning)} ${printable(path)} ${printable(message)}${outcome}`;
  });
  if (found.length > SHOWN) lines.push(`and ${found.length - SHOWN} more; --json lists all`);
  const wrong = new Set(found.filter(({ severity }) => severity === 'error').map(({ path }) => path)).size;
  const place = printable(destination);
  if (ok) {
    const done = `${place}: ${count(objects, 'object')}, all as in the receipt${wrong > 0 ? ' again' : ''}`;
    return [...lines, `${style.good(style.glyphs.done)} ${done}`].join('\n');
  }
  const newer = isOvertaken ? '; the bucket has a newer version of the title' : '';
  const next = repaired === null && !isOvertaken ? ['to repair it, run the same command with --repair'] : [];
  return [...lines, `${place}: ${wrong} of ${count(objects, 'object')} not as in the receipt${newer}`, ...next].join(
    '\n',
  );
}
