import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, jsonErrorBody, xmlErrorBody } from './api-error.js';
import { authorize } from './auth.js';
import { controlHandlers, expireSessions } from './control.js';
import type { Crc32c } from './crc32c.js';
import { readAll, type Exchange, type Reply } from './exchange.js';
import type { Fault } from './faults.js';
import { HANDLERS } from './handlers.js';
import { forever, incoming, sleep } from './incoming.js';
import type { LogEntry } from './log.js';
import type { FakeOptions } from './options.js';
import { parseRoute, type Route } from './route.js';
import { send } from './send.js';
import { World } from './world.js';

/** @returns the running server's endpoint, "http://127.0.0.1:1234" */
export async function serveFake(options: FakeOptions, crc32c: Crc32c): Promise<string> {
  const world = new World(options, crc32c);
  const connections = new WeakMap<object, number>();
  const server: Server = createServer((request, response) => {
    const work = request.url?.startsWith('/_fake/')
      ? answerControl(world, request, response)
      : answer(world, request, response, connections.get(request.socket) ?? 0);
    work.catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    connections.set(socket, ++world.log.connections);
    socket.setNoDelay(true);
  });
  // Long uploads and stalls on demand are the tests' business, and so is a connection that waits.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function answer(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  connection: number,
): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const routed = route(request);
  const names = routed instanceof ApiError ? { kind: 'unknown' as const, bucket: '', object: '' } : routed;
  const { kind, bucket, object } = names;
  const entry = world.log.open({ method, url, kind, bucket, object, connection }, request.headers);
  response.once('close', () => world.log.close(entry, response.headersSent ? response.statusCode : 0));
  const faults = world.faults.fire(entry);
  entry.faults.push(...faults.map((fault) => fault.type));

  const delay = faults.reduce(
    (sum, fault) => sum + (fault.type === 'latency' ? fault.milliseconds : 0),
    world.settings.latencyMs,
  );
  const reply = await decide(world, request, routed, entry, faults);
  if (delay > 0) await sleep(delay);
  await send(response, reply, faults, entry);
}

/** The answer, with what faults do before and after the work. */
async function decide(
  world: World,
  request: IncomingMessage,
  routed: Route | ApiError,
  entry: LogEntry,
  faults: readonly Fault[],
): Promise<Reply> {
  for (const fault of faults) {
    if (fault.type === 'delete-bucket') world.buckets.delete(entry.bucket);
    if (fault.type === 'expire-sessions') expireSessions(world);
    if (fault.type === 'status' && (fault.when ?? 'before') === 'before') return faultReply(fault, entry);
    if (fault.type === 'reset' && fault.when === 'before-body') {
      request.socket.resetAndDestroy();
      await forever();
    }
    if (fault.type === 'stall' && fault.when === 'never-answer') {
      for await (const bytes of incoming(request, faults, entry)) void bytes;
      await forever();
    }
  }
  const reply = await work(world, request, routed, entry, faults);
  const late = faults.find((fault) => fault.type === 'status' && fault.when === 'after');
  return late?.type === 'status' ? faultReply(late, entry) : reply;
}

async function work(
  world: World,
  request: IncomingMessage,
  routed: Route | ApiError,
  entry: LogEntry,
  faults: readonly Fault[],
): Promise<Reply> {
  try {
    if (routed instanceof ApiError) throw routed;
    const scheme = request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
    const origin = `${scheme}://${request.headers.host ?? 'localhost'}`;
    const body = (): AsyncIterable<Buffer> => incoming(request, faults, entry);
    const exchange: Exchange = { world, route: routed, request, entry, faults, origin, body };
    return await HANDLERS[routed.kind](exchange, authorize(exchange));
  } catch (error) {
    if (error instanceof ApiError) return errorReply(error, entry);
    throw error;
  }
}

function route(request: IncomingMessage): Route | ApiError {
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  try {
    return parseRoute({ method: request.method ?? 'GET', url: request.url ?? '/', header });
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

function errorReply(error: ApiError, { kind }: LogEntry): Reply {
  const { status, extra } = error;
  const headers = { ...extra.headers };
  if (status === 304) return { status, headers };
  if (extra.plainText !== undefined) {
    return { status, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' }, text: extra.plainText };
  }
  const isXml = kind.startsWith('xml-');
  const type = isXml ? 'application/xml; charset=UTF-8' : 'application/json; charset=UTF-8';
  return {
    status,
    headers: { ...headers, 'content-type': type },
    text: isXml ? xmlErrorBody(error) : jsonErrorBody(error),
  };
}

function faultReply(fault: Fault & { type: 'status' }, entry: LogEntry): Reply {
  const [reason, message] = REASONS[fault.status] ?? ['backendError', 'Backend Error'];
  const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
  return errorReply(new ApiError(fault.status, fault.reason ?? reason, fault.message ?? message, { headers }), entry);
}

const REASONS: Readonly<Record<number, readonly [string, string]>> = {
  401: ['authError', 'Invalid Credentials'],
  403: ['forbidden', 'Forbidden'],
  404: ['notFound', 'Not Found'],
  408: ['uploadBrokenConnection', 'Request Timeout'],
  410: ['gone', 'Gone'],
  412: ['conditionNotMet', 'Precondition Failed'],
  429: ['rateLimitExceeded', 'The total number of changes to the object exceeds the rate limit.'],
  500: ['backendError', 'Backend Error'],
  502: ['backendError', 'Bad Gateway'],
  503: ['backendError', 'Service Unavailable'],
  504: ['gatewayTimeout', 'Gateway Timeout'],
};

/** Never logged, never hit by faults. */
async function answerControl(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = (request.url ?? '').slice('/_fake/'.length);
  const handlers = controlHandlers(world) as Readonly<Record<string, (argument: unknown) => unknown>>;
  const text = (await readAll(request as AsyncIterable<Buffer>)).toString();
  try {
    const handler = handlers[name];
    if (!handler) throw new Error('no such control');
    const result = JSON.stringify(handler(text === '' ? null : JSON.parse(text)));
    response.writeHead(200, { 'content-type': 'application/json' }).end(result);
  } catch (error) {
    response.writeHead(400, { 'content-type': 'text/plain' }).end(String(error));
  }
}
