import { resolve } from 'node:path';
import { MediactlError } from '../errors.js';
import { openDestination } from '../pipeline/destination.js';
import { uploadFolder, type UploadRequest } from '../pipeline/upload.js';
import { parseLocation } from '../storage/location.js';
import type { CommandContext } from './context.js';
import { keepReceipt } from './receipt.js';

/** `mediactl upload DIR gs://…`. Ends with a `result` event, or throws. */
export async function uploadCommand(folder: string, to: string, context: CommandContext): Promise<void> {
  const request = await uploadRequest(folder, to, context);
  const result = await uploadFolder(request);
  context.emit(await keepReceipt(result, context, { beside: request.folder, folder: request.folder }));
}

/** What is to go where. Throws MediactlError usage. */
export async function uploadRequest(folder: string, to: string, context: CommandContext): Promise<UploadRequest> {
  const { cwd, emit, signal, settings } = context;
  const location = parseLocation(to);
  if (location.kind === 'folder') {
    throw new MediactlError('usage', 'upload goes to a bucket', { hint: 'write gs://bucket/path/of/the/title' });
  }
  const destination = await openDestination(location, context);
  return { folder: resolve(cwd, folder), destination, force: settings.force, signal, emit };
}
