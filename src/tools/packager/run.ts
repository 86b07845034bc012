import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import type { ProtectionScheme } from '../../model/protection.js';
import { capture, type Captured } from '../process.js';
import { FILES, packagerArgs, secretFlags, SEGMENT_FILE } from './command.js';
import { withoutSecrets } from './scrub.js';
import { offerOnce, type Offer } from './secret-pipe.js';

/** One run of Shaka Packager, in a folder that has FILES.clear and the named pipe FILES.keys. */
export interface PackagerRun {
  readonly program: string;
  /** Absolute; no one else may read it. */
  readonly folder: string;
  readonly scheme: ProtectionScheme;
  readonly kid: string;
  readonly key: Uint8Array;
  readonly iv: Buffer;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Packaged {
  readonly init: Buffer;
  readonly segment: Buffer;
}

/**
 * Encrypts what is in the folder. The program runs without core dumps: its memory has the key. Throws MediactlError
 * protect-failed, with what it said but for keys; and the signal's reason.
 */
export async function runPackager(run: PackagerRun): Promise<Packaged> {
  const { program, folder, scheme, key, timeoutMs, signal } = run;
  await Promise.all([FILES.init, SEGMENT_FILE].map((name) => rm(join(folder, name), { force: true })));
  const offer = offerOnce(join(folder, FILES.keys), secretFlags(run));
  const said = await start(program, packagerArgs(scheme), { cwd: folder, timeoutMs, signal }, offer);
  const detail = withoutSecrets(said.stderr + said.stdout, [key])
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-5);
  if (said.timedOut) throw failed('Shaka Packager made no progress and was stopped', detail);
  if (said.exitCode !== 0) throw failed(`Shaka Packager ended with ${said.exitCode ?? 'a signal'}`, detail);
  try {
    const [init, segment] = await Promise.all([FILES.init, SEGMENT_FILE].map((name) => readFile(join(folder, name))));
    if (init && segment) return { init, segment };
  } catch (cause) {
    throw failed('Shaka Packager ended well and wrote nothing', detail, cause);
  }
  throw failed('Shaka Packager wrote nothing', detail);
}

interface StartOptions {
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

async function start(program: string, args: readonly string[], options: StartOptions, offer: Offer): Promise<Captured> {
  try {
    if (process.platform === 'win32') return await capture(program, args, options);
    return await capture('/bin/sh', ['-c', 'ulimit -c 0; exec "$0" "$@"', program, ...args], options);
  } finally {
    await offer.withdraw();
  }
}

function failed(reason: string, detail: readonly string[], cause?: unknown): MediactlError {
  return new MediactlError('protect-failed', 'a segment could not be encrypted', {
    reason,
    detail,
    hint: 'run "mediactl doctor" to see which Shaka Packager is used; --packager names another',
    cause,
  });
}
