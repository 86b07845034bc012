import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

let watcher: ChildProcess | null = null;

/**
 * Sees to it that process `pid` does not outlive this one, even when this one is killed with SIGKILL: a small
 * watcher process holds the other end of a pipe, and when the pipe closes it kills what is still listed.
 * Returns a function that takes the process off the list (call it once the process has ended).
 */
export function guard(pid: number): () => void {
  watcher ??= startWatcher();
  const { stdin } = watcher;
  stdin?.write(`+${pid}\n`);
  return () => void stdin?.write(`-${pid}\n`);
}

// node:child_process and not execa: a detached process that must outlive its parent is what execa prevents.
function startWatcher(): ChildProcess {
  const child = spawn(process.execPath, [fileURLToPath(new URL('guard-watcher.js', import.meta.url))], {
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
