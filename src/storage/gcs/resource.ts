import { TransportError } from '../http/transport-error.js';
import type { ObjectHeaders, Stored } from '../storage.js';

/** The parts of an object resource that mediactl asks for: https://cloud.google.com/storage/docs/json_api/v1/objects */
export const OBJECT_FIELDS =
  'name,size,crc32c,generation,contentType,cacheControl,metadata,temporaryHold,eventBasedHold,retentionExpirationTime';
export const LIST_FIELDS = `nextPageToken,items(${OBJECT_FIELDS})`;

/** An object as the server described it. */
export interface RemoteObject extends Omit<Stored, 'path' | 'headers'> {
  readonly name: string;
  readonly crc32c: string | null;
  readonly headers: ObjectHeaders;
}

/** Throws TransportError EBADANSWER when the answer is no object resource. */
export function parseObject(body: Uint8Array): RemoteObject {
  return toObject(parseJson(body));
}

export function parseList(body: Uint8Array): { objects: RemoteObject[]; nextPageToken: string | null } {
  const value = asObject(parseJson(body));
  const items = Array.isArray(value['items']) ? value['items'] : [];
  const token = value['nextPageToken'];
  return { objects: items.map(toObject), nextPageToken: typeof token === 'string' && token !== '' ? token : null };
}

function toObject(value: unknown): RemoteObject {
  const { name, size, crc32c, generation, contentType, cacheControl, metadata } = asObject(value);
  const bytes = Number(size);
  if (typeof name !== 'string' || !Number.isSafeInteger(bytes) || typeof generation !== 'string') throw notAnObject();
  const heldBy = heldByOf(asObject(value));
  const custom = Object.entries(asObject(metadata ?? {})).map(([key, text]) => [key, String(text)] as const);
  return {
    name,
    bytes,
    crc32c: typeof crc32c === 'string' ? crc32c : null,
    generation,
    headers: {
      contentType: typeof contentType === 'string' ? contentType : 'application/octet-stream',
      cacheControl: typeof cacheControl === 'string' && cacheControl !== '' ? cacheControl : null,
      metadata: Object.fromEntries(custom),
    },
    ...(heldBy === null ? {} : { heldBy }),
  };
}

function heldByOf(value: Record<string, unknown>): 'hold' | 'retention' | null {
  if (value['temporaryHold'] === true || value['eventBasedHold'] === true) return 'hold';
  const until = value['retentionExpirationTime'];
  return typeof until === 'string' && Date.parse(until) > Date.now() ? 'retention' : null;
}

/** Throws TransportError EBADANSWER. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw notAnObject();
  }
}

/** The value's own keys. Throws TransportError EBADANSWER when it is no object. */
export function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notAnObject();
  return Object.fromEntries(Object.entries(value));
}

function notAnObject(): TransportError {
  return new TransportError('EBADANSWER', 'the server there is not the storage API');
}
