import type { Control } from '../../gcs/control-client.js';
import { textOf } from '../../gcs/json.js';

/** One object as the server has it. */
export interface BucketObject {
  readonly name: string;
  readonly bytes: number;
  readonly crc32c: string;
  readonly generation: string;
  readonly metageneration: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

export async function objectsOf(control: Control, bucket: string): Promise<BucketObject[]> {
  return (await control.objects(bucket)).map((resource) => {
    const text = (key: string): string => textOf(resource[key]);
    return {
      name: text('name'),
      bytes: Number(resource['size']),
      crc32c: text('crc32c'),
      generation: text('generation'),
      metageneration: text('metageneration'),
      contentType: text('contentType'),
      cacheControl: text('cacheControl'),
    };
  });
}

/** What a title's objects must be labelled with, by RFC 8216 §4 and by how long caches may keep them. */
export function headersWrong({ name, contentType, cacheControl }: BucketObject): boolean {
  const isMaster = name.endsWith('/master.m3u8');
  const [type, cache] = name.endsWith('.ts')
    ? ['video/mp2t', 'public, max-age=31536000, immutable']
    : name.endsWith('.m3u8')
      ? ['application/vnd.apple.mpegurl', `public, max-age=${isMaster ? 300 : 60}`]
      : [contentType, 'no-cache'];
  return contentType !== type || cacheControl !== cache;
}

/** An object that no mediactl made. */
export async function putForeign(endpoint: string, bucket: string, name: string): Promise<void> {
  const query = `uploadType=media&name=${encodeURIComponent(name)}`;
  const url = `${endpoint}/upload/storage/v1/b/${bucket}/o?${query}`;
  const { ok } = await fetch(url, { method: 'POST', body: `somebody else's ${name}` });
  if (!ok) throw new Error(`cannot put ${name}`);
}
