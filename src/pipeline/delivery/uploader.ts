import { rm } from 'node:fs/promises';
import { MediactlError } from '../../errors.js';
import { printable } from '../../model/text.js';
import { segmentsAhead } from '../../stages/encode/encode-session.js';
import { isConflict } from '../../storage/conflict.js';
import { crc32cOfFile } from '../../storage/crc32c.js';
import { Listing } from '../../storage/listing.js';
import type { Snapshot, Storage, Stored } from '../../storage/storage.js';
import type { UploadLedger } from './upload-ledger.js';
import type { UploadMeter } from './upload-meter.js';

/** Brings closed segments to a bucket while the encode goes on. */
export interface Uploader {
  /**
   * Takes a segment over: once the bucket has confirmed it, it is noted and its staged file goes; that of an
   * initialization segment stays, as those of later runs are compared with it. Waits while what is staged, and what FFmpeg makes before it stands still, may come to more than is permitted. Throws what an upload
   * before it failed with.
   */
  add(path: string, file: string, bytes: number, kind: 'segment' | 'init'): Promise<void>;
  /** Resolves when all that was added is confirmed; throws the first failure. */
  settle(): Promise<void>;
  /** Resolves when nothing is under way any more; never rejects. */
  idle(): Promise<void>;
  /** Aborts when an upload has failed for good, with its error. */
  readonly failed: AbortSignal;
  /** What was confirmed in this run. */
  readonly confirmed: Listing;
}

export interface UploaderOptions {
  readonly storage: Storage;
  /** The listing of the bucket when the work began. */
  readonly snapshot: Snapshot;
  readonly ledger: UploadLedger;
  readonly meter: UploadMeter;
  /** Bytes on disk, those of segments that are still being made included; at least a few segments of each rendition. */
  readonly maxStaging: number;
  /** How many chunks of a rendition are encoded side by side. */
  readonly chunksAtOnce: number;
}

/**
 * Nothing refers to a segment before the playlists are published, and its folder's name is of this version only: so
 * it may be uploaded at once. It replaces nothing: what this working folder has brought stays, and whatever else is there may
 * belong to another publisher's version, and is a storage-conflict. How many go at the same time is the storage's affair.
 */
export function createUploader({
  storage,
  snapshot,
  ledger,
  meter,
  maxStaging,
  chunksAtOnce,
}: UploaderOptions): Uploader {
  const failure = new AbortController();
  const confirmed = new Listing();
  const running = new Set<Promise<void>>();
  /** By rendition: of its segments so far. */
  const largest = new Map<string, number>();
  let staged = 0;
  let wake = (): void => {};

  const send = async (path: string, file: string, bytes: number, kind: 'segment' | 'init'): Promise<void> => {
    try {
      const { crc32c } = await crc32cOfFile(file);
      const present = confirmed.find(path) ?? (await snapshot.get(path));
      const isThere = kind === 'init' && present?.bytes === bytes && present.crc32c === crc32c;
      // Brought by whoever: it was fetched from there, for segments that are there as well.
      if (!isThere) {
        await checkOurs(present, { bytes, crc32c }, ledger);
        await ledger.recordIntent(path, { bytes, crc32c });
      }
      confirmed.set(present ?? (await storage.put(path, file, kind, { condition: 'absent', crc32c })));
      if (kind === 'segment') await rm(file, { force: true });
      meter.confirmed(bytes);
    } catch (error) {
      failure.abort(isConflict(error) ? new NamesTaken(path) : error);
    } finally {
      staged -= bytes;
      wake();
    }
  };
  const reserved = (): number => {
    const ofEach = [...largest.values()].reduce((sum, bytes) => sum + bytes, 0);
    return segmentsAhead(largest.size, chunksAtOnce) * ofEach;
  };
  return {
    failed: failure.signal,
    confirmed,
    async add(path, file, bytes, kind) {
      failure.signal.throwIfAborted();
      staged += bytes;
      meter.queued(bytes);
      const [rendition = ''] = path.split('/');
      largest.set(rendition, Math.max(largest.get(rendition) ?? 0, bytes));
      const work: Promise<void> = send(path, file, bytes, kind).finally(() => running.delete(work));
      running.add(work);
      // Before the segments that need it.
      if (kind === 'init') await work;
      while (staged > 0 && staged + reserved() > maxStaging && !failure.signal.aborted) {
        meter.waiting(true);
        await new Promise<void>((resolve) => (wake = resolve));
      }
      meter.waiting(false);
      failure.signal.throwIfAborted();
    },
    async settle() {
      await Promise.all(running);
      failure.signal.throwIfAborted();
    },
    async idle() {
      await Promise.all(running);
    },
  };
}

/**
 * What is there must be ours, with the same bytes: a cached segment is never wrong. Other bytes of ours are there when
 * another version of FFmpeg went on with a run; then the rendition is made under another name.
 */
async function checkOurs(
  present: Stored | null,
  { bytes, crc32c }: { readonly bytes: number; readonly crc32c: string },
  ledger: UploadLedger,
): Promise<void> {
  if (present === null) return;
  const isOurs = ledger.isOurs(present.path, present.crc32c);
  if (isOurs && present.bytes === bytes && present.crc32c === crc32c) return;
  if (isOurs) await ledger.disown(present.path.split('/')[0] ?? '');
  throw new NamesTaken(present.path);
}

/** Another run has begun the same version of the title: this one may begin again, under names of its own. */
export class NamesTaken extends MediactlError {
  constructor(path: string) {
    super('storage-conflict', `${printable(path)} already exists, and this run did not write it`, {
      reason: 'another run, here or elsewhere, makes or has made the same version of the title',
      hint: 'find out who else publishes there, then run the same command again: it uses other names',
    });
  }
}
