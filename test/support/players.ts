import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { serve, type Served } from './serve.js';

const require = createRequire(import.meta.url);

export type PlayerName = 'hls' | 'shaka' | 'dash';

/** What the page saw; see players.html. */
export interface PlayersReport {
  /** How often it has played to the end: once, and once more after a seek. */
  readonly ended: number;
  readonly fatal: string | null;
  /** Codes of the player's errors, fatal or not. */
  readonly errors: readonly string[];
  /** Stalls until the end was reached first, after the first half second. */
  readonly waits: number;
  /** Widths of the picture in the order in which they came on screen. */
  readonly widths: readonly number[];
  /** Times until then at which the buffer was in more than one piece. */
  readonly gaps: number;
  /** When the end was reached first, seconds. */
  readonly buffered: readonly (readonly [number, number])[];
  readonly duration: number;
  /** Decoded until then. */
  readonly frames: number;
  /** Of the sound that played, as the player names it; null: there is none. */
  readonly language: string | null;
  /** Where the picture was after each seek. */
  readonly soughtTo: readonly number[];
  /** Of the sound that played at the very end. */
  readonly otherLanguage: string | null;
}

export interface PlayersOptions {
  readonly player: PlayerName;
  /** Of the title's folder: what the player opens. */
  readonly manifest: string;
  readonly rate: number;
  /** Seconds at which the highest rung is wanted, and to which it goes back at the end, before it goes to the start. */
  readonly switchAt: number;
  readonly seekTo: number;
}

/** Serves a title, and the players of node_modules beside it. */
export function serveTitle(title: string): Promise<Served> {
  return serve({
    '/players': fileURLToPath(new URL('players.html', import.meta.url)),
    '/iframes': fileURLToPath(new URL('iframes.html', import.meta.url)),
    '/hls.js': require.resolve('hls.js/dist/hls.min.js'),
    '/shaka.js': require.resolve('shaka-player/dist/shaka-player.compiled.js'),
    '/dash.js': require.resolve('dashjs'),
    '/title/': title,
  });
}

/** Plays a served title as players.html says, until that is done, it fails or `timeoutMs` pass. */
export async function playBy(
  browser: Browser,
  { origin }: Served,
  { player, manifest, rate, switchAt, seekTo }: PlayersOptions,
  timeoutMs: number,
): Promise<PlayersReport> {
  const page = await browser.newPage();
  try {
    const query = new URLSearchParams({ player, src: `/title/${manifest}`, rate: String(rate) });
    query.set('switch', String(switchAt));
    query.set('seek', String(seekTo));
    await page.goto(`${origin}/players?${query}`);
    await page
      .waitForFunction('window.report.ended > 1 || window.report.fatal !== null', undefined, { timeout: timeoutMs })
      .catch(() => undefined);
    return await page.evaluate<PlayersReport>('window.report');
  } finally {
    await page.close();
  }
}

/** What hls.js's player of I-frame playlists shows at these seconds: from when to when each picture lasts. */
export async function showIframes(
  browser: Browser,
  { origin }: Served,
  manifest: string,
  times: readonly number[],
  timeoutMs: number,
): Promise<{ readonly errors: readonly string[]; readonly shown: readonly (readonly [number, number])[] }> {
  const page = await browser.newPage();
  try {
    await page.goto(`${origin}/iframes?${new URLSearchParams({ src: `/title/${manifest}`, times: times.join() })}`);
    await page
      .waitForFunction('window.report.done || window.report.errors.length > 0', undefined, { timeout: timeoutMs })
      .catch(() => undefined);
    return await page.evaluate('window.report');
  } finally {
    await page.close();
  }
}
