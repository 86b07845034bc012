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

/** What a title's objects must be labelled with, by RFC 8216 §4, RFC 4337 and ISO/IEC 23009-1 annex C, and by how long caches may keep them. */
export function headersWrong({ name, contentType, cacheControl }: BucketObject): boolean {
  const isMaster = /\/(master|cmaf)\.m3u8$/.test(name);
  const [, extension = ''] = /(\.[^.]*)$/.exec(name) ?? [];
  const isAudio = /\/audio-[^/]*\/[^/]*\.(m4s|mp4)$/.test(name);
  const type = isAudio ? 'audio/mp4' : (TYPES[extension] ?? contentType);
  const cache =
    extension === '.m3u8' ? (isMaster ? 300 : 60) : extension === '.mpd' ? 60 : extension in TYPES ? 31_536_000 : null;
  const rule = cache === null ? 'no-cache' : `public, max-age=${cache}${cache > 300 ? ', immutable' : ''}`;
  return contentType !== type || cacheControl !== rule;
}

const TYPES: Readonly<Record<string, string>> = {
  '.ts': 'video/mp2t',
  '.m4s': 'video/iso.segment',
  '.mp4': 'video/mp4',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.mpd': 'application/dash+xml',
};

/** An object that no mediactl made. */
export async function putForeign(endpoint: string, bucket: string, name: string): Promise<void> {
  const query = `uploadType=media&name=${encodeURIComponent(name)}`;
  const url = `${endpoint}/upload/storage/v1/b/${bucket}/o?${query}`;
  const { ok } = await fetch(url, { method: 'POST', body: `somebody else's ${name}` });
  if (!ok) throw new Error(`cannot put ${name}`);
}
