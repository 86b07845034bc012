import { ApiFailure } from '../http/failure.js';
import type { HttpResponse } from '../http/message.js';
import { TransportError } from '../http/transport-error.js';
import { hasStatus, type Api } from './api.js';
import { ChecksumFailure, isChecksumRefusal, isFailedPrecondition } from './failure.js';
import { OBJECT_FIELDS, parseObject, type RemoteObject } from './resource.js';
import { sessionKey, type SessionStore } from './sessions.js';
import { queryOf, resourceOf, type Outcome, type Upload } from './upload.js';

/** A multiple of 256 KiB, as the protocol wants. */
export const CHUNK_BYTES = 8 * 1024 * 1024;

export interface ResumableOptions {
  readonly sessions: SessionStore;
  /** Bucket and whatever else makes the same object name another object. */
  readonly scope: string;
  /** Fills the buffer from that offset of the content, or throws. */
  readonly read: (buffer: Buffer, offset: number) => Promise<void>;
}

/**
 * Sends a large object in chunks through an upload session, asking the server after every trouble how much it has.
 * A session that an earlier process began goes on where that one stopped; one that has ended begins anew.
 * https://cloud.google.com/storage/docs/performing-resumable-uploads
 */
export async function uploadInChunks(api: Api, upload: Upload, options: ResumableOptions): Promise<Outcome> {
  const key = sessionKey([api.endpoint, options.scope, queryOf(upload), resourceOf(upload), upload.bytes]);
  let uncertain = false;
  for (let round = 1; ; round++) {
    const known = round === 1 ? usable(await options.sessions.load(key), api.endpoint) : null;
    if (known !== null) uncertain = true;
    try {
      const uri = known ?? (await begin(api, upload));
      if (known === null) await options.sessions.save(key, uri);
      const stored = await sendAll(api, upload, { uri, resumed: known !== null, read: options.read });
      await options.sessions.forget(key);
      return { stored };
    } catch (error) {
      if (isFailedPrecondition(error)) {
        await options.sessions.forget(key);
        return { stored: null, refused: true, uncertain };
      }
      uncertain = true;
      // What a server says of a session that has ended: it is gone, or its bytes were refused.
      if (!(error instanceof SessionGone || error instanceof ChecksumFailure)) throw error;
      await options.sessions.forget(key);
      if (round >= MAX_SESSIONS) throw error instanceof SessionGone ? error.cause : error;
      upload.onRetry?.({ attempt: round, waitMs: 0, error });
    }
  }
}

const MAX_SESSIONS = 4;

/** Unknown or expired. */
class SessionGone extends Error {
  override readonly name = 'SessionGone';
}

/** A remembered address is used only where it leads to the server asked. */
function usable(uri: string | null, endpoint: string): string | null {
  return uri !== null && isTrusted(uri, endpoint) ? uri : null;
}

function isTrusted(uri: string, endpoint: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { origin, protocol, hostname } = new URL(uri);
  return origin === endpoint || (protocol === 'https:' && /(^|\.)googleapis\.com$/.test(hostname));
}

async function begin(api: Api, upload: Upload): Promise<string> {
  const query = { uploadType: 'resumable', ...queryOf(upload), fields: OBJECT_FIELDS };
  const headers = {
    'content-type': 'application/json; charset=UTF-8',
    'x-upload-content-type': upload.headers.contentType,
    'x-upload-content-length': String(upload.bytes),
  };
  const body = [Buffer.from(JSON.stringify(resourceOf(upload)))];
  return api.retrying(
    async () => {
      const response = await api.send({ method: 'POST', upload: true, query, headers, body });
      const uri = response.headers.location;
      if (uri === undefined || !isTrusted(uri, api.endpoint)) {
        throw new TransportError('EBADANSWER', 'the server gave no usable address for the upload');
      }
      return uri;
    },
    { onRetry: upload.onRetry },
  );
}

interface Session {
  readonly uri: string;
  readonly resumed: boolean;
  readonly read: ResumableOptions['read'];
}

async function sendAll(api: Api, upload: Upload, session: Session): Promise<RemoteObject> {
  let at: Progress = session.resumed ? await ask(api, upload, session.uri) : { done: null, kept: 0 };
  const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, upload.bytes));
  while (at.done === null) {
    const { kept } = at;
    const chunk = buffer.subarray(0, Math.min(CHUNK_BYTES, upload.bytes - kept));
    await session.read(chunk, kept);
    at = await sendChunk(api, upload, { uri: session.uri, chunk, kept });
  }
  return at.done;
}

/** Where an upload is: complete, with the object as stored, or so many bytes kept from the beginning. */
type Progress = { readonly done: RemoteObject } | { readonly done: null; readonly kept: number };

async function ask(api: Api, upload: Upload, uri: string): Promise<Progress> {
  return api.retrying(() => askOnce(api, upload, uri), { onRetry: upload.onRetry });
}

async function askOnce(api: Api, upload: Upload, uri: string): Promise<Progress> {
  const headers = { 'content-range': `bytes */${upload.bytes}` };
  return progressOf(await put(api, uri, headers), upload);
}

async function sendChunk(
  api: Api,
  upload: Upload,
  { uri, chunk, kept }: { readonly uri: string; readonly chunk: Buffer; readonly kept: number },
): Promise<Progress> {
  return api.retrying(
    async (attempt) => {
      if (attempt > 1) {
        const now = await askOnce(api, upload, uri);
        if (now.done !== null || now.kept !== kept) return now;
      }
      // All is there, and the server was not told that this is the end.
      const range = chunk.length === 0 ? '*' : `${kept}-${kept + chunk.length - 1}`;
      const headers = { 'content-range': `bytes ${range}/${upload.bytes}` };
      const progress = progressOf(await put(api, uri, headers, chunk, upload.onSent), upload);
      if (progress.done === null && progress.kept === kept) {
        throw new TransportError('EBADANSWER', 'the server kept nothing of what was sent');
      }
      return progress;
    },
    { onRetry: upload.onRetry },
  );
}

async function put(
  api: Api,
  uri: string,
  headers: Readonly<Record<string, string>>,
  chunk?: Buffer,
  onSent?: (bytes: number) => void,
): Promise<HttpResponse> {
  try {
    return await api.sendToSession(uri, { method: 'PUT', headers, body: chunk ? [chunk] : [], onSent });
  } catch (error) {
    if (hasStatus(error, 404, 410)) throw new SessionGone('the upload session has ended', { cause: error });
    if (error instanceof ApiFailure && isChecksumRefusal(error.status, error.message)) {
      // Those bytes do not become right by asking again: the session is over.
      throw new ChecksumFailure(error.message, false);
    }
    throw error;
  }
}

function progressOf(response: HttpResponse, { bytes }: Upload): Progress {
  if (response.status < 300) return { done: parseObject(response.body) };
  const { range } = response.headers;
  const last = range === undefined ? -1 : Number(/^bytes=0-(\d+)$/.exec(range)?.[1]);
  if (!Number.isSafeInteger(last) || last >= bytes) {
    throw new TransportError('EBADANSWER', 'the server keeps a range of bytes that was never sent');
  }
  return { done: null, kept: last + 1 };
}
