import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJsonOrUndefined } from '../model/json.js';
import { readBody } from './http/body.js';

/** Sent with every answer. */
const ALWAYS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** Of everything but the page: should a browser be made to show it, it can do nothing. */
const HARMLESS = "default-src 'none'; sandbox; frame-ancestors 'none'";

export function commonHeaders(allowOrigin: string | null): Record<string, string> {
  const shared: Record<string, string> =
    allowOrigin === null
      ? { 'cross-origin-resource-policy': 'same-origin' }
      : {
          'cross-origin-resource-policy': 'cross-origin',
          'access-control-allow-origin': allowOrigin,
          'access-control-expose-headers': 'Content-Length, Content-Range',
          vary: 'Origin',
        };
  return Object.assign({ 'content-security-policy': HARMLESS }, ALWAYS, shared);
}

/** A whole answer from memory. `headers` are added to those that stand already, or replace them. */
export function answer(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    ...headers,
    'content-length': bytes.length,
  });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  answer(response, status, JSON.stringify(value), { 'content-type': 'application/json' });
}

/** The body as JSON; null: it is too large, or none. */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const body = await readBody(request, maxBytes);
  return body === null ? null : (parseJsonOrUndefined(body.toString('utf8')) ?? null);
}
