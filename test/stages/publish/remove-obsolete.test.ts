import { expect, test } from 'vitest';
import { removeObsolete } from '../../../src/stages/publish/remove-obsolete.js';
import { MemoryStorage } from '../../storage/memory-storage.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test('of an older version, what players open goes first, then media playlists, segments, and its journals last', async () => {
  const storage = new MemoryStorage();
  const journal = bytesOf('{"file":"00000.ts","bytes":3}\n{"file":"00001.ts","bytes":3}\n');
  for (const path of ['v/00000.ts', 'v/00001.ts', 'v/index.m3u8', 'old.mpd', 'w/00000.ts']) {
    await storage.write(path, bytesOf('abc'), 'other');
  }
  await storage.write('v/segments.ndjson', journal, 'record');
  storage.log.length = 0;
  const files = ['w/00000.ts', 'v/index.m3u8', 'old.mpd'].map((path) => ({ path, bytes: 3 }));
  const journals = [{ path: 'v/segments.ndjson', bytes: journal.length, segments: 2 }];
  const { removed, warnings } = await removeObsolete(storage, { files, journals }, await storage.snapshot());
  expect({ removed, warnings }).toEqual({ removed: 6, warnings: [] });
  expect(storage.log.slice(0, 2)).toEqual(['remove old.mpd', 'remove v/index.m3u8']);
  expect(storage.log.slice(2, 5).toSorted()).toEqual(['remove v/00000.ts', 'remove v/00001.ts', 'remove w/00000.ts']);
  expect(storage.log.slice(5)).toEqual(['remove v/segments.ndjson']);
});
