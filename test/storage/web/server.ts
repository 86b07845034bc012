import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

export interface WebServer {
  /** "http://127.0.0.1:1234" */
  readonly origin: string;
  readonly requests: http.IncomingMessage[];
}

const open = new Set<http.Server | https.Server>();
afterEach(() => {
  for (const server of open) {
    server.close();
    server.closeAllConnections();
  }
  open.clear();
});

/** A web server for one test. */
export async function serve(
  handle: (request: http.IncomingMessage, response: http.ServerResponse) => void,
  host = '127.0.0.1',
  secret: https.ServerOptions | null = null,
): Promise<WebServer> {
  const requests: http.IncomingMessage[] = [];
  const answer = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    requests.push(request);
    handle(request, response);
  };
  const server = secret === null ? http.createServer(answer) : https.createServer(secret, answer);
  open.add(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `${secret === null ? 'http' : 'https'}://${host}:${port}`, requests };
}

/** Sends a file as good servers do: ranges, an entity tag, If-Range. */
export function sendFile(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  content: Buffer,
  etag: string | null = '"one"',
): void {
  const headers = etag === null ? {} : { etag };
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const condition = request.headers['if-range'];
  if (from === '' || (condition !== undefined && condition !== etag)) {
    response.writeHead(200, { ...headers, 'content-length': content.length }).end(content);
    return;
  }
  const start = Number(from);
  const end = to === '' ? content.length : Math.min(content.length, Number(to) + 1);
  if (start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  response
    .writeHead(206, {
      ...headers,
      'content-length': end - start,
      'content-range': `bytes ${start}-${end - 1}/${content.length}`,
    })
    .end(content.subarray(start, end));
}
