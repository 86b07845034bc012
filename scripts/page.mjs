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
const PLAYERS = [
  { name: 'hls.js', from: 'hls.js', file: 'hls.js/dist/hls.min.js' },
  { name: 'shaka-player.js', from: 'shaka-player', file: 'shaka-player/dist/shaka-player.dash-es2021.js' },
];

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('node scripts/page.mjs FOLDER');
const page = path.join(ROOT, 'src/page');
fs.mkdirSync(folder, { recursive: true });
const bundle = await rolldown({ input: path.join(page, 'main.ts'), platform: 'browser', cwd: ROOT });
await bundle.write({ file: path.join(folder, 'page.js'), format: 'iife' });
await bundle.close();
for (const file of ['index.html', 'page.css']) fs.copyFileSync(path.join(page, file), path.join(folder, file));
for (const { name, from, file } of PLAYERS) {
  const licence = path.join(path.dirname(require.resolve(`${from}/package.json`)), 'LICENSE');
  fs.copyFileSync(licence, path.join(folder, `LICENSE.${from}.txt`));
  // Their source maps stay behind; the notice goes with them, into exported pages, too.
  const text = fs.readFileSync(require.resolve(file), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
  const notice = text.includes('@license')
    ? ''
    : `/*!\n${fs.readFileSync(licence, 'utf8').replaceAll('*/', '* /')}*/\n`;
  fs.writeFileSync(path.join(folder, name), notice + text);
}
