import { asError, MediactlError } from '../../errors.js';
import { printable } from '../../model/text.js';
import { systemClock } from '../clock.js';
import { crc32cOfHeaders } from '../crc32c.js';
import { ApiFailure, retryVerdict } from '../http/failure.js';
import type { HttpHead } from '../http/message.js';
import { TransportError } from '../http/transport-error.js';
import { DEFAULT_LIMITS, type TimeLimits } from '../http/transport.js';
import { showWeb } from '../remote-file/input-location.js';
import { VersionGone, type Pinned } from '../remote-file/pinned.js';
import { resuming } from '../remote-file/resume.js';
import { retryTeller } from '../retry-event.js';
import { DEFAULT_RETRY, RetryBudget, retrying, type Retry, type RetryPolicy } from '../retry.js';
import type { StorageEvent } from '../storage-event.js';
import { PRIVATE_CODE, WebClient, type WebClientOptions } from './client.js';
import { explainWeb } from './explain-web.js';
import { Spool, spoolFolder } from './spool.js';

export interface WebOptions extends Pick<WebClientOptions, 'env' | 'isPrivate' | 'signal'> {
  readonly limits?: Partial<TimeLimits>;
  readonly retry?: Partial<RetryPolicy>;
  /** All of it is fetched before anything else is done. */
  readonly onWhole?: () => void;
  /** Bytes that may be written at a path. */
  readonly freeBytes: (path: string) => Promise<number>;
  /** Told when something is asked for again. */
  readonly onEvent?: (event: StorageEvent) => void;
}

/**
 * A file on the web to read from. By ranges where its server gives them and says which version they are of (ETag,
 * Last-Modified): pinned to the version that is there now. Else it is fetched whole at once, into a file without a name.
 * Throws MediactlError input-not-found, input-forbidden, disk-full, storage-….
 */
export async function pinWeb(url: URL, options: WebOptions): Promise<Pinned> {
  const name = showWeb(url);
  const client = new WebClient(url, { ...options, limits: { ...DEFAULT_LIMITS, ...options.limits } });
  const explained = (error: unknown): never => {
    throw explainWeb(error, name);
  };
  try {
    const retry = retryOf(options, name);
    const version = await retry(() => lookAt(client)).catch(explained);
    if (version !== null) return pinRanges(client, name, version, retry);
    options.onWhole?.();
    const pinned = await fetchWhole(client, name, retry, options).catch(explained);
    client.close();
    return pinned;
  } catch (error) {
    client.close();
    throw error;
  }
}

type Retrying = <T>(work: () => Promise<T>, onRetry?: (retry: Retry) => void) => Promise<T>;

function retryOf({ retry, signal, onEvent }: WebOptions, name: string): Retrying {
  const tell = retryTeller(onEvent, name);
  const budget = new RetryBudget();
  let everAnswered = false;
  return (work, onRetry) =>
    retrying(
      async () => {
        const result = await work();
        everAnswered = true;
        return result;
      },
      {
        policy: {
          ...DEFAULT_RETRY,
          ...retry,
        },
        budget,
        clock: systemClock,
        signal,
        verdictOn: (error) =>
          error instanceof TransportError && error.code === PRIVATE_CODE
            ? { retry: false }
            : retryVerdict(error, { answered: everAnswered, recognised: true }),
        onRetry: (again) => {
          onRetry?.(again);
          tell?.(again);
        },
      },
    );
}

/** What every answer must agree with. */
interface Version {
  readonly bytes: number;
  readonly etag: string | null;
  readonly modified: string | null;
  readonly crc32c: string | null;
}

const ONE_BYTE = { range: 'bytes=0-0' };

/** Null: there are no ranges, or nothing by which to tell that they are of one version. */
async function lookAt(client: WebClient): Promise<Version | null> {
  let found: Version | null = null;
  // GET, because addresses are often signed for that alone.
  const receive = (head: HttpHead): ((bytes: Buffer) => void) | null => {
    if (head.status === 206) found = versionOf(head);
    // What comes without having been asked for is not waited for.
    if (head.status === 200) throw new NoRanges();
    return null;
  };
  try {
    await client.get({ headers: ONE_BYTE, receive });
    return found;
  } catch (error) {
    if (error instanceof NoRanges || (error instanceof ApiFailure && error.status === 416)) return null;
    throw error;
  }
}

class NoRanges extends Error {}

