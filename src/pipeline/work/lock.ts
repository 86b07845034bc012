import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasErrorCode, MediactlError } from '../../errors.js';
import { asWriteError } from '../../errors/disk.js';
import { encodeHolder, parseHolder, type Holder } from './lock-holder.js';
import { busy, lostTo } from './lock-message.js';
import { currentProcess, hasEnded } from './process-identity.js';

/** All files of the lock begin with this. */
export const LOCK_PREFIX = 'lock';

export interface Lock {
  /** Aborts, with output-busy, when another run has taken the lock, which happens only to a process that was frozen for a minute. */
  readonly lost: AbortSignal;
  /** Removes the lock if it is still ours. May be called again. */
  release(): Promise<void>;
}

export interface LockOptions {
  /** For the message that others get. */
  readonly command: string;
  /** What is locked, for the message; the folder when not given. */
  readonly destination?: string;
  /** Other folders whose lock must be free as well. */
  readonly rivals?: readonly string[];
  /** Milliseconds between signs of life. */
  readonly heartbeatMs?: number;
}

/**
 * Makes this process the only one that works in `folder` (made if missing). A lock whose process is gone is taken
 * over at once. Throws MediactlError output-busy, saying who holds it.
 *
 * `lock` names its holder by a random token and appears whole, by link. To take over from a dead holder with token
 * T, a process links its own claim as `lock.after.T`, which exactly one can; the chain from `lock` on ends at the
 * present holder, who then renames its claim over `lock`. A claim counts only if the chain still leads to it: one
 * made too late, after T's successor is done, leads nowhere.
 */
export async function acquireLock(folder: string, options: LockOptions): Promise<Lock> {
  const label = options.destination ?? folder;
  try {
    const self = { ...currentProcess(), startedAt: new Date().toISOString(), command: options.command };
    for (let attempt = 0; attempt < 200; attempt++) {
      const mine: Holder = { ...self, token: randomBytes(8).toString('hex') };
      const outcome = await tryOnce(folder, mine);
      if (outcome === 'held') return await holdLock(folder, mine, options, label);
      if (outcome !== 'again') throw busy(label, outcome, mine);
      await sleep(5 + Math.random() * 20);
    }
  } catch (error) {
    throw asWriteError(error, folder);
  }
  throw new MediactlError('output-busy', `cannot lock ${folder}`, { reason: 'too many runs want it at the same time' });
}

/** Whether a live run works in `folder`: throws output-busy as `acquireLock` would, and makes nothing. */
export async function checkFree(folder: string, label: string): Promise<void> {
  const end = await endOfChain(folder);
  if (!end || end.holder.torn || hasEnded(end.holder, { lastMs: end.modifiedMs, nowMs: Date.now() })) return;
  throw busy(label, end.holder, currentProcess());
}

async function holdLock(folder: string, mine: Holder, options: LockOptions, label: string): Promise<Lock> {
  await sweep(folder, mine);
  for (const rival of options.rivals ?? []) {
    const end = await endOfChain(rival);
    if (!end || hasEnded(end.holder, { lastMs: end.modifiedMs, nowMs: Date.now() })) continue;
    await letGo(folder, mine);
    throw busy(label, end.holder, mine);
  }
  const lost = new AbortController();
  const timer = setInterval(() => {
    beat(folder, mine).then(
      (stillMine) => stillMine || lost.abort(lostTo(label)),
      () => undefined,
    );
  }, options.heartbeatMs ?? 10_000).unref();
  return {
    lost: lost.signal,
    async release() {
      clearInterval(timer);
      await letGo(folder, mine);
    },
  };
}

async function tryOnce(folder: string, mine: Holder): Promise<'held' | 'again' | Holder> {
  const claim = join(folder, `${LOCK_PREFIX}.claim.${mine.token}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(claim, encodeHolder(mine), { flag: 'wx' });
    if (await linkNew(claim, lockPath(folder))) return 'held';
    const end = await endOfChain(folder);
    if (!end) return 'again';
    // By the disk's own clock: the other holder may be on another machine.
    const nowMs = (await stat(claim)).mtimeMs;
    if (!end.holder.torn && !hasEnded(end.holder, { lastMs: end.modifiedMs, nowMs })) return end.holder;
    if (end.holder.torn && nowMs - end.modifiedMs < 2000) return 'again';

    const successor = successorPath(folder, end.holder.token);
    if (!(await linkNew(claim, successor))) return 'again';
    const verified = (await endOfChain(folder))?.holder.token === mine.token;
    if (verified) await rename(claim, lockPath(folder));
    await unlinkIfThere(successor);
    return verified ? 'held' : 'again';
  } catch (error) {
    // The claim or the folder was swept away by a run that just ended.
    if (hasErrorCode(error, 'ENOENT')) return 'again';
    throw error;
  } finally {
    await unlinkIfThere(claim);
  }
}

interface End {
  readonly holder: Holder;
  readonly modifiedMs: number;
}

/** The present holder, dead or alive; null when the lock is free. */
async function endOfChain(folder: string): Promise<End | null> {
  let end = await readHolder(lockPath(folder));
  for (let next = end; next; next = await readHolder(successorPath(folder, next.holder.token))) end = next;
  return end;
}

async function readHolder(path: string): Promise<End | null> {
  try {
    const [text, stats] = [await readFile(path, 'utf8'), await stat(path)];
    return { holder: parseHolder(text, `torn-${stats.ino}-${Math.round(stats.mtimeMs)}`), modifiedMs: stats.mtimeMs };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/** True when `path` now exists with the claim's content, made by us; false when it existed. */
async function linkNew(claim: string, path: string): Promise<boolean> {
  try {
    await link(claim, path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    if (!hasErrorCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
  }
  // exFAT, SMB and others have no links. Then a reader may see the file half written, hence `torn`.
  return writeFile(path, await readFile(claim), { flag: 'wx' }).then(
    () => true,
    (error: unknown) => {
      if (hasErrorCode(error, 'EEXIST')) return false;
      throw error;
    },
  );
}

async function isMine(folder: string, mine: Holder): Promise<boolean> {
  return (await readHolder(lockPath(folder)))?.holder.token === mine.token;
}

/** A sign of life: the first byte is written again, so that the disk's own clock stamps it. */
async function beat(folder: string, mine: Holder): Promise<boolean> {
  if (!(await isMine(folder, mine))) return false;
  const handle = await open(lockPath(folder), 'r+');
  try {
    await handle.write('{', 0);
  } finally {
    await handle.close();
  }
  return true;
}

async function letGo(folder: string, mine: Holder): Promise<void> {
  if (!(await isMine(folder, mine))) return;
  await sweep(folder, mine);
  await unlinkIfThere(lockPath(folder));
}

/** Removes what killed processes left. A live one that loses its claim by this makes a new one. */
async function sweep(folder: string, mine: Holder): Promise<void> {
  for (const entry of await readdir(folder)) {
    const leftover = entry.startsWith(`${LOCK_PREFIX}.`) && entry !== `${LOCK_PREFIX}.after.${mine.token}`;
    if (leftover) await unlinkIfThere(join(folder, entry));
  }
}

function lockPath(folder: string): string {
  return join(folder, LOCK_PREFIX);
}

function successorPath(folder: string, token: string): string {
  return join(folder, `${LOCK_PREFIX}.after.${token}`);
}

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
  });
}
