import { createHash } from 'node:crypto';
import type { PageConfig } from '../model/playback.js';
import { readPageFile } from './page-files.js';

/**
 * The player's page as one file for people's own sites: the page's program, what it looks like, the player for the
 * format, and what is played. It asks nobody but the title's server, and where reports go to. A policy in it lets
 * nothing run that is not in it. Throws MediactlError internal.
 */
export async function exportPage(config: PageConfig): Promise<string> {
  const player = config.manifests.some(({ format }) => format === 'dash') ? 'shaka-player.js' : 'hls.js';
  const [page, style, program, engine] = await Promise.all(
    (['index.html', 'page.css', 'page.js', player] as const).map(async (name) => (await readPageFile(name)).text),
  );
  if (page === undefined || style === undefined || program === undefined || engine === undefined) {
    throw new TypeError('each page file has a text');
  }
  const scripts = [engine, program].map(scriptText);
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(' ')}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    'connect-src https: http:',
    'media-src blob: https: http:',
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}" />\n    <style>${style}</style>`;
  const body = [
    `<script type="application/json" id="config">${JSON.stringify(config).replaceAll('<', '\\u003c')}</script>`,
    ...scripts.map((script) => `<script>${script}</script>`),
  ].join('\n    ');
  // Functions, because in a text "$&" and its like would mean something.
  return page
    .replace('<link rel="stylesheet" href="page/page.css" />', () => head)
    .replace('<script src="page/page.js" defer></script>', () => body);
}

/** As it may stand between script tags: "<" is one of text and of regular expressions only where these words follow. */
function scriptText(text: string): string {
  return text.replace(/<(?=\/script|script|!--)/gi, '\\x3c');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
