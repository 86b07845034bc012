import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ContentKey } from '../model/content-keys.js';
import type { PageConfig, PlaybackReport } from '../model/playback.js';
import { answer, answerJson, commonHeaders, readJson } from './answers.js';
import { allowedFor, whyRefused } from './host-guard.js';
import { readBody } from './http/body.js';
import { startHttp } from './http/server.js';
import { parseLicenseRequest } from './license/license-request.js';
import { jwkOf } from './license/licenser.js';
import type { Link } from './link.js';
import type { MediaSource } from './media.js';
import { isPageFile, pagePolicy, readPageFile, type PageFile } from './page-files.js';
import { parseReports } from './report-schema.js';
import { sendMedia, titlePathOf } from './send-media.js';

export interface PlayServerOptions {
  /** To listen at. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** By what a browser may call it, beside "localhost" and numbers. */
  readonly names: readonly string[];
  /** Another page whose player may read the title: its origin, or "*"; null: none. */
  readonly allowedOrigin: string | null;
  /** Null: the page reads the title from where it is. */
  readonly media: MediaSource | null;
  readonly link: Link;
  readonly config: Omit<PageConfig, 'throttle' | 'canThrottle' | 'reports' | 'license'>;
  /** What the title is encrypted with: given to whoever may ask here; null: nobody is given any. */
  readonly keys?: readonly ContentKey[] | null;
  readonly onReports: (reports: readonly PlaybackReport[]) => void;
  /** A file could not be read, as the storage told it. */
  readonly onTrouble: (error: unknown) => void;
}

export interface PlayServer {
  readonly port: number;
  /** Cuts all connections. */
  close(): Promise<void>;
}

export const TITLE_PREFIX = '/title/';

const LARGEST_REPORT = 256 * 1024;
const LARGEST_REQUEST = 16 * 1024;

/** Serves the player's page, and the title for it. Throws Node's errors of `listen`. */
export async function startPlayServer(options: PlayServerOptions): Promise<PlayServer> {
  const server = await startHttp({
    host: options.host,
    port: options.port,
    tls: null,
    handle: (request, response) => handle(options, request, response),
    failed: (error, response) => {
      options.onTrouble(error);
      if (response.headersSent) response.destroy();
      else answer(response, 502, 'the title cannot be read at the moment; the terminal of mediactl says why\n');
    },
    idleMs: null,
    perAddress: null,
  });
  return { port: server.port, close: () => server.close(0) };
}

async function handle(options: PlayServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const refused = whyRefused(request, options);
  const allowOrigin = allowedFor(request.headers.origin, options.allowedOrigin);
  for (const [name, value] of Object.entries(commonHeaders(allowOrigin))) response.setHeader(name, value);
  if (refused !== null) return answer(response, 403, `${refused}\n`);
  const path = url.replace(/[?#].*$/s, '');
  if (method === 'POST') return post(options, path, request, response);
  if (method === 'OPTIONS' && allowOrigin !== null) {
    const allowed = { 'access-control-allow-methods': 'GET, HEAD', 'access-control-allow-headers': 'Range' };
    return answer(response, 204, '', allowed);
  }
  if (method !== 'GET' && method !== 'HEAD') return answer(response, 405, '', { allow: 'GET, HEAD' });
  if (path === '/' || path === '/index.html') return sendPage('index.html', options, response);
  if (path === '/config.json') return answerJson(response, 200, configOf(options));
  const pageFile = path.replace(/^\/page\//, '');
  if (pageFile !== path && isPageFile(pageFile)) return sendPage(pageFile, options, response);
  if (options.media === null || !path.startsWith(TITLE_PREFIX)) return answer(response, 404, 'there is nothing here\n');
  await sendMedia({ request, response, path: titlePathOf(url, TITLE_PREFIX) }, options.media, options.link);
}

async function post(
  options: PlayServerOptions,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (path === '/license' && options.keys) return sendKeys(options.keys, request, response);
  // A form of another page cannot send this type unasked.
  if (request.headers['content-type'] !== 'application/json') return answer(response, 415, 'JSON is wanted\n');
  if (path === '/reports') {
    const reports = parseReports(await readJson(request, LARGEST_REPORT));
    if (reports === null) return answer(response, 400, 'these are no reports\n');
    options.onReports(reports);
    return answer(response, 204, '');
  }
  if (path === '/throttle' && options.media !== null) {
    const kilobits = throttleOf(await readJson(request, 1000));
    if (kilobits === undefined) return answer(response, 400, '{"kilobits": 1 to 10000000, or null} is wanted\n');
    options.link.kilobits = kilobits;
    return answer(response, 204, '');
  }
  answer(response, 404, 'there is nothing here\n');
}

/** All keys, whichever were asked for: hls.js asks for the first that it meets, and needs the others as well. */
async function sendKeys(
  keys: readonly ContentKey[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, LARGEST_REQUEST);
  if (body === null || parseLicenseRequest(body) === null)
    return answer(response, 400, 'this is no request for keys\n');
  answerJson(response, 200, { keys: keys.map(jwkOf), type: 'temporary' });
}

function throttleOf(body: unknown): number | null | undefined {
  if (typeof body !== 'object' || body === null || !('kilobits' in body)) return undefined;
  const { kilobits } = body;
  if (kilobits === null) return null;
  return typeof kilobits === 'number' && kilobits >= 1 && kilobits <= 10_000_000 ? kilobits : undefined;
}

async function sendPage(name: PageFile, { media }: PlayServerOptions, response: ServerResponse): Promise<void> {
  const { text, type } = await readPageFile(name);
  answer(response, 200, text, { 'content-type': type, 'content-security-policy': pagePolicy(media === null) });
}

function configOf({ config, link, media, keys }: PlayServerOptions): PageConfig {
  const page: PageConfig = { ...config, reports: 'reports', throttle: link.kilobits, canThrottle: media !== null };
  return keys ? { ...page, license: 'license' } : page;
}
