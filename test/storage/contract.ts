import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MediactlError, type ErrorCode } from '../../src/errors.js';
import type { Storage, Stored } from '../../src/storage/storage.js';

const CONFLICT = { code: 'storage-conflict' };

interface Opened {
  /** An empty one; `folder` is free for its use and is removed afterwards. */
  readonly open: (folder: string) => Promise<Storage> | Storage;
  /** One in which nothing can be written, and the code with which it says so. */
  readonly openBroken: (folder: string) => Promise<Storage> | Storage;
  readonly brokenCode: ErrorCode;
}

/** What every Storage keeps. */
export function storageContract(name: string, { open, openBroken, brokenCode }: Opened): void {
  describe(`${name} keeps the storage contract`, () => {
    let folder: string;
    let storage: Storage;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'mediactl-storage-'));
      storage = await open(folder);
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    const text = async (path: string): Promise<string | null> => {
      const bytes = await storage.read(path);
      return bytes === null ? null : new TextDecoder().decode(bytes);
    };
    const staged = async (content: string): Promise<string> => {
      const file = join(folder, `staged-${Math.random()}`);
      await writeFile(file, content);
      return file;
    };
    const bytesOf = (content: string): Uint8Array => new TextEncoder().encode(content);
    const listed = async (prefix: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const { path, bytes } of storage.list(prefix)) found.push(`${path} ${bytes}`);
      return found.toSorted();
    };

    test('what is put is there', async () => {
      const stored = await storage.put('720p-1a2b3c4d/00000.ts', await staged('abc'), 'segment');
      expect(stored).toMatchObject({ path: '720p-1a2b3c4d/00000.ts', bytes: 3 });
      expect(await storage.stat('720p-1a2b3c4d/00000.ts')).toEqual(stored);
      for await (const there of storage.list('')) expect(there).toEqual(stored);
      expect(await text('720p-1a2b3c4d/00000.ts')).toBe('abc');
    });

    test('what is written is there, empty files too', async () => {
      await storage.write('master.m3u8', new TextEncoder().encode('#EXTM3U'), 'multivariant-playlist');
      await storage.write('a/empty', new Uint8Array(), 'record');
      expect(await text('master.m3u8')).toBe('#EXTM3U');
      expect(await storage.stat('a/empty')).toMatchObject({ bytes: 0 });
    });

    test('what is not there is null, and can be removed', async () => {
      expect(await storage.stat('nothing')).toBeNull();
      expect(await storage.stat('no/thing')).toBeNull();
      expect(await storage.read('no/thing')).toBeNull();
      await storage.remove('no/thing');
      expect(await listed('')).toEqual([]);
      await storage.flush();
    });

    test('a folder is not a file', async () => {
      await storage.put('a/b', await staged('x'), 'segment');
      expect(await storage.stat('a')).toBeNull();
      expect(await storage.read('a')).toBeNull();
      await storage.remove('a');
      expect(await text('a/b')).toBe('x');
    });

    test('putting and writing replace', async () => {
      await storage.put('m', await staged('one'), 'multivariant-playlist');
      await storage.put('m', await staged('three'), 'multivariant-playlist');
      expect(await text('m')).toBe('three');
      await storage.write('m', new TextEncoder().encode('4'), 'multivariant-playlist');
      expect(await text('m')).toBe('4');
    });

    test('the checksum is right where it is known', async () => {
      const { crc32c } = await storage.write('m', bytesOf('123456789'), 'other');
      // The check value of CRC-32C: 0xE3069283.
      expect([null, '4waSgw==']).toContain(crc32c);
    });

    test('the generation changes with every replacement, and only then', async () => {
      const seen = new Set<string>();
      for (let round = 0; round < 4; round++) {
        const file = await staged(`${round}`);
        const stored =
          round % 2 === 0
            ? await storage.put('m', file, 'media-playlist')
            : await storage.write('m', bytesOf(`${round}`), 'media-playlist');
        expect((await storage.stat('m'))?.generation).toBe(stored.generation);
        expect((await storage.stat('m'))?.generation).toBe(stored.generation);
        seen.add(stored.generation);
      }
      expect(seen.size).toBe(4);
    });

    test('only where there is nothing yet', async () => {
      const options = { condition: 'absent' } as const;
      await storage.write('a/w', bytesOf('one'), 'record', options);
      await storage.put('a/p', await staged('one'), 'record', options);
      await expect(storage.write('a/w', bytesOf('two'), 'record', options)).rejects.toMatchObject(CONFLICT);
      await expect(storage.put('a/w', await staged('two'), 'record', options)).rejects.toMatchObject(CONFLICT);
      await expect(storage.put('a/p', await staged('two'), 'record', options)).rejects.toMatchObject(CONFLICT);
      expect(await text('a/w')).toBe('one');
      expect(await text('a/p')).toBe('one');
      expect(await listed('')).toEqual(['a/p 3', 'a/w 3']);
    });

    test('a file that is not there, or that is a folder, is unreadable, and nothing is changed', async () => {
      await storage.write('m', bytesOf('one'), 'record');
      for (const file of [join(folder, 'none'), join(folder, 'none', 'below'), folder]) {
        const put = storage.put('m', file, 'segment');
        await expect(put).rejects.toThrow(MediactlError);
        await expect(put).rejects.toMatchObject({ code: 'input-unreadable' });
      }
      // It was there when it was looked at.
      for (const size of [3, 20_000_000]) {
        const gone = storage.put('m', join(folder, 'gone'), 'segment', { expectedFile: { size, mtimeMs: 0 } });
        await expect(gone).rejects.toMatchObject({ name: 'MediactlError', code: 'input-unreadable' });
      }
      expect(await text('m')).toBe('one');
      expect(await listed('')).toEqual(['m 3']);
    });

    test('a file that is not what was looked at is not published', async () => {
      const file = await staged('one');
      const { size, mtimeMs } = await stat(file);
      for (const expectedFile of [
        { size: size + 1, mtimeMs },
        { size, mtimeMs: mtimeMs - 1000 },
      ]) {
        const put = storage.put('m', file, 'segment', { expectedFile });
        await expect(put).rejects.toMatchObject({ code: 'source-changed' });
      }
      expect(await listed('')).toEqual([]);
      await storage.put('m', file, 'segment', { expectedFile: { size, mtimeMs } });
      expect(await text('m')).toBe('one');
    });

    test('where nothing can be written that is said with a code, whatever is asked', async () => {
      const broken = await openBroken(folder);
      const file = await staged('abc');
      const all = async (): Promise<string[]> => {
        const paths: string[] = [];
        for await (const { path } of broken.list('')) paths.push(path);
        return paths;
      };
      const writes = [
        () => broken.put('a/b', file, 'segment'),
        () => broken.write('a/b', bytesOf('abc'), 'record'),
        () => broken.write('a/b', bytesOf('abc'), 'record', { condition: 'absent' }),
      ];
      for (const write of writes) {
        const wrote = write();
        await expect(wrote).rejects.toThrow(MediactlError);
        await expect(wrote).rejects.toMatchObject({ code: brokenCode, reason: expect.any(String) });
      }
      // What cannot be there is absent, or that cannot be told.
      const reads = [
        () => broken.stat('a/b'),
        () => broken.read('a/b'),
        () => broken.remove('a/b'),
        () => broken.snapshot().then(({ get }) => get('a/b')),
        all,
      ];
      for (const read of reads) {
        const outcome: unknown = await read().catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'MediactlError', code: brokenCode });
        else expect([null, undefined, []]).toContainEqual(outcome);
      }
      await broken.flush();
    });

    test('of many who want to be the first, one is', async () => {
      const tries = Array.from({ length: 8 }, (_, i) =>
        storage.write('m', bytesOf(`${i}`), 'record', { condition: 'absent' }),
      );
      const outcomes = await Promise.allSettled(tries);
      const winners = outcomes.flatMap(({ status }, i) => (status === 'fulfilled' ? [`${i}`] : []));
      expect(winners).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(CONFLICT);
      }
      expect(await text('m')).toBe(winners[0]);
    });

    test('only where a known generation is', async () => {
      const first = await storage.write('m', bytesOf('one'), 'record');
      const condition = { generation: first.generation };
      const second = await storage.write('m', bytesOf('two'), 'record', { condition });
      await expect(storage.write('m', bytesOf('three'), 'record', { condition })).rejects.toMatchObject(CONFLICT);
      await expect(storage.put('m', await staged('three'), 'record', { condition })).rejects.toMatchObject(CONFLICT);
      await expect(storage.put('n', await staged('three'), 'record', { condition })).rejects.toMatchObject(CONFLICT);
      expect(await text('m')).toBe('two');
      await storage.put('m', await staged('three'), 'record', { condition: { generation: second.generation } });
      expect(await text('m')).toBe('three');
    });

    test('reading and removing a known generation', async () => {
      const first = await storage.write('m', bytesOf('one'), 'record');
      const second = await storage.write('m', bytesOf('two'), 'record');
      expect(await storage.read('m', first.generation)).toBeNull();
      expect(await storage.read('m', second.generation)).toHaveLength(3);
      await expect(storage.remove('m', first.generation)).rejects.toMatchObject(CONFLICT);
      expect(await text('m')).toBe('two');
      await storage.remove('m', second.generation);
      await storage.remove('m', second.generation);
      expect(await storage.stat('m')).toBeNull();
    });

    test('headers, where there are any, and headers alone', async () => {
      const kind = 'multivariant-playlist';
      const stored = await storage.write('master.m3u8', bytesOf('#EXTM3U'), kind);
      expect(stored.headers).toEqual(storage.headersFor('master.m3u8', kind));
      const others = { contentType: 'text/plain', cacheControl: 'no-store', metadata: { title: 'mövie' } };
      const patched = await storage.patch(stored, others);
      expect(patched).toEqual({ ...stored, headers: stored.headers === null ? null : others });
      expect(await storage.stat('master.m3u8')).toEqual(patched);
      const kept = { contentType: 'text/plain', cacheControl: null, metadata: { title: 'mövie' } };
      const more = await storage.patch(patched, { ...kept, metadata: {} });
      expect(more.headers).toEqual(stored.headers === null ? null : kept);
      const plain = { contentType: 'text/plain', cacheControl: null, metadata: {} };
      expect((await storage.patch(patched, { ...plain, without: ['title'] })).headers).toEqual(
        stored.headers === null ? null : plain,
      );
      await storage.write('master.m3u8', bytesOf('#EXTM3U '), kind);
      await expect(storage.patch(patched, others)).rejects.toMatchObject(CONFLICT);
      await storage.remove('master.m3u8');
      await expect(storage.patch(patched, others)).rejects.toMatchObject(CONFLICT);
    });

    test('a reader never sees a part', async () => {
      const contents = ['a', 'b'].map((letter) => letter.repeat(300_000));
      let writing = true;
      const write = async (): Promise<void> => {
        for (let round = 0; round < 40; round++) {
          const content = contents[round % 2] ?? '';
          if (round % 4 < 2) await storage.put('m', await staged(content), 'multivariant-playlist');
          else await storage.write('m', new TextEncoder().encode(content), 'multivariant-playlist');
        }
        writing = false;
      };
      await storage.write('m', new TextEncoder().encode(contents[0]), 'multivariant-playlist');
      const done = write();
      while (writing) expect(contents).toContain(await text('m'));
      await done;
    });

    test('list finds all by prefix', async () => {
      for (const path of ['master.m3u8', '720p-a/00000.ts', '720p-a/index.m3u8', '720p-b/00000.ts', 'x/y/z']) {
        await storage.put(path, await staged(path), 'segment');
      }
      expect(await listed('')).toHaveLength(5);
      expect(await listed('720p-')).toEqual(['720p-a/00000.ts 15', '720p-a/index.m3u8 17', '720p-b/00000.ts 15']);
      expect(await listed('720p-a/')).toEqual(['720p-a/00000.ts 15', '720p-a/index.m3u8 17']);
      expect(await listed('x/y/')).toEqual(['x/y/z 5']);
      expect(await listed('master')).toEqual(['master.m3u8 11']);
      expect(await listed('none/')).toEqual([]);
    });

    test('what is listed comes in the order of its UTF-8 bytes, and a snapshot has the same', async () => {
      // U+FF5E is before U+1F600 in bytes, and after it in UTF-16; '-' and '.' are before '/', '0' is after it.
      const paths = ['a-b/1', 'a.b', 'a/1', 'a/b/1', 'a/b.c', 'a0/1', 'b', '～', '😀/x', 'é'];
      for (const path of paths) await storage.write(path, bytesOf(path), 'other');
      const sorted = paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const all: Stored[] = [];
      for await (const stored of storage.list('')) all.push(stored);
      expect(all.map(({ path }) => path)).toEqual(sorted);
      const snapshot = await storage.snapshot();
      const again: Stored[] = [];
      for await (const stored of snapshot.all()) again.push(stored);
      expect(again).toEqual(all);
      for (const stored of all) expect(await snapshot.get(stored.path)).toEqual(stored);
      for (const path of ['', 'a', 'a/', 'a/b', '0', 'zzz', '😀']) {
        if (path !== '' && !path.endsWith('/')) expect(await snapshot.get(path)).toBeNull();
      }
    });

    test('remove takes one file', async () => {
      for (const path of ['a/1', 'a/2']) await storage.put(path, await staged(path), 'segment');
      await storage.remove('a/1');
      expect(await listed('')).toEqual(['a/2 3']);
      await storage.remove('a/2');
      expect(await listed('')).toEqual([]);
      await storage.put('a', await staged('now a file'), 'segment');
    });

    test.each(['../x', 'a/../../x', '/etc/passwd', 'a//b', './a', 'a/', '', 'a\\b', 'a\nb', 'a\0b', '..'])(
      'the path %j is refused everywhere',
      async (path) => {
        const file = await staged('x');
        await expect(storage.put(path, file, 'segment')).rejects.toThrow(RangeError);
        await expect(storage.write(path, new Uint8Array(), 'segment')).rejects.toThrow(RangeError);
        await expect(storage.stat(path)).rejects.toThrow(RangeError);
        await expect(storage.read(path)).rejects.toThrow(RangeError);
        await expect(storage.remove(path)).rejects.toThrow(RangeError);
      },
    );

    test('names of any kind', async () => {
      for (const path of ['-rf', 'ünï/日本語.ts', 'a b/%20.ts', 'it\'s/"q".ts', '…/…']) {
        await storage.put(path, await staged(path), 'segment');
        expect(await text(path)).toBe(path);
      }
    });
  });
}
