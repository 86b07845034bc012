import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PLAYBACK } from '../../fixtures/playback.js';
import type { PlaybackReport } from '../../src/model/playback.js';
import { startBeacon, type Beacon } from '../../src/serve/beacon.js';

let server: Server;
/** What it answers, in order; 204 after the last. */
let answers: number[] = [];
let batches: unknown[] = [];
let lost: [number, string][] = [];

beforeEach(async () => {
  [answers, batches, lost] = [[], [], []];
  server = createServer((request, response) => {
    void json(request).then((batch) => {
      batches.push([request.method, request.headers['content-type'], batch]);
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const reports: readonly PlaybackReport[] = PLAYBACK.map(({ type: _, ...report }) => report);

/** Time that passes at once. */
function start(path = '/reports'): Beacon {
  let now = 0;
  return startBeacon({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    env: {},
    onLost: (count, reason) => lost.push([count, reason]),
    clock: { now: () => now, sleep: async (milliseconds) => void (now += milliseconds), random: () => 0.5 },
  });
}

const JSON_TYPE = 'application/json';

test('what comes together goes together, in order, at most 200 at a time', async () => {
  const beacon = start();
  const many = Array.from({ length: 250 }, (_, number): PlaybackReport => ({ ...reports[3]!, number }));
  beacon.send(many.slice(0, 100));
  beacon.send(many.slice(100));
  await beacon.close(60_000);
  expect(batches).toEqual([
    ['POST', JSON_TYPE, many.slice(0, 200)],
    ['POST', JSON_TYPE, many.slice(200)],
  ]);
  expect(lost).toEqual([]);
});

test('a batch that is not taken is sent again, and what is refused is not', async () => {
  answers = [503, 429, 204];
  const beacon = start();
  beacon.send(reports);
  await beacon.close(60_000);
  expect(batches).toEqual(Array.from({ length: 3 }, () => ['POST', JSON_TYPE, reports]));
  expect(lost).toEqual([]);

  answers = [400];
  const refused = start();
  refused.send(reports);
  await refused.close(60_000);
  expect(batches).toHaveLength(4);
  expect(lost).toEqual([[reports.length, 'HTTP 400']]);
});

test('an address where nobody answers is given up, and says so', async () => {
  const beacon = start();
  server.close();
  beacon.send(reports);
  await beacon.close(60_000);
  expect(lost).toEqual([[reports.length, expect.stringContaining('ECONNREFUSED')]]);
});
