import { randomBytes } from 'node:crypto';
import { ApiError, invalid } from './api-error.js';
import { commitObject, type Hashes } from './commit.js';
import { header, readJson, type Exchange, type Reply } from './exchange.js';
import { selectFields } from './fields.js';
import { nameOf, parseGoogHash } from './insert.js';
import { checkObjectName, objectResource, writableMetadata } from './object-record.js';
import { checkPreconditions } from './preconditions.js';
import { QUANTUM, UploadSession, type SessionStart } from './upload-session.js';

/** "Resumable uploads": the POST that starts one. Answers with the session's URI in Location. */
export async function startResumable(exchange: Exchange): Promise<Reply> {
  const { world, route } = exchange;
  const resource = await readJson(exchange);
  const name = nameOf(route.query, resource);
  checkObjectName(name);
  writableMetadata(resource);
  checkPreconditions(route.query, world.bucket(route.bucket).objects.live(name), 'write');
  const contentType = resource['contentType'] ?? header(exchange, 'x-upload-content-type');
  const announced = header(exchange, 'x-upload-content-length');
  const start: SessionStart = {
    id: randomBytes(24).toString('base64url'),
    bucket: route.bucket,
    name,
    resource: contentType === undefined ? resource : { ...resource, contentType },
    query: route.query,
    announced: announced === undefined ? null : Number(announced),
    origin: header(exchange, 'origin'),
  };
  const session = new UploadSession(start, world.clock.now() + world.settings.sessionLifeMs, world.bodyOptions);
  world.sessions.set(start.id, session);
  const query = new URLSearchParams({ uploadType: 'resumable', name, upload_id: start.id });
  const location = `${exchange.origin}/upload/storage/v1/b/${encodeURIComponent(route.bucket)}/o?${query.toString()}`;
  return { status: 200, headers: { location, 'x-guploader-uploadid': start.id }, text: '' };
}

/** A PUT to a session: bytes, or the question how far it is. */
export async function continueResumable(exchange: Exchange): Promise<Reply> {
  const session = findSession(exchange);
  const before = session.busy;
  let done = (): void => {};
  session.busy = new Promise((resolve) => {
    done = resolve;
  });
  await before;
  try {
    return await putChunk(exchange, session);
  } finally {
    session.dropTail();
    done();
  }
}

/** "Cancel an upload": 499, and the session is gone. */
export function cancelResumable(exchange: Exchange): Reply {
  exchange.world.sessions.delete(findSession(exchange).start.id);
  return { status: 499, text: '' };
}

function findSession({ world, route }: Exchange): UploadSession {
  const session = world.sessions.get(route.query.get('upload_id') ?? '');
  if (!session) throw new ApiError(404, 'notFound', 'Not Found');
  if (session.expires <= world.clock.now()) throw new ApiError(world.settings.sessionGoneStatus, 'gone', 'Gone');
  return session;
}

async function putChunk(exchange: Exchange, session: UploadSession): Promise<Reply> {
  const range = parseContentRange(header(exchange, 'content-range'));
  if (session.finished) return finishedReply(exchange, session);
  const total = range.total ?? session.start.announced;
  if (range.first === null) {
    await drain(exchange);
    // `bytes */N` ends the upload when the server has all N.
    return range.total === session.kept ? finish(exchange, session) : incomplete(exchange, session);
  }
  if (range.first > session.kept) throw offsetGap(range.first, session.kept);

  const short = exchange.faults.find((fault) => fault.type === 'short-308');
  let room = short?.type === 'short-308' ? short.keepBytes : Infinity;
  let known = session.kept - range.first;
  let sent = 0;
  for await (const bytes of exchange.body()) {
    sent += bytes.length;
    // "Cloud Storage ignores any bytes you send at an offset that it has already persisted."
    const fresh = bytes.subarray(Math.min(known, bytes.length));
    known -= Math.min(known, bytes.length);
    const part = fresh.subarray(0, Math.min(room, fresh.length));
    room -= part.length;
    if (part.length > 0) session.append(part);
  }
  if (short) return incompleteAfterDrop(exchange, session);
  const promised = range.last === null ? null : range.last - range.first + 1;
  if (promised !== null && promised !== sent) {
    throw invalid(
      `Invalid request.  There were ${sent} byte(s) in the request body.  There should have been ${promised} byte(s) (starting at offset ${range.first} and ending at offset ${range.last}) according to the Content-Range header.`,
    );
  }
  const end = range.first + sent;
  const isLast = total === null ? range.last === null : end === total;
  if (total !== null && end > total) throw invalid('Invalid request.  The upload is larger than announced.');
  if (isLast) return finish(exchange, session);
  if (sent < QUANTUM) {
    const message = `Invalid request.  The number of bytes uploaded is required to be equal or greater than ${QUANTUM}, except for the final request (it's recommended to be the exact multiple of ${QUANTUM}).  The received request contained ${sent} bytes, which does not meet this requirement.`;
    throw new ApiError(400, 'badRequest', message, { plainText: message });
  }
  return incompleteAfterDrop(exchange, session);
}

