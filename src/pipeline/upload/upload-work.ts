import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { MediactlError } from '../../errors.js';
import type { Warning } from '../../model/media.js';
import { printable } from '../../model/text.js';
import { FileSessions, noSessions, type SessionStore } from '../../storage/gcs/sessions.js';
import { LEDGER_NAME, openLedger, type UploadLedger } from '../delivery/upload-ledger.js';
import { acquireLock } from '../work/lock.js';
import { prepareStaging } from '../work/staging.js';

/** What `upload` remembers of its way to a bucket, over a kill: how far large files are, and what was brought. */
export interface UploadWork {
  readonly sessions: SessionStore;
  /** Null where nothing can be remembered. */
  readonly ledger: UploadLedger | null;
  /** Why nothing is remembered. */
  readonly warnings: readonly Warning[];
  /** Aborts when another run has taken over. */
  readonly lost: AbortSignal | null;
  /** All was confirmed: nothing is to be remembered any more, but what titles have brought when this was none. */
  finish(isTitle: boolean): Promise<void>;
  /** To be called in any case, at the end. */
  close(): Promise<void>;
}

export interface UploadWorkRequest {
  /** For the message that a second run gets. */
  readonly command: string;
  /** "gs://bucket/titles/movie" */
  readonly destination: string;
  readonly endpoint: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens the working folder of uploads to a destination, below $XDG_STATE_HOME/mediactl/uploads (~/.local/state), and
 * locks it: of one user's uploads to one destination on one machine, one runs at a time. The folder that is uploaded
 * needs no lock: each object's checksum is taken before it is sent. Without a place to write to, nothing is remembered.
 * Throws MediactlError output-busy.
 */
export async function openUploadWork(request: UploadWorkRequest): Promise<UploadWork> {
  const { command, destination, endpoint, env } = request;
  const name = createHash('sha256').update(`${endpoint} ${destination}`).digest('hex').slice(0, 16);
  try {
    const staging = await prepareStaging(join(stateFolder(env), 'uploads', name));
    const lock = await acquireLock(staging.folder, { command, destination }).catch(async (error: unknown) => {
      await staging.close();
      throw error;
    });
    const ledger = await openLedger(staging.folder);
    return {
      sessions: new FileSessions(join(staging.folder, 'sessions')),
      ledger,
      warnings: [],
      lost: lock.lost,
      finish: (isTitle) => staging.remove(isTitle ? [] : [LEDGER_NAME]),
      async close() {
        await ledger.close();
        if (!lock.lost.aborted) await staging.removeEmptyFolders().catch(() => undefined);
        await lock.release();
        await staging.close();
      },
    };
  } catch (error) {
    if (!(error instanceof MediactlError) || error.code === 'output-busy') throw error;
    const message = `this upload cannot be resumed if it is interrupted: ${printable(error.message)}`;
    const nothing = (): Promise<void> => Promise.resolve();
    const warnings = [{ code: 'upload-not-remembered', message }];
    return { sessions: noSessions, ledger: null, warnings, lost: null, finish: nothing, close: nothing };
  }
}

/** XDG Base Directory Specification: a relative path is to be ignored. */
function stateFolder(env: UploadWorkRequest['env']): string {
  const xdg = env['XDG_STATE_HOME'];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'state'), 'mediactl');
}
