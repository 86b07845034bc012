import { expect, test } from 'vitest';
import { corsForPlayers, PLAYER_HEADERS } from '../../../src/stages/examine/cors.js';

const entry = (origin: string[], method: string[], responseHeader: string[] = [...PLAYER_HEADERS]) => ({
  origin,
  method,
  responseHeader,
  maxAgeSeconds: 60,
});

test('a bucket without CORS gets one entry', () => {
  expect(corsForPlayers([], ['*'])).toEqual([
    { origin: ['*'], method: ['GET', 'HEAD', 'OPTIONS'], responseHeader: PLAYER_HEADERS, maxAgeSeconds: 3600 },
  ]);
});

test('what is enough is left as it is: the very same list', () => {
  const lists = [
    [entry(['*'], ['GET', 'HEAD'])],
    [entry(['*'], ['*'], ['*'])],
    [entry(['*'], ['GET']), entry(['https://other'], ['PUT'], []), entry(['*'], ['HEAD'])],
    [
      entry(
        ['*'],
        ['GET', 'HEAD'],
        [...PLAYER_HEADERS, 'X-Mine'].map((name) => name.toUpperCase()),
      ),
    ],
  ];
  for (const list of lists) {
    expect(corsForPlayers(list, ['*'])).toBe(list);
    expect(corsForPlayers(list, ['https://a.example'])).toBe(list);
  }
});

test('the entry that decides gets the headers it lacks, and nothing is taken from it', () => {
  const mine = { ...entry(['*'], ['GET', 'HEAD', 'PUT'], ['X-Mine', 'range']), note: 'kept' };
  const upload = entry(['https://upload.example'], ['PUT'], ['X-Upload']);
  const [first, second, ...more] = corsForPlayers([mine, upload], ['*']);
  expect(first).toEqual({
    ...mine,
    responseHeader: ['X-Mine', 'range', 'Content-Type', 'Content-Length', 'Content-Range', 'Accept-Ranges', 'Date'],
  });
  expect(second).toBe(upload);
  expect(more).toEqual([]);
});

test('an entry of one page does not serve the others; new ones come last', () => {
  const own = entry(['https://a.example'], ['GET', 'HEAD']);
  expect(corsForPlayers([own], ['*'])).toEqual([own, expect.objectContaining({ origin: ['*'] })]);
  expect(corsForPlayers([own], ['https://a.example', 'https://b.example'])).toEqual([
    own,
    expect.objectContaining({ origin: ['https://b.example'] }),
  ]);
  // One that nobody asked about stays poor.
  const poor = entry(['https://poor.example'], ['GET', 'HEAD'], []);
  expect(corsForPlayers([poor, own], ['https://a.example'])).toEqual([poor, own]);
});

test('what it makes needs no further change', () => {
  for (const origins of [['*'], ['https://a.example', 'https://b.example'], ['*', 'https://a.example']]) {
    for (const list of [[], [entry(['*'], ['GET'], [])], [entry(['https://a.example'], ['HEAD', 'PUT'], [])]]) {
      const made = corsForPlayers(list, origins);
      expect(corsForPlayers(made, origins)).toBe(made);
    }
  }
});
