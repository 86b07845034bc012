import { spawnSync } from 'node:child_process';

/**
 * What `ffmpeg` calls itself ("5.1.9"), or why that is not known, without loading what runs programs otherwise: it is
 * for --version alone. The program is gone when this returns.
 */
export function quickVersion(ffmpeg: string): string {
  const { stdout, error } = spawnSync(ffmpeg, ['-version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 5000,
    killSignal: 'SIGKILL',
  });
  if (error) return 'not found';
  return /^ffmpeg version (\S+)/m.exec(stdout)?.[1] ?? 'unknown';
}
