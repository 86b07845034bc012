import type { IncomingMessage } from 'node:http';
import { invalid } from './api-error.js';
import type { Body } from './body.js';
import type { Fault } from './faults.js';
import type { JsonObject } from './json.js';
import type { LogEntry } from './log.js';
import type { Route } from './route.js';
import type { World } from './world.js';

/** One request with what is known of it. Handlers take it and give a Reply; they never touch the socket. */
export interface Exchange {
  readonly world: World;
  readonly route: Route;
  readonly request: IncomingMessage;
  readonly entry: LogEntry;
  readonly faults: readonly Fault[];
  /** "http://host:port" as the client called it. */
  readonly origin: string;
  /** The body as it comes, with the faults of this request in it. To be read once. */
  body(): AsyncIterable<Buffer>;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly json?: JsonObject;
  readonly text?: string;
  /** The bytes [start, end) of it. */
  readonly media?: { readonly body: Body; readonly start: number; readonly end: number };
  /** HEAD: the length to announce without a body. */
  readonly length?: number;
}

export function header(exchange: Exchange, name: string): string | undefined {
  const value = exchange.request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

const JSON_LIMIT = 4 * 1024 * 1024;

/** The body as JSON; an empty one is {}. @throws ApiError 400 */
export async function readJson(exchange: Exchange): Promise<JsonObject> {
  return parseJson(await readAll(exchange.body()));
}

export function parseJson(bytes: Buffer): JsonObject {
  if (bytes.toString().trim() === '') return {};
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Reported below like a value that is no object.
  }
  throw invalid('Parse Error');
}

export async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > JSON_LIMIT) throw invalid('Request is too large.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
