import type { Findings } from './findings.js';
import type { Title } from './read-title.js';
import { listSegments } from './segments.js';
import type { TitlePlaylist } from './survey-playlist.js';

/** A variant, and the I-frame playlists that point into its segments. */
export interface Rung {
  readonly media: TitlePlaylist;
  readonly iframes: readonly TitlePlaylist[];
}

export interface Rungs {
  /** In the order of the variants. */
  readonly rungs: readonly Rung[];
  /** I-frame playlists that belong to no variant. */
  readonly strays: readonly TitlePlaylist[];
}

/** Finds the rung of each I-frame playlist by its first entry; the walk sees whether the others are there, too. */
export async function findRungs(title: Title, findings: Findings): Promise<Rungs> {
  const owners = new Map<TitlePlaylist, TitlePlaylist | null>();
  for (const iframes of title.iframes) owners.set(iframes, await ownerOf(title, iframes));
  const owned = (media: TitlePlaylist | null): TitlePlaylist[] =>
    title.iframes.filter((iframes) => owners.get(iframes) === media);
  const strays = owned(null);
  for (const { path } of strays) {
    findings.error(path, 'iframes-broken', 'its I-frames are not in the segments of one variant');
  }
  return { rungs: title.variants.map((media) => ({ media, iframes: owned(media) })), strays };
}

async function ownerOf({ folder, variants }: Title, { firstPath }: TitlePlaylist): Promise<TitlePlaylist | null> {
  if (firstPath === null) return null;
  const atOnce = variants.find((variant) => variant.firstPath === firstPath);
  if (atOnce) return atOnce;
  for (const variant of variants) {
    for await (const batch of listSegments(folder, variant)) {
      if (batch.some(({ path }) => path === firstPath)) return variant;
    }
  }
  return null;
}
