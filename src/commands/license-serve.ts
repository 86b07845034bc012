import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MediactlError } from '../errors.js';
import { asReadError, asWriteError } from '../errors/disk.js';
import type { ContentKeys } from '../model/content-keys.js';
import { printable } from '../model/text.js';
import { acquireLock } from '../pipeline/work/lock.js';
import { RotatedFiles } from '../serve/http/rotated-files.js';
import { KeyRing } from '../serve/license/key-ring.js';
import { LOG_PREFIX } from '../serve/license/license-log.js';
import { LicenseStore } from '../serve/license/license-store.js';
import { createLicenser } from '../serve/license/licenser.js';
import { readKeysFile } from '../tools/drm/keys-file.js';
import type { CommandContext } from './context.js';
import { readAuth } from './read-auth.js';
import { openService, serveUntilStopped } from './service.js';

const USUAL_PORT = 8125;
const PATH = 'license';
const DAY_MS = 86_400_000;

/**
 * `mediactl license serve`: answers ClearKey requests until the run is told to stop, and then throws the reason. Throws
 * MediactlError usage, keys-…, input-…, output-…, disk-full.
 */
export async function licenseServe(context: CommandContext): Promise<never> {
  const { settings, signal, cwd } = context;
  const { records, rotateAt } = settings.service;
  const [ring, auth] = [await readRing(context), await readAuth(context)];
  const folder = resolve(cwd, records);
  const lock = await acquireLock(folder, { command: 'license serve', destination: records });
  try {
    const today = Date.now;
    const log = new RotatedFiles({ folder, prefix: LOG_PREFIX, rotateAt, today });
    const store = await LicenseStore.open(folder, today).catch((error: unknown) => {
      throw asWriteError(error, records);
    });
    const daily = setInterval(() => void store.renew().catch((error: unknown) => tell(error, context)), DAY_MS);
    try {
      const { tokenRate, keepAddresses } = settings.service;
      const service = await openService(
        {
          service: 'license',
          usualPort: USUAL_PORT,
          path: PATH,
          routes: (registry) => ({
            [`/${PATH}`]: createLicenser({
              registry,
              ring,
              auth,
              state: store.state,
              tokenRate,
              keepAddresses,
              today,
              keep: (change) => store.keep(change),
              log: (entry) => log.append(`${JSON.stringify(entry)}\n`),
              onTrouble: (error) => tell(error, context),
            }),
          }),
          onTrouble: (error) => tell(error, context),
        },
        context,
      );
      return await serveUntilStopped(service, AbortSignal.any([signal, lock.lost]));
    } finally {
      clearInterval(daily);
      await store.close();
      await log.close();
    }
  } finally {
    await lock.release();
  }
}

/** Of an error that is not the system's only its kind is told: nobody knows what is in its text. */
function tell(error: unknown, { settings, emit }: CommandContext): void {
  const known = asWriteError(error, settings.service.records);
  const message = known instanceof MediactlError ? known.message : known.name;
  emit({ type: 'warning', code: 'licence-failed', message: `licences could not be given: ${message}` });
}

/** The file of keys, or all of a folder. */
async function readRing({ settings, cwd }: CommandContext): Promise<KeyRing> {
  const { keys } = settings.access;
  if (keys === null) {
    throw new MediactlError('usage', 'no keys were given', { hint: 'name the file of keys: --keys movie.keys.json' });
  }
  const path = resolve(cwd, keys);
  const stats = await stat(path).catch(() => null);
  if (stats?.isDirectory() !== true) return new KeyRing([await readKeysFile(path)]);
  const names = await readdir(path).catch((error: unknown) => {
    throw asReadError(error, keys);
  });
  const files: ContentKeys[] = [];
  for (const name of names.filter((each) => each.endsWith('.json')).sort())
    files.push(await readKeysFile(join(path, name)));
  if (files.length > 0) return new KeyRing(files);
  throw new MediactlError('input-not-found', `there are no files of keys (.json) in ${printable(keys)}`);
}
