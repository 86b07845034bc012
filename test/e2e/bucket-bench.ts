import path from 'node:path';
import { expect } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import type { FakeGcs } from '../gcs/start.mjs';
import { extend, text, useFake, type FakeBench } from './fake-bench.js';
import { recordedFiles, type RecordedEntry } from './recorded.js';
import { runMediactl, startMediactl, type Ran, type Running } from './run.js';

/** Titles that the real program encodes into a bucket of a fake server. */
export interface BucketBench extends FakeBench {
  /** Twelve seconds. */
  readonly source: string;
  /** Of the title in the bucket "media", another one for each test. */
  readonly prefix: string;
  /** `encode SOURCE --to gs://media/prefix` at one rung, quick, with JSON events. */
  args(...more: readonly string[]): string[];
  encode(...more: readonly string[]): Promise<Ran>;
  start(folder?: string, ...more: readonly string[]): Running;
  /** Of this test's title, paths from its prefix. */
  objects(): Promise<BucketObject[]>;
  get(name: string): Promise<{ status: number; body: Buffer }>;
  /** What a player does: every URI of the master, and every URI of those. Throws for what is not there. */
  playThrough(): Promise<string[] | null>;
  /** The title of the bucket, as its record and the last event tell it, is what is there, and nothing but `extra`. */
  expectWhole(ran: Ran, extra?: readonly string[]): Promise<void>;
  /** Nothing was written before all it refers to. */
  expectInOrder(): Promise<void>;
}

export interface BucketObject {
  readonly path: string;
  readonly bytes: number;
  readonly crc32c: string;
  readonly generation: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly metadata: unknown;
}

/** One rung, as fast as it goes. */
export const FAST = ['--ladder', 'live', '--only', '240p', '--encoder-preset', 'ultrafast', '--json'];

/** For the tests of a file. */
export function useBucket(): BucketBench {
  let source = '';
  const options = {
    settings: { writeLimit: true },
    tokens: [{ token: 'reads-only', permissions: ['storage.objects.get', 'storage.objects.list'] }],
  };
  const base = useFake(options, async () => {
    source = await clip('plain12');
  });
  const prefixed = (name: string): string => `${bench.prefix}/${name}`;
  const bench: BucketBench = extend<BucketBench>(base, {
    get source() {
      return source;
    },
    get prefix() {
      return `titles/a title ${base.number}`;
    },
    args: (...more) => ['encode', source, '--to', `gs://media/${bench.prefix}`, ...FAST, ...more],
    encode: (...more) => runMediactl(bench.args(...more), { cwd: base.cwd, env: base.env }),
    start: (folder = base.cwd, ...more) => startMediactl(bench.args(...more), { cwd: folder, env: base.env }),
    objects: async () => objectsBelow(base.fake, prefixed('')),
    get: async (name) => {
      const address = ['media', ...prefixed(name).split('/')].map(encodeURIComponent).join('/');
      const answer = await fetch(`${base.fake.endpoint}/${address}`);
      return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
    },
    playThrough: () => playThrough(bench),
    expectWhole: (ran, extra = []) => expectWhole(bench, ran, extra),
    expectInOrder: async () => {
      const writes = (await base.fake.control.writes()).filter(({ object }) => object.startsWith(prefixed('')));
      const ranks = writes.filter(({ operation }) => operation.includes('insert')).map(({ object }) => rank(object));
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      expect(ranks.length).toBeGreaterThan(10);
    },
  });
  return bench;
}

async function objectsBelow(fake: FakeGcs, folder: string): Promise<BucketObject[]> {
  const all = await fake.control.objects('media');
  return all
    .map(({ name, size, crc32c, generation, contentType, cacheControl, metadata = {} }) => ({
      path: text(name),
      bytes: Number(size),
      crc32c: text(crc32c),
      generation: text(generation),
      contentType: text(contentType),
      cacheControl: text(cacheControl),
      metadata,
    }))
    .filter(({ path: name }) => name.startsWith(folder))
    .map((object) => ({ ...object, path: object.path.slice(folder.length) }));
}

async function playThrough({ get }: BucketBench): Promise<string[] | null> {
  const master = await get('master.m3u8');
  if (master.status === 404) return null;
  const seen: string[] = [];
  const urisOf = (playlist: string): string[] => [
    ...new Set([
      ...playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
      ...[...playlist.matchAll(/URI="([^"]+)"/g)].map(([, uri = '']) => uri),
    ]),
  ];
  for (const uri of urisOf(master.body.toString())) {
    const media = await get(decodeURIComponent(uri));
    if (media.status !== 200) throw new Error(`${uri}: ${media.status}`);
    for (const part of urisOf(media.body.toString())) {
      const name = path.posix.join(path.posix.dirname(uri), part);
      const segment = await get(name);
      if (segment.status !== 200 || (name.endsWith('.ts') && segment.body.length % 188 !== 0))
        throw new Error(`${name}: ${segment.status}`);
      seen.push(name);
    }
  }
  return seen;
}

/** What the record of the title names, of the versions before it that it keeps, too. */
export async function recorded(bench: Pick<BucketBench, 'get'>): Promise<RecordedEntry[]> {
  const read = async (name: string): Promise<string> => (await bench.get(name)).body.toString();
  return recordedFiles(JSON.parse(await read('mediactl.json')), read, { kept: true });
}

async function expectWhole(bench: BucketBench, { events }: Ran, extra: readonly string[]): Promise<void> {
  const result = events.at(-1);
  const there = await bench.objects();
  expect(result?.type, JSON.stringify(result)).toBe('result');
  expect(result?.['objects'].length).toBeGreaterThan(10);
  const byPath = new Map(there.map((object) => [object.path, object]));
  for (const object of result?.['objects'] ?? []) expect(byPath.get(object.path)).toEqual(object);
  const listed = await recorded(bench);
  for (const { path: name, bytes, crc32c } of listed) expect(byPath.get(name)).toMatchObject({ bytes, crc32c });
  expect(there.map((object) => object.path).toSorted()).toEqual(
    [...listed.map((file) => file.path), 'mediactl.json', ...extra].toSorted(),
  );
  for (const { path: name, contentType, cacheControl } of there) {
    if (/\.(ts|m4s|mp4)$/.test(name)) {
      expect([contentType, cacheControl]).toEqual([segmentType(name), 'public, max-age=31536000, immutable']);
    } else if (name.endsWith('.mpd')) {
      expect([contentType, cacheControl]).toEqual(['application/dash+xml', 'public, max-age=60']);
    } else if (name.endsWith('.m3u8')) {
      const age = name.includes('/') ? 60 : 300;
      expect([contentType, cacheControl]).toEqual(['application/vnd.apple.mpegurl', `public, max-age=${age}`]);
    } else expect(cacheControl).toBe('no-cache');
  }
  expect((await bench.playThrough())?.length).toBeGreaterThan(10);
}

/** What refers to others comes after them. */
function rank(name: string): number {
  if (/\.(ts|m4s|mp4|ndjson)$/.test(name)) return 0;
  if (/(master|cmaf)\.m3u8$|\.mpd$/.test(name)) return 2;
  return name.endsWith('mediactl.json') ? 3 : 1;
}

function segmentType(name: string): string {
  if (name.endsWith('.ts')) return 'video/mp2t';
  if (name.startsWith('audio-')) return 'audio/mp4';
  return name.endsWith('.m4s') ? 'video/iso.segment' : 'video/mp4';
}
