import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { MediactlError } from '../errors.js';
import { asReadError } from '../errors/disk.js';
import type { PageManifest } from '../model/playback.js';
import { printable } from '../model/text.js';
import { bucketOptionsOf } from '../pipeline/delivery/destination.js';
import { bucketMedia } from '../serve/bucket-media.js';
import { findManifests, formatByName, manifestKind, type FoundManifest } from '../serve/find-manifests.js';
import { folderMedia } from '../serve/folder-media.js';
import type { MediaSource } from '../serve/media.js';
import { TITLE_PREFIX } from '../serve/play-server.js';
import { parseLocation } from '../storage/location.js';
import type { CommandContext } from './context.js';

/** What is to be played, and how the page gets at it. */
export interface PlaySource {
  readonly title: string;
  readonly manifests: readonly PageManifest[];
  /** Null: the page reads it from where it is. */
  readonly media: MediaSource | null;
}

/**
 * A folder, a playlist or manifest in one, the same in a bucket, or an address on the web. Throws MediactlError usage,
 * input-not-found, input-unreadable, input-not-media, storage-….
 */
export async function openPlaySource(where: string, context: CommandContext): Promise<PlaySource> {
  if (/^https?:\/\//i.test(where)) return { ...titleOnTheWeb(where), media: null };
  const location = parseLocation(where);
  if (location.kind === 'folder') return inFolder(where, resolve(context.cwd, where));
  const isFile = formatByName(location.prefix) !== null;
  const slash = location.prefix.lastIndexOf('/');
  const prefix = isFile ? location.prefix.slice(0, Math.max(0, slash)) : location.prefix;
  const options = { ...bucketOptionsOf(context.settings, context.env), signal: context.signal };
  const media = bucketMedia(location.bucket, prefix, options);
  try {
    const found = isFile ? await theOne(media, location.prefix.slice(slash + 1)) : await findManifests(media, null);
    return titleOf(where, prefix.split('/').at(-1) || location.bucket, media, found);
  } catch (error) {
    await media.close();
    throw error;
  }
}

async function inFolder(where: string, path: string): Promise<PlaySource> {
  const stats = await stat(path).catch((error: unknown) => {
    throw asReadError(error, where);
  });
  if (!stats.isDirectory()) {
    const media = await folderMedia(dirname(path));
    return titleOf(where, basename(dirname(path)), media, await theOne(media, basename(path)));
  }
  const media = await folderMedia(path);
  return titleOf(where, basename(path), media, await findManifests(media, await readdir(path)));
}

async function theOne(media: MediaSource, path: string): Promise<readonly FoundManifest[]> {
  const kind = await manifestKind(media, path);
  return kind === null ? [] : [{ format: kind.format, path }];
}

function titleOf(where: string, title: string, media: MediaSource, found: readonly FoundManifest[]): PlaySource {
  if (found.length === 0) throw nothingToPlay(where);
  const manifests = found.map(({ format, path }) => ({
    format,
    url: `${TITLE_PREFIX.slice(1)}${path.split('/').map(encodeURIComponent).join('/')}`,
  }));
  return { title, manifests, media };
}

/** A playlist or manifest at an http or https address. Throws MediactlError usage. */
export function titleOnTheWeb(where: string): Omit<PlaySource, 'media'> {
  if (!/^https?:\/\//i.test(where) || !URL.canParse(where)) {
    throw new MediactlError('usage', 'this is not an address that a browser can play', {
      hint: 'write it like https://example.com/movie/master.m3u8',
    });
  }
  const url = new URL(where);
  const format = formatByName(url.pathname) ?? 'hls';
  const parts = url.pathname.split('/').filter((part) => part !== '');
  return { title: parts.at(-2) ?? url.hostname, manifests: [{ format, url: url.href }] };
}

const HINT = 'play a folder that has a master.m3u8 or a manifest.mpd, or name such a file';

function nothingToPlay(where: string): MediactlError {
  return new MediactlError('input-not-media', `there is nothing to play in ${printable(where)}`, {
    reason: 'no HLS playlist (.m3u8) and no DASH manifest (.mpd) was found there',
    hint: HINT,
  });
}
