import type { ManifestFormat, PlayerName, Quality } from '../model/playback.js';

/** One of several ways to play a title in a video element. */
export interface Player {
  readonly name: PlayerName;
  readonly format: ManifestFormat;
  menu(kind: MenuKind): Menu;
  /** Its estimate of the line, bits a second; null: it has none. */
  bandwidth(): number | null;
  /** Frames a second of what is on screen; null: it does not say. */
  frameRate(): number | null;
  /** Resolves when the video is free for another. */
  destroy(): Promise<void>;
}

export type MenuKind = 'quality' | 'audio' | 'subtitles';

export interface Menu {
  /** Empty: there is nothing to choose. */
  readonly choices: readonly Choice[];
  /** `id` of the one in force. */
  readonly chosen: string;
  choose(id: string): void;
}

export interface Choice {
  readonly id: string;
  readonly label: string;
}

/** What a player tells the page. */
export interface PlayerListener {
  /** There are other choices, or another is in force. */
  menusChanged(): void;
  /** That rung is on screen now. */
  qualityShown(quality: Quality, automatic: boolean): void;
  failed(failure: Failure): void;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  /** Nothing plays any more. */
  readonly fatal: boolean;
  /** An address gave no answer that may be read: nobody is there, or the server forbids it (CORS). */
  readonly unreachable: string | null;
}

/** Plays `url` in `video`; `license`: absolute, where Clear Key asks for keys. Rejects when the player's own program cannot be loaded. */
export type OpenPlayer = (
  video: HTMLVideoElement,
  url: string,
  listener: PlayerListener,
  license: string | null,
) => Promise<Player>;

/** The choice of a menu that leaves it to the player, or shows nothing. */
export const AUTO = 'auto';
export const NONE = 'none';

export const NO_MENU: Menu = { choices: [], chosen: '', choose: () => {} };

/** "720p, 2.8 Mb/s" */
export function qualityLabel({ height, bitrate }: Quality): string {
  const rate = bitrate === null ? '' : megabits(bitrate);
  if (height === null) return rate === '' ? 'unknown' : rate;
  return rate === '' ? `${height}p` : `${height}p, ${rate}`;
}

/** "2.8 Mb/s", "350 kb/s" */
export function megabits(bitsPerSecond: number): string {
  if (bitsPerSecond < 999_500) return `${Math.round(bitsPerSecond / 1000)} kb/s`;
  return `${(bitsPerSecond / 1e6).toFixed(bitsPerSecond < 9_950_000 ? 2 : 1)} Mb/s`;
}

/** "English", or the tag where the browser has no name for it. */
export function languageName(tag: string | undefined | null): string {
  if (tag === undefined || tag === null || tag === '' || tag === 'und') return '';
  try {
    return new Intl.DisplayNames(undefined, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
