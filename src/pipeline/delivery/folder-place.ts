import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStorage } from '../../storage/local.js';
import { readRecord } from '../record/record.js';
import { acquireLock } from '../work/lock.js';
import { prepareStaging } from '../work/staging.js';
import { folderDelivery } from './folder-delivery.js';
import type { Place } from './place.js';
import { silentMeter } from './upload-meter.js';

/**
 * A folder: a title appears in it by renaming at the end, and a lock keeps other runs out, so that nothing needs to be
 * uploaded ahead or chosen around others. `path`: absolute.
 */
export function folderPlace(path: string, keepVersions: number): Place {
  const storage = new LocalStorage(path);
  return {
    storage,
    name: path,
    folder: path,
    keepVersions,
    meter: silentMeter,
    lookAt: async () => ({ snapshot: await storage.snapshot(), present: await readRecord(storage) }),
    chooseEdition: (_plan, first) => Promise.resolve(first),
    // A note of the publication that was interrupted lies beside them.
    ownership: () => Promise.resolve({}),
    openDelivery: (workFolder) => Promise.resolve(folderDelivery(workFolder, path)),
    objectsOf: () => Promise.resolve(null),
    addressesOf: (playlist) => ({ playlist: playlist === null ? path : join(path, playlist) }),
    withLock: lockedFolder,
    stop: () => {},
  };
}

/** The folder itself goes, too, when it is empty at the end. */
async function lockedFolder<T>(folder: string, command: string, work: () => Promise<T>): Promise<T> {
  const staging = await prepareStaging(folder);
  const { rivals } = staging;
  try {
    const lock = await acquireLock(staging.folder, { command, destination: folder, rivals });
    try {
      return await work();
    } finally {
      await lock.release();
    }
  } finally {
    await staging.close();
    await rmdir(folder).catch(() => undefined);
  }
}
