import { resolve } from 'node:path';
import { MediactlError } from '../errors.js';
import type { ResultEvent } from '../model/events.js';
import { openDestination } from '../pipeline/delivery/destination.js';
import { openUploadWork } from '../pipeline/upload/upload-work.js';
import { uploadFolder, type UploadRequest } from '../pipeline/upload/upload.js';
import type { SessionStore } from '../storage/gcs/sessions.js';
import { formatLocation, parseLocation, type Location } from '../storage/location.js';
import type { CommandContext } from './context.js';
import { saveReceipt } from './receipt.js';

/** `mediactl upload DIR gs://…`. Gives the final event, or throws. */
export async function uploadCommand(folder: string, to: string, context: CommandContext): Promise<ResultEvent> {
  const { env, settings, signal } = context;
  const work = await openUploadWork({
    command: `mediactl upload ${folder}`,
    destination: formatLocation(bucketOf(to)),
    endpoint: settings.access.endpoint,
    env,
  });
  try {
    const both = work.lost ? AbortSignal.any([signal, work.lost]) : signal;
    const request = await uploadRequest(folder, to, { ...context, signal: both }, work.sessions);
    const result = await uploadFolder(request, work);
    return await saveReceipt(result, context, { beside: request.folder, folder: request.folder });
  } finally {
    await work.close();
  }
}

/** What is to go where. Throws MediactlError usage. */
export async function uploadRequest(
  folder: string,
  to: string,
  context: CommandContext,
  sessions?: SessionStore,
): Promise<UploadRequest> {
  const { cwd, emit, signal, settings } = context;
  const destination = await openDestination(bucketOf(to), settings, context, sessions);
  return {
    folder: resolve(cwd, folder),
    destination,
    replace: settings.work.replace || settings.work.force,
    force: settings.work.force,
    strict: settings.title.strict,
    signal,
    emit,
  };
}

function bucketOf(to: string): Extract<Location, { kind: 'gcs' }> {
  const location = parseLocation(to);
  if (location.kind === 'gcs') return location;
  throw new MediactlError('usage', 'upload works only with a bucket', { hint: 'write gs://bucket/path' });
}
