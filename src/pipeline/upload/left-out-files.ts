import { MediactlError } from '../../errors.js';
import type { Warning } from '../../model/media.js';
import { printable } from '../../model/text.js';
import type { Tree } from './tree.js';

type Left = Pick<Tree, 'skipped' | 'lost'>;

/** Warnings of what a folder has and an upload of it leaves out. */
export function leftOutWarnings({ skipped, lost }: Left): Warning[] {
  const warnings: Warning[] = [];
  if (skipped.length > 0) {
    const message = `not uploaded, being hidden or receipts: ${someOf(skipped.map(printable))}`;
    warnings.push({ code: 'files-left-out', message, count: skipped.length });
  }
  if (lost.length > 0) {
    warnings.push({ code: 'files-not-uploaded', message: `not uploaded: ${reasonOf({ lost })}`, count: lost.length });
  }
  return warnings;
}

/** All paths that are left out. */
export function leftOutOf({ skipped, lost }: Left): string[] {
  return [...skipped, ...lost.map(({ path }) => path)];
}

/** Throws MediactlError strict-warnings when something could not be uploaded. */
export function checkNothingLost(folder: string, tree: Left): void {
  if (tree.lost.length === 0) return;
  throw new MediactlError(
    'strict-warnings',
    `not all of ${printable(folder)} can be uploaded, and --strict was given`,
    {
      reason: reasonOf(tree),
      hint: 'rename or remove what cannot be uploaded, or run without --strict to leave it out',
    },
  );
}

function reasonOf({ lost }: Pick<Tree, 'lost'>): string {
  return someOf(lost.map(({ path, why }) => `${printable(path)} (${why})`));
}

function someOf(texts: readonly string[]): string {
  const more = texts.length > MOST_NAMED ? ` and ${texts.length - MOST_NAMED} more` : '';
  return `${texts.slice(0, MOST_NAMED).join(', ')}${more}`;
}

const MOST_NAMED = 3;
