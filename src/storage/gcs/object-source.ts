import { asError, MediactlError } from '../../errors.js';
import { printable } from '../../model/text.js';
import type { HttpHead } from '../http/message.js';
import { TransportError } from '../http/transport-error.js';
import { VersionGone, type Pinned } from '../remote-file/pinned.js';
import { resuming } from '../remote-file/resume.js';
import { retryTeller } from '../retry-event.js';
import type { Retry } from '../retry.js';
import type { StorageEvent } from '../storage-event.js';
import { hasStatus, type Api } from './api.js';
import { attemptOn, explain } from './explain.js';
import { getObject } from './objects.js';

/**
 * An object to read from, pinned to the generation that is there now. `onEvent`: told when it is asked for again.
 * Throws MediactlError input-not-found, storage-….
 */
export async function pinObject(api: Api, object: string, onEvent?: (event: StorageEvent) => void): Promise<Pinned> {
  const attempted = attemptOn(api, 'read', object);
  const tell = retryTeller(onEvent, attempted.name);
  const explained = (error: unknown): unknown => {
    return error instanceof VersionGone
      ? changed(attempted.name, error)
      : explain(error, attemptOn(api, 'read', object));
  };
  const look = async (): ReturnType<typeof getObject> => {
    try {
      return await getObject(api, object, { onRetry: tell });
    } catch (error) {
      throw explained(error);
    }
  };
  const found = await look();
  if (found === null) {
    throw new MediactlError('input-not-found', `there is no object ${printable(attempted.name)}`, {
      hint: `check the spelling: gcloud storage ls gs://${attempted.bucket}/`,
    });
  }
  const { bytes, crc32c, generation } = found;
  let trouble: unknown = null;
  return {
    isLocal: false,
    name: attempted.name,
    bytes,
    crc32c,
    version: generation,
    modifiedMs: timeOf(generation),
    async fetch(start, end, take) {
      const attempt = (at: number, more: (piece: Buffer) => void): Promise<void> =>
        readOnce(api, object, { generation, start: at, end }, more);
      try {
        const onRetry = (retry: Retry): void => {
          trouble = retry.error;
          tell?.(retry);
        };
        await resuming({ start, end }, take, attempt, (work) => api.retrying(work, { onRetry }));
        trouble = null;
      } catch (error) {
        throw explained(error);
      }
    },
    close: () => api.close(),
    trouble: () => (trouble === null ? null : asError(explained(trouble))),
    async check() {
      const now = await look();
      if (now?.generation !== generation) throw changed(attempted.name, null);
    },
  };
}

async function readOnce(
  api: Api,
  object: string,
  { generation, start, end }: { generation: string; start: number; end: number },
  take: (bytes: Buffer) => void,
): Promise<void> {
  const receive = ({ status, headers }: HttpHead): ((bytes: Buffer) => void) | null => {
    if (status >= 300) return null;
    if (status !== 206 || !headers['content-range']?.startsWith(`bytes ${start}-`)) {
      throw new TransportError('ENORANGE', `the server did not send the requested part (HTTP ${status})`);
    }
    const served = headers['x-goog-generation'];
    if (served !== undefined && served !== generation) throw new VersionGone('another generation was served');
    return take;
  };
  try {
    // What is kept compressed comes as it is kept, so that ranges are those of the bytes that were counted.
    const headers = { range: `bytes=${start}-${end - 1}`, 'accept-encoding': 'gzip' };
    await api.send({ method: 'GET', object, query: { alt: 'media', generation }, headers, receive });
  } catch (error) {
    const gone = hasStatus(error, 404) && !/bucket does not exist/i.test(error.message);
    throw gone ? new VersionGone('the generation is no longer there', { cause: error }) : error;
  }
}

function changed(name: string, cause: unknown): MediactlError {
  return new MediactlError('source-changed', `${printable(name)} changed while it was being read`, {
    reason: 'the generation that was there at the start has been replaced or removed',
    hint: 'run the same command again once nothing writes to it any more',
    cause,
  });
}

/** Generations are microseconds since the epoch, in practice; nothing depends on it but a time to show. */
function timeOf(generation: string): number {
  const milliseconds = Math.floor(Number(generation) / 1000);
  return Number.isSafeInteger(milliseconds) ? milliseconds : 0;
}
