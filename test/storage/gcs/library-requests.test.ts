import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gaxios } from 'google-auth-library';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchRequests } from '../../../src/storage/gcs/library-requests.js';

/** Of its own, so that other tests meet the library as it is. */
class Library extends gaxios.Gaxios {}
watchRequests(Library);

let server: Server;
let url: string;
let asked: Promise<void>;
beforeEach(async () => {
  let onAsked = (): void => {};
  asked = new Promise((resolve) => (onAsked = resolve));
  // It never answers.
  server = createServer(() => onAsked());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('a request that its caller gives up ends at once', async () => {
  const given = new AbortController();
  const request = new Library().request({ url, signal: given.signal, retry: false });
  void asked.then(() => given.abort());
  await expect(request).rejects.not.toMatchObject({ code: 'ETIMEDOUT' });
});
