// Writes the player's page into a folder: its program in one file, what it looks like, the players that it uses (which
// npm brought) and their licences. Run by scripts/build.mjs.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** Name in the page's folder → file of a package. Both run as they are, without anything else of their packages. */
const PLAYERS = {
  'hls.js': 'hls.js/dist/hls.min.js',
  'shaka-player.js': 'shaka-player/dist/shaka-player.dash-es2021.js',
};

const LICENCES = { 'hls.js': 'LICENSE.hls.js.txt', 'shaka-player': 'LICENSE.shaka-player.txt' };

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('node scripts/page.mjs FOLDER');
const page = path.join(ROOT, 'src/page');
fs.mkdirSync(folder, { recursive: true });
const bundle = await rolldown({ input: path.join(page, 'main.ts'), platform: 'browser', cwd: ROOT });
await bundle.write({ file: path.join(folder, 'page.js'), format: 'iife' });
await bundle.close();
for (const file of ['index.html', 'page.css']) fs.copyFileSync(path.join(page, file), path.join(folder, file));
for (const [name, file] of Object.entries(PLAYERS)) {
  // Their source maps stay behind.
  const text = fs.readFileSync(require.resolve(file), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
  fs.writeFileSync(path.join(folder, name), text);
}
for (const [name, file] of Object.entries(LICENCES)) {
  fs.copyFileSync(path.join(path.dirname(require.resolve(`${name}/package.json`)), 'LICENSE'), path.join(folder, file));
}
