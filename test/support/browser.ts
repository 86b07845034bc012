import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { serve } from './serve.js';

const require = createRequire(import.meta.url);

/** What the page saw; see player.html. */
export interface PlayReport {
  readonly ended: boolean;
  readonly time: number;
  readonly duration: number;
  /** Stalls after the first half second. */
  readonly waits: number;
  /** hls.js error details, fatal or not, after the first half second. */
  readonly errors: readonly string[];
  /** The same, before that. */
  readonly startErrors: readonly string[];
  readonly fatal: string | null;
  /** hls.js levels (ascending by bit rate) in the order in which they came on screen. */
  readonly levels: readonly number[];
  /** Widths of the picture in the order in which they came on screen. */
  readonly widths: readonly number[];
  /** Times at which the buffer was in more than one piece. */
  readonly gaps: number;
  readonly audioTracks: number;
  readonly decodedFrames: number;
  readonly droppedFrames: number;
}

export interface PlayOptions {
  readonly rate: number;
  /** At this second, to this level. */
  readonly switches?: readonly (readonly [number, number])[];
}

/** Path of a Chromium on this machine; null without one. */
export function findChromium(): string | null {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(isExecutable) ?? null;
}

export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('this test needs Chromium or Chrome on the PATH');
  return chromium.launch({
    executablePath,
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

/** Plays a title by hls.js to its end, or until it fails or `timeoutMs` pass. */
export async function play(
  browser: Browser,
  title: string,
  options: PlayOptions,
  timeoutMs = 30_000,
): Promise<PlayReport> {
  const served = await serve({
    '/player': fileURLToPath(new URL('player.html', import.meta.url)),
    '/hls.js': require.resolve('hls.js/dist/hls.min.js'),
    '/title/': title,
  });
  const page = await browser.newPage();
  try {
    const query = new URLSearchParams({ src: '/title/master.m3u8', rate: String(options.rate) });
    query.set('switch', (options.switches ?? []).map((step) => step.join(':')).join());
    await page.goto(`${served.origin}/player?${query}`);
    await page
      .waitForFunction('window.report.ended || window.report.fatal !== null', undefined, { timeout: timeoutMs })
      .catch(() => undefined);
    return await page.evaluate<PlayReport>('window.report');
  } finally {
    await page.close();
    await served.close();
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
