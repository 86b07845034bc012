import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

let watcher: ChildProcess | null = null;

const NAME = '_MEDIACTL_GUARD';
const VALUE = randomUUID();

/** To be in the environment of every process that must not outlive this one. */
export const GUARD_MARK: Readonly<Record<string, string>> = { [NAME]: VALUE };

/**
 * Sees to it that processes do not outlive this one, even when this one is killed with SIGKILL: a small watcher
 * process holds the other end of a pipe, and when the pipe closes it kills all that bear GUARD_MARK (Linux) or
 * are listed. To be called before such a process is started, so that there is no moment without.
 */
export function startGuard(): void {
  watcher ??= startWatcher();
}

/** Lists a process by its number. Returns a function that takes it off the list (call it once it has ended). */
export function guard(pid: number): () => void {
  watcher ??= startWatcher();
  const { stdin } = watcher;
  stdin?.write(`+${pid}\n`);
  return () => void stdin?.write(`-${pid}\n`);
}

// node:child_process and not execa: a detached process that must outlive its parent is what execa prevents.
function startWatcher(): ChildProcess {
  const program = fileURLToPath(new URL('guard-watcher.js', import.meta.url));
  const child = spawn(process.execPath, [program, `${NAME}=${VALUE}`], {
    detached: true, // a session of its own: Ctrl-C and the terminal's hang-up do not reach it
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
  });
  child.unref();
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  // A pipe is a socket, and must not keep this process alive.
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}
