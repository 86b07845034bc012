import { crc32cOf, crc32cOfHeaders } from '../crc32c.js';
import type { ObjectHeaders } from '../storage.js';
import { hasStatus, type Api, type CallOptions } from './api.js';
import { ChecksumFailure } from './failure.js';
import { LIST_FIELDS, OBJECT_FIELDS, parseList, parseObject, type RemoteObject } from './resource.js';

/** What is kept of an object; null when there is none. */
export async function getObject(api: Api, object: string, call: CallOptions): Promise<RemoteObject | null> {
  const query = { fields: OBJECT_FIELDS };
  return nullWhenGone(
    api.retrying(async () => parseObject((await api.send({ method: 'GET', object, query })).body), call),
  );
}

/** The bytes of an object as stored, checked; null when there is none, or none of that generation. */
export async function readObject(
  api: Api,
  object: string,
  generation: string | null,
  call: CallOptions,
): Promise<Uint8Array | null> {
  const query = { alt: 'media', generation };
  // What is kept compressed comes so when it is asked for, and the checksum is of that.
  const headers = { 'accept-encoding': 'gzip' };
  const read = async (): Promise<Uint8Array> => {
    const answer = await api.send({ method: 'GET', object, query, headers });
    const crc32c = crc32cOfHeaders(answer.headers);
    if (crc32c !== null && crc32c !== crc32cOf(answer.body)) {
      throw new ChecksumFailure('the bytes received differ from those of the server', true);
    }
    return answer.body;
  };
  return nullWhenGone(api.retrying(read, call));
}

/** All objects whose names begin with `prefix`, a page in memory at a time. */
export async function* listObjects(api: Api, prefix: string, call: CallOptions): AsyncGenerator<RemoteObject> {
  let pageToken: string | null = null;
  do {
    const query: Record<string, string | null> = { prefix, pageToken, maxResults: '1000', fields: LIST_FIELDS };
    const getPage = async (): Promise<ReturnType<typeof parseList>> =>
      parseList((await api.send({ method: 'GET', query })).body);
    const page = await api.retrying(getPage, call);
    yield* page.objects;
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
}

/**
 * Makes the headers of that generation these; custom metadata of other keys stays. Null when it is no longer there. Trying
 * again does no harm: the result is the same.
 */
export async function patchObject(
  api: Api,
  object: string,
  existing: { readonly generation: string },
  headers: ObjectHeaders,
  call: CallOptions,
): Promise<RemoteObject | null> {
  const { contentType, cacheControl, without = [] } = headers;
  const metadata = { ...headers.metadata, ...Object.fromEntries(without.map((key) => [key, null])) };
  const request = {
    method: 'PATCH',
    object,
    query: { ifGenerationMatch: existing.generation, fields: OBJECT_FIELDS },
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: [Buffer.from(JSON.stringify({ contentType, cacheControl, metadata }))],
  };
  return nullWhenGone(
    api.retrying(async () => parseObject((await api.send(request)).body), call),
    412,
  );
}

/** Removes that generation; whether none of it is there now. */
export async function removeObject(api: Api, object: string, generation: string, call: CallOptions): Promise<boolean> {
  const query = { ifGenerationMatch: generation };
  try {
    await nullWhenGone(api.retrying(() => api.send({ method: 'DELETE', object, query }), call));
    return true;
  } catch (error) {
    if (hasStatus(error, 412)) return false;
    throw error;
  }
}

/** A missing bucket is an error all the same. */
async function nullWhenGone<T>(work: Promise<T>, ...alsoStatuses: readonly number[]): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (hasStatus(error, 404) && !/bucket does not exist/i.test(error.message)) return null;
    if (hasStatus(error, ...alsoStatuses)) return null;
    throw error;
  }
}
