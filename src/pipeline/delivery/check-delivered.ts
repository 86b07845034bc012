import { existsSync } from 'node:fs';
import { MediactlError } from '../../errors.js';
import type { Artifact } from '../../model/artifact.js';
import type { Finding } from '../../model/finding.js';
import { checkTitle } from '../../stages/verify/check-title.js';

/**
 * Checks the staged title before any of it is published. Where a part of it is already in its place (a kept
 * rendition, or a publication that was interrupted), there is no whole title in staging to look at, and the
 * check after publishing has to do. Throws `verify-failed`.
 */
export async function checkStaged(folder: string, artifacts: readonly Artifact[]): Promise<void> {
  if (artifacts.every(({ file }) => existsSync(file))) stopOnErrors(await checkTitle(folder), folder);
}

/** The same for a title whose segments are in a bucket already: by the sizes that they have there. */
export async function checkUploaded(folder: string, artifacts: readonly Artifact[]): Promise<void> {
  const elsewhere = new Map(artifacts.filter(({ file }) => !existsSync(file)).map(({ path, bytes }) => [path, bytes]));
  const sizeOf = (path: string): Promise<number | null> => Promise.resolve(elsewhere.get(path) ?? null);
  stopOnErrors(await checkTitle(folder, undefined, { sizeOf }), folder);
}

/** Checks the title in its place. Throws `verify-failed`. */
export async function checkPublished(folder: string): Promise<void> {
  stopOnErrors(await checkTitle(folder), folder);
}

function stopOnErrors(findings: readonly Finding[], folder: string): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw new MediactlError('verify-failed', `the title in ${folder} did not pass its check`, {
    reason: errors
      .slice(0, 5)
      .map(({ path, message }) => `${path}: ${message}`)
      .join('; '),
    hint: 'please report this with the output of "mediactl plan" and the FFmpeg version',
  });
}
