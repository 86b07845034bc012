import { MediactlError } from '../errors.js';
import { capture } from './process.js';

/** Makes named pipes that nobody else can open (0600); Node has no call for them. Throws MediactlError output-not-writable. */
export async function makeFifos(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const { exitCode, stderr } = await capture('mkfifo', ['-m', '600', ...paths]);
  if (exitCode === 0) return;
  throw new MediactlError('output-not-writable', 'cannot make named pipes in the staging folder', {
    reason: stderr.trim(),
    hint: 'use a destination on a file system with named pipes',
  });
}
