import type { FakeGcs } from '../../gcs/start.mjs';
import { recordedFiles, type Recorded } from '../recorded.js';
import type { Title } from './titles.js';
import { headersWrong, objectsOf } from './world.js';

export interface Wanted {
  readonly bucket: string;
  readonly prefix: string;
  /** What was published last; null when it is known by its record only. */
  readonly title: Title | null;
  /** Name → generation of what must not have been touched. */
  readonly foreign: ReadonlyMap<string, string>;
}

/** What is wrong with a bucket after a publication has ended well. */
export async function checkBucket(fake: FakeGcs, wanted: Wanted): Promise<string[]> {
  const { bucket, prefix, title, foreign } = wanted;
  const wrong: string[] = [];
  const there = new Map((await objectsOf(fake.control, bucket)).map((object) => [object.name, object]));
  for (const [name, generation] of foreign) {
    const object = there.get(name);
    if (object?.generation !== generation || object.metageneration !== '1') wrong.push(`${name} was touched`);
    there.delete(name);
  }
  const record = JSON.parse(await read(fake, wanted, 'mediactl.json')) as Recorded;
  const files = await recordedFiles(record, (name) => read(fake, wanted, name), { kept: true });
  for (const { path, bytes, crc32c } of files) {
    const object = there.get(`${prefix}/${path}`);
    if (object?.bytes !== bytes || object.crc32c !== crc32c) wrong.push(`${path}: not as the record has it`);
  }
  for (const object of there.values()) if (headersWrong(object)) wrong.push(`${object.name}: wrong headers`);
  if (title) {
    for (const [path, file] of title.files) {
      if (path === 'mediactl.json') continue;
      const object = there.get(`${prefix}/${path}`);
      if (object?.bytes !== file.bytes || object.crc32c !== file.crc32c) wrong.push(`${path}: not as its source`);
    }
  }
  const known = new Set(files.map(({ path }) => `${prefix}/${path}`).concat(`${prefix}/mediactl.json`));
  for (const name of there.keys()) if (!known.has(name)) wrong.push(`${name} belongs to nothing`);
  return wrong;
}

async function read({ endpoint }: FakeGcs, { bucket, prefix }: Wanted, name: string): Promise<string> {
  const parts = [bucket, ...prefix.split('/'), ...name.split('/')];
  const answer = await fetch(`${endpoint}/${parts.map(encodeURIComponent).join('/')}`);
  if (!answer.ok) throw new Error(`no ${name}: ${answer.status}`);
  return answer.text();
}
