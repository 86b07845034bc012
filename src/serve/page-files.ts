import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MediactlError } from '../errors.js';

/** The page as the build leaves it: dist/page, beside the folder of this module. */
const FOLDER = new URL('../page/', import.meta.url);

const TYPES = {
  'index.html': 'text/html; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'hls.js': 'text/javascript; charset=utf-8',
  'shaka-player.js': 'text/javascript; charset=utf-8',
} as const;

export type PageFile = keyof typeof TYPES;

export function isPageFile(name: string): name is PageFile {
  return Object.hasOwn(TYPES, name);
}

/** Throws MediactlError internal when it was not built. */
export async function readPageFile(name: PageFile): Promise<{ readonly text: string; readonly type: string }> {
  try {
    return { text: await readFile(new URL(name, FOLDER), 'utf8'), type: TYPES[name] };
  } catch (cause) {
    throw new MediactlError('internal', `the player's page is not there: ${fileURLToPath(new URL(name, FOLDER))}`, {
      reason: 'the build did not write it',
      hint: 'install mediactl again; in a clone: npm run build',
      cause,
    });
  }
}

/**
 * What the page may do. Scripts, styles and pictures are this server's; nothing is inline, nothing evaluated. Players feed
 * the video by blob: addresses. A title that is elsewhere (`elsewhere`) may name other hosts for its segments.
 */
export function pagePolicy(elsewhere: boolean): string {
  const media = elsewhere ? ' https: http:' : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self'${media}`,
    `media-src 'self' blob:${media}`,
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
