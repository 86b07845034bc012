import { randomUUID } from 'node:crypto';
import type { ObjectHeaders } from '../storage.js';
import { hasStatus, type Api, type CallOptions } from './api.js';
import { isFailedPrecondition } from './failure.js';
import { OBJECT_FIELDS, parseObject, type RemoteObject } from './resource.js';

/** How objects are kept, apart from their headers. Null: as the bucket's defaults say. */
export interface Placement {
  /** "STANDARD", "NEARLINE", … */
  readonly storageClass: string | null;
  /** Resource name of a Cloud KMS key. */
  readonly kmsKey: string | null;
  /** "publicRead" …; refused by buckets with uniform bucket-level access. */
  readonly predefinedAcl: string | null;
}

/** One object to be, with what the server has to check on it. */
export interface Upload extends CallOptions {
  readonly object: string;
  readonly bytes: number;
  readonly crc32c: string;
  readonly headers: ObjectHeaders;
  readonly placement: Placement;
  /** The generation it replaces; "0": none. */
  readonly expected: string;
  readonly onSent?: ((bytes: number) => void) | undefined;
}

/**
 * What became of it. `refused`: something else than `expected` is there; when `uncertain`, that may be this very
 * upload, whose acknowledgement got lost on an earlier attempt.
 */
export type Outcome =
  { readonly stored: RemoteObject } | { readonly stored: null; readonly refused: true; readonly uncertain: boolean };

/**
 * Sends a small object, its metadata and its checksum in one request, so that it is there whole or not at all.
 * https://cloud.google.com/storage/docs/uploading-objects#rest-upload-objects (multipart)
 */
export async function uploadWhole(api: Api, upload: Upload, content: Uint8Array): Promise<Outcome> {
  const boundary = `mediactl-${randomUUID()}`;
  const head =
    `--${boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(resourceOf(upload))}\r\n` +
    `--${boundary}\r\nContent-Type: ${upload.headers.contentType}\r\n\r\n`;
  const body = [Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)];
  const headers = { 'content-type': `multipart/related; boundary=${boundary}` };
  const query = { uploadType: 'multipart', ...queryOf(upload), fields: OBJECT_FIELDS };
  let uncertain = false;
  return api.retrying(async () => {
    try {
      const { onSent } = upload;
      const response = await api.send({ method: 'POST', upload: true, query, headers, body, onSent });
      return { stored: parseObject(response.body) };
    } catch (error) {
      if (isFailedPrecondition(error)) return { stored: null, refused: true, uncertain };
      if (!hasStatus(error, 429)) uncertain = true;
      throw error;
    }
  }, upload);
}

/** The object resource to send: the server refuses the upload when its bytes do not have this checksum. */
export function resourceOf({ object, headers, placement, crc32c }: Upload): Readonly<Record<string, unknown>> {
  return {
    name: object,
    contentType: headers.contentType,
    ...(headers.cacheControl === null ? {} : { cacheControl: headers.cacheControl }),
    ...(Object.keys(headers.metadata).length === 0 ? {} : { metadata: headers.metadata }),
    ...(placement.storageClass === null ? {} : { storageClass: placement.storageClass }),
    crc32c,
  };
}

export function queryOf({ expected, placement }: Upload): Readonly<Record<string, string | null>> {
  return { ifGenerationMatch: expected, kmsKeyName: placement.kmsKey, predefinedAcl: placement.predefinedAcl };
}
