import fs from 'node:fs/promises';
import path from 'node:path';
import { clip } from '../../fixtures/clips.js';
import type { LogEntry, Write } from '../gcs/log.js';
import type { FakeOptions } from '../gcs/options.js';
import { extend, text, useFake, type FakeBench } from './fake-bench.js';
import { runMediactl, type Ran, type RunOptions } from './run.js';

/**
 * Titles of the real program, to be published to a bucket behind a socket: `root` has the folders "first" and "second", two
 * versions of one title.
 */
export interface TitleBench extends FakeBench {
  /** Prefix of this test's titles: "titles 3". */
  readonly place: string;
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** gs://bucket/place/name */
  at(name: string, bucket?: string): string;
  publish(name: string, version?: 'first' | 'second', bucket?: string): Promise<void>;
  /** Of the objects of this test, in order. */
  names(bucket?: string): Promise<string[]>;
  /** What was asked about this test's titles since the log was cleared: another test's late requests are not in it. */
  requests(): Promise<LogEntry[]>;
  /** Changes that were made to them. */
  writes(): Promise<Write[]>;
  /** One of the requests that other clients of the API make: upload (POST), PATCH, DELETE. */
  api(method: string, name: string, body?: string): Promise<void>;
}

/** For the tests of a file: a fake with the bucket "media" and what is asked for, and a title in two versions. */
export function useTitles(options: FakeOptions = {}): TitleBench {
  const base = useFake(options, makeVersions);
  const bench: TitleBench = extend<TitleBench>(base, {
    get place() {
      return `titles ${base.number}`;
    },
    run: (args, more) => runMediactl(args, { cwd: base.cwd, ...more, env: { ...base.env, ...more?.env } }),
    at: (name, bucket = 'media') => `gs://${bucket}/${bench.place}/${name}`,
    publish: async (name, version = 'first', bucket = 'media') =>
      succeed(
        await bench.run(['upload', path.join(base.root, version), bench.at(name, bucket), '--quiet', '--no-receipt']),
      ),
    names: async (bucket = 'media') => {
      const all = await base.fake.control.objects(bucket);
      return all.map(({ name }) => text(name)).filter((name) => name.startsWith(`${bench.place}/`));
    },
    requests: async () => {
      const all = await base.fake.control.requests();
      return all.filter(({ url }) => decodeURIComponent(url).includes(`${bench.place}/`));
    },
    writes: async () => {
      const all = await base.fake.control.writes();
      return all.filter(({ object }) => object.startsWith(`${bench.place}/`));
    },
    api: async (method, name, body) => {
      const object = encodeURIComponent(name);
      const isUpload = method === 'POST';
      const address = isUpload
        ? `/upload/storage/v1/b/media/o?uploadType=media&name=${object}`
        : `/storage/v1/b/media/o/${object}`;
      const headers = { 'content-type': isUpload ? 'video/mp2t' : 'application/json' };
      const init = { method, headers, ...(body === undefined ? {} : { body }) };
      const answer = await fetch(base.fake.endpoint + address, init);
      if (!answer.ok) throw new Error(`${method} ${name}: ${answer.status}`);
    },
  });
  return bench;
}

async function makeVersions(root: string): Promise<void> {
  const source = await clip('plain3');
  const encode = ['encode', source, '--ladder', 'live', '--encoder-preset', 'ultrafast', '--quiet', '-o'];
  succeed(await runMediactl([...encode, 'first'], { cwd: root }));
  await fs.cp(path.join(root, 'first'), path.join(root, 'second'), { recursive: true });
  succeed(await runMediactl([...encode, 'second', '--force'], { cwd: root }));
}

/** Names that somebody will use: nothing in them is percent-decoded, a glob, or a flag. */
export const NAMES = ['a b#c%20d%', '-i', 'ünï 漢字 🎬 g?h*', 'j\'k"l m+n&o=p'];

function succeed({ exitCode, stderr }: Ran): void {
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}\n${stderr}`);
}
