import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MediactlError } from '../errors.js';
import { printable } from '../model/text.js';
import { openDestination } from '../pipeline/delivery/destination.js';
import type { Place } from '../pipeline/delivery/place.js';
import { parseLocation } from '../storage/location.js';
import type { CommandContext } from './context.js';

/** Where titles are already. Throws MediactlError usage; input-not-found when it is a folder that does not exist. */
export async function openExisting(where: string, context: CommandContext): Promise<Place> {
  const location = parseLocation(where);
  if (location.kind === 'gcs') return openDestination(location, context.settings, context);
  const path = resolve(context.cwd, location.path);
  if ((await stat(path).catch(() => null))?.isDirectory())
    return openDestination({ kind: 'folder', path }, context.settings, context);
  throw new MediactlError('input-not-found', `there is no folder ${printable(where)}`, {
    hint: 'name a folder, or gs://bucket/path',
  });
}
