import { crc32c, encodeCrc32c } from './crc32c.js';
import { textOf, type JsonObject } from './json.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body parsed; {} when it is no JSON object. */
  readonly json: JsonObject;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** One request by plain fetch, redirects (308) not followed. */
export async function ask(url: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
  });
  const text = await response.text();
  let json: JsonObject = {};
  try {
    json = JSON.parse(text) as JsonObject;
  } catch {
    // Not JSON.
  }
  return { status: response.status, headers: response.headers, text, json };
}

/** The bucket's part of an endpoint: paths of its objects in each API. */
export function pathsOf(endpoint: string, bucket: string) {
  const objects = `${endpoint}/storage/v1/b/${bucket}/o`;
  return {
    objects,
    bucket: `${endpoint}/storage/v1/b/${bucket}`,
    object: (name: string, query = '') => `${objects}/${encodeURIComponent(name)}${query && `?${query}`}`,
    media: (name: string) => `${objects}/${encodeURIComponent(name)}?alt=media`,
    upload: (type: string, name: string, query = '') =>
      `${endpoint}/upload/storage/v1/b/${bucket}/o?uploadType=${type}&name=${encodeURIComponent(name)}${query && `&${query}`}`,
    public: (name: string) => `${endpoint}/${bucket}/${name.split('/').map(encodeURIComponent).join('/')}`,
  };
}

export type Paths = ReturnType<typeof pathsOf>;

/** A media upload. */
export function put(paths: Paths, name: string, body: string | Uint8Array, query = ''): Promise<Answer> {
  return ask(paths.upload('media', name, query), { method: 'POST', body });
}

export function sendJson(url: string, method: string, body: unknown): Promise<Answer> {
  return ask(url, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
}

export function checksum(bytes: string | Uint8Array): string {
  return encodeCrc32c(crc32c(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, 0));
}

/** A string (or number) of the answer's JSON; "" when it is not there. */
export function field(answer: Answer, name: string): string {
  return textOf(answer.json[name]);
}

/** `reason` of the first error in a documented error body, after checking its shape. */
export function reasonOf(answer: Answer): string {
  const { error } = answer.json as { error?: { code?: number; message?: string; errors?: { reason?: string }[] } };
  if (typeof error?.message !== 'string' || error.code !== answer.status)
    throw new Error(`not an error body: ${answer.text}`);
  return error.errors?.[0]?.reason ?? '';
}

/** Bytes that look random and are the same for the same size. */
export function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = 12345 + size;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}
