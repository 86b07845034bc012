// Writes the manual page of a built program: `node scripts/man.mjs [dist]`. Its text has the same source as the help.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const dist = path.resolve(ROOT, process.argv[2] ?? 'dist');

const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
const { manPage } = await import(pathToFileURL(path.join(dist, 'cli/man-page.js')).href);
fs.writeFileSync(path.join(dist, 'mediactl.1'), manPage(version));
