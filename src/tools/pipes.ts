import { MediactlError } from '../errors.js';
import { capture } from './process.js';

/**
 * Makes named pipes that nobody else can open (0600), which every POSIX system can make and programs open like files; Node has
 * no call for them. Throws MediactlError output-not-writable, with `hint`.
 */
export async function makePipes(paths: readonly string[], hint = USUAL_HINT): Promise<void> {
  if (paths.length === 0) return;
  const { exitCode, stderr } = await capture('mkfifo', ['-m', '600', ...paths]);
  if (exitCode === 0) return;
  throw new MediactlError('output-not-writable', 'cannot make named pipes in the working folder', {
    reason: stderr.trim(),
    hint,
  });
}

const USUAL_HINT = 'use a destination on a file system with named pipes';