function versionOf({ headers }: HttpHead): Version | null {
  const bytes = Number(/\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] ?? Number.NaN);
  const { etag = null, 'last-modified': modified = null } = headers;
  if (!Number.isSafeInteger(bytes) || (etag === null && modified === null)) return null;
  return { bytes, etag, modified, crc32c: crc32cOfHeaders(headers) };
}

function pinRanges(client: WebClient, name: string, version: Version, retry: Retrying): Pinned {
  const { bytes, etag, modified, crc32c } = version;
  const time = Date.parse(modified ?? '');
  let trouble: unknown = null;
  const bring = async (start: number, end: number, take: (piece: Buffer) => void): Promise<void> => {
    const attempt = (at: number, more: (piece: Buffer) => void): Promise<void> =>
      readOnce(client, version, at, end, more);
    const again = (work: () => Promise<void>): Promise<void> => retry(work, ({ error }) => (trouble = error));
    await resuming({ start, end }, take, attempt, again).catch((error: unknown) => {
      throw explainWeb(error, name);
    });
    trouble = null;
  };
  return {
    isLocal: false,
    name,
    bytes,
    crc32c,
    version: etag ?? modified ?? '',
    modifiedMs: Number.isNaN(time) ? 0 : time,
    fetch: bring,
    trouble: () => (trouble === null ? null : asError(explainWeb(trouble, name))),
    check: () => bring(0, Math.min(1, bytes), () => undefined),
    close: () => client.close(),
  };
}

async function readOnce(
  client: WebClient,
  version: Version,
  start: number,
  end: number,
  take: (bytes: Buffer) => void,
): Promise<void> {
  const receive = (head: HttpHead): ((bytes: Buffer) => void) | null => {
    const { status, headers } = head;
    if (status >= 300) return null;
    const { etag = version.etag, 'last-modified': modified = version.modified } = headers;
    const [, from, size] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    const sameSize = status !== 206 || size === undefined || size === '*' || Number(size) === version.bytes;
    const sameVersion = version.etag === null ? modified === version.modified : etag === version.etag;
    if (!sameSize || !sameVersion) throw new VersionGone('the server has another version of it now');
    if (status !== 206 || Number(from) !== start) {
      throw new TransportError('EBADANSWER', 'the server sent other bytes than those requested');
    }
    return take;
  };
  // A weak tag cannot be asked with, only compared.
  const strong = version.etag !== null && !version.etag.startsWith('W/') ? version.etag : null;
  const pin = strong ?? (version.etag === null ? version.modified : null);
  const headers = { range: `bytes=${start}-${end - 1}`, ...(pin === null ? {} : { 'if-range': pin }) };
  try {
    await client.get({ headers, receive });
  } catch (error) {
    const gone = error instanceof ApiFailure && [404, 410, 412, 416].includes(error.status);
    throw gone ? new VersionGone('it is no longer there as it was') : error;
  }
}

async function fetchWhole(
  client: WebClient,
  name: string,
  retry: Retrying,
  { freeBytes }: WebOptions,
): Promise<Pinned> {
  const spool = await Spool.create();
  try {
    const free = await freeBytes(spoolFolder());
    let modifiedMs = 0;
    await retry(async () => {
      spool.clear();
      const receive = ({ status, headers }: HttpHead): ((bytes: Buffer) => void) | null => {
        if (status >= 300) return null;
        modifiedMs = Date.parse(headers['last-modified'] ?? '') || 0;
        if (Number(headers['content-length'] ?? 0) > free) throw noRoom(name);
        return (bytes) => spool.write(bytes);
      };
      await client.get({ headers: {}, receive });
    });
    return spooled(spool, name, modifiedMs);
  } catch (error) {
    await spool.close();
    throw error;
  }
}

function spooled(spool: Spool, name: string, modifiedMs: number): Pinned {
  return {
    isLocal: true,
    name,
    bytes: spool.bytes,
    crc32c: null,
    version: `sha256:${spool.digest}`,
    modifiedMs,
    async fetch(start, end, take) {
      for (let at = start; at < end;) {
        const piece = await spool.read(at, Math.min(PIECE, end - at));
        if (piece.length === 0) throw new Error('the temporary file has become shorter');
        at += piece.length;
        take(piece);
      }
    },
    trouble: () => null,
    check: () => Promise.resolve(),
    close: () => void spool.close().catch(() => undefined),
  };
}

const PIECE = 256 * 1024;

function noRoom(name: string): MediactlError {
  return new MediactlError('disk-full', `there is not enough space to fetch ${printable(name)}`, {
    reason: `its server cannot send parts of it, and it does not fit into ${spoolFolder()}`,
    hint: 'free some space, or name another folder with TMPDIR',
  });
}
