import { resolve } from 'node:path';
import { MediactlError } from '../errors.js';
import { openDestination } from '../pipeline/destination.js';
import { uploadFolder } from '../pipeline/upload.js';
import { parseLocation } from '../storage/location.js';
import type { CommandContext } from './context.js';
import { keepReceipt } from './receipt.js';

/** `mediactl upload DIR gs://…`. Ends with a `result` event, or throws. */
export async function uploadCommand(folder: string, to: string, context: CommandContext): Promise<void> {
  const { cwd, emit, signal, settings } = context;
  const location = parseLocation(to);
  if (location.kind === 'folder') {
    throw new MediactlError('usage', 'upload goes to a bucket', { hint: 'write gs://bucket/path/of/the/title' });
  }
  const destination = await openDestination(location, context);
  const request = { folder: resolve(cwd, folder), destination, force: settings.force, signal, emit };
  const result = await uploadFolder(request);
  emit(await keepReceipt(result, context, { beside: request.folder, folder: request.folder }));
}
