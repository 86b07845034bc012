import { link, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hasErrorCode, MediactlError } from '../errors.js';
import { asWriteError } from '../errors/disk.js';
import { printable } from '../model/text.js';
import { formatBytes } from '../report/format.js';
import { exportPage } from '../serve/export-page.js';
import type { CommandContext } from './context.js';
import { titleOnTheWeb } from './play-source.js';

/**
 * `mediactl play --export FILE --src URL`: the player's page as one file; gives what stdout should get. A file that is
 * there is not replaced. Throws MediactlError usage, output-not-ours, output-not-writable, disk-full.
 */
export async function exportPlayer(
  { file, src }: { readonly file: string; readonly src: string },
  { settings, cwd }: CommandContext,
): Promise<string> {
  const { beacon } = settings.play;
  const { title, manifests } = titleOnTheWeb(src);
  const page = await exportPage({
    title,
    manifests,
    reports: beacon,
    throttle: null,
    canThrottle: false,
    figures: false,
  });
  const path = resolve(cwd, file);
  await writeNew(path, page, file);
  const bytes = Buffer.byteLength(page);
  if (settings.output.json) return JSON.stringify({ file: path, bytes, src, beacon }, null, 2);
  const to = beacon === null ? '' : `, and reports to ${printable(beacon)}`;
  return `${printable(file)}: ${formatBytes(bytes)}, plays ${printable(src)}${to}`;
}

/** The whole file or none, and never in the place of another. */
async function writeNew(path: string, text: string, name: string): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(beside, text, { flag: 'wx' });
    await link(beside, path);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw asWriteError(error, name);
    throw new MediactlError('output-not-ours', `${printable(name)} is there already`, {
      hint: 'choose another name, or remove it first',
      cause: error,
    });
  } finally {
    await rm(beside, { force: true });
  }
}