function finish(exchange: Exchange, session: UploadSession): Reply {
  const { world, route } = exchange;
  const hashes: Hashes = parseGoogHash(header(exchange, 'x-goog-hash'));
  const { bucket, name, resource, query } = session.start;
  try {
    session.finished = commitObject(world, {
      operation: route.kind,
      bucket,
      name,
      resource,
      query,
      hashes,
      body: session.finish(),
    });
  } catch (error) {
    // The bytes were handed over; a session that failed at its end can't be continued.
    world.sessions.delete(session.start.id);
    throw error;
  }
  return finishedReply(exchange, session);
}

/** Any request to a session that is done gets the object. */
function finishedReply({ origin, route }: Exchange, session: UploadSession): Reply {
  if (!session.finished) throw new Error('not finished');
  const resource = objectResource(session.finished, origin, route.query.get('projection'));
  const fields = route.query.get('fields') ?? session.start.query.get('fields');
  return { status: 200, json: selectFields(resource, fields), headers: corsOf(session) };
}

function incompleteAfterDrop(exchange: Exchange, session: UploadSession): Reply {
  session.dropTail();
  return incomplete(exchange, session);
}

/** 308 with Range, or without one when nothing is kept yet. */
function incomplete(exchange: Exchange, session: UploadSession): Reply {
  const range = session.kept === 0 ? {} : { range: `bytes=0-${session.kept - 1}` };
  // Clients whose HTTP library follows 308 ask for it like this.
  const without308 = header(exchange, 'x-guploader-no-308') === 'yes';
  const override = without308 ? { 'x-http-status-code-override': '308' } : {};
  return { status: without308 ? 200 : 308, headers: { ...range, ...override, ...corsOf(session) }, text: '' };
}

function corsOf({ start: { origin } }: UploadSession): Record<string, string> {
  return origin === undefined ? {} : { 'access-control-allow-origin': origin, vary: 'Origin' };
}

interface ContentRange {
  /** Null in the question how far. */
  readonly first: number | null;
  /** Null when open ("0-*"). */
  readonly last: number | null;
  readonly total: number | null;
}

function parseContentRange(text: string | undefined): ContentRange {
  if (text === undefined) return { first: 0, last: null, total: null };
  const match = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(text);
  if (!match) throw invalid(`Failed to parse Content-Range header: ${text}`);
  const [, first, last, total] = match;
  return {
    first: first === undefined ? null : Number(first),
    last: last === undefined || last === '*' ? null : Number(last),
    total: total === undefined || total === '*' ? null : Number(total),
  };
}

/** The service sends this one as text, with status 503, though no retry helps (googleapis/java-storage has it on file). */
function offsetGap(offset: number, kept: number): ApiError {
  const message = `Invalid request.  According to the Content-Range header, the upload offset is ${offset} byte(s), which exceeds already uploaded size of ${kept} byte(s).`;
  return new ApiError(503, 'backendError', message, { plainText: message });
}

async function drain(exchange: Exchange): Promise<void> {
  for await (const _ of exchange.body());
}
