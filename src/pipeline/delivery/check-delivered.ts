import { existsSync } from 'node:fs';
import { MediactlError } from '../../errors.js';
import type { TitleArtifacts } from '../../model/artifact.js';
import type { Finding } from '../../model/finding.js';
import { checkTitle, type CheckTitleOptions } from '../../stages/verify/check-title.js';
import type { SizeLookup } from '../../stages/verify/file-sizes.js';

/**
 * Checks the staged title before any of it is published. Where a part of it is already in its place (a kept
 * rendition, or a publication that was interrupted), there is no whole title in staging to look at, and the
 * check after publishing has to do. Throws `verify-failed`.
 */
export async function checkStaged(folder: string, artifacts: TitleArtifacts): Promise<void> {
  if (await isAllStaged(artifacts)) await checkForms(folder, artifacts);
}

/** The same for a title whose segments are in a bucket already: by the sizes that they have there. */
export async function checkUploaded(
  folder: string,
  artifacts: Pick<TitleArtifacts, 'files'>,
  sizeOf: SizeLookup,
): Promise<void> {
  await checkForms(folder, artifacts, { sizeOf });
}

/** Checks the title in its place, the folder `title`. Throws `verify-failed`. */
export async function checkPublished(title: string, artifacts: Pick<TitleArtifacts, 'files'>): Promise<void> {
  await checkForms(title, artifacts);
}

/** Each form of a title has a multivariant playlist of its own. */
async function checkForms(
  folder: string,
  { files }: Pick<TitleArtifacts, 'files'>,
  options: CheckTitleOptions = {},
): Promise<void> {
  const masters = files.filter((file) => file.class === 'multivariant-playlist');
  for (const { path } of masters) stopOnErrors(await checkTitle(folder, path, options), folder);
}

async function isAllStaged({ files, segments }: TitleArtifacts): Promise<boolean> {
  if (!files.every(({ file }) => existsSync(file))) return false;
  for await (const { file } of segments()) if (!existsSync(file)) return false;
  return true;
}

function stopOnErrors(findings: readonly Finding[], folder: string): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw new MediactlError('verify-failed', `the title in ${folder} failed its check`, {
    reason: errors
      .slice(0, 5)
      .map(({ path, message }) => `${path}: ${message}`)
      .join('; '),
    hint: 'please report this with the output of "mediactl plan" and the FFmpeg version',
  });
}
