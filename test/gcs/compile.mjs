// Makes test/gcs runnable by plain Node: compiled by tsc into node_modules/.cache, once for each state of the sources.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.join(FOLDER, '../..');
const CACHE = path.join(ROOT, 'node_modules/.cache/gcs-fake');
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc');

/**
 * Types are not checked here (`npm run check` does that); several processes may do this at once.
 * @returns {string} the folder with main.js and control-client.js
 */
export function compileFake() {
  const sources = fs.readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const hash = createHash('sha256').update(fs.readFileSync(path.join(ROOT, 'tsconfig.json')));
  for (const name of sources.sort()) hash.update(`${name}\n`).update(fs.readFileSync(path.join(FOLDER, name)));
  const done = path.join(CACHE, hash.digest('hex').slice(0, 16));
  if (fs.existsSync(done)) return done;

  const fresh = `${done}.${process.pid}`;
  fs.mkdirSync(fresh, { recursive: true });
  fs.writeFileSync(path.join(fresh, 'package.json'), '{ "type": "module" }\n');
  const settings = {
    extends: path.join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      allowJs: false,
      checkJs: false,
      noCheck: true,
      rootDir: FOLDER,
      outDir: fresh,
      typeRoots: [path.join(ROOT, 'node_modules/@types')],
    },
    include: [],
    files: sources.map((name) => path.join(FOLDER, name)),
  };
  const project = path.join(fresh, 'tsconfig.json');
  fs.writeFileSync(project, JSON.stringify(settings));
  const { status } = spawnSync(process.execPath, [TSC, '-p', project], { stdio: ['ignore', 2, 2] });
  if (status !== 0 && !fs.existsSync(path.join(fresh, 'main.js'))) throw new Error('test/gcs could not be compiled');
  try {
    fs.renameSync(fresh, done);
  } catch (error) {
    // Another process was first.
    if (!fs.existsSync(done)) throw error;
    fs.rmSync(fresh, { recursive: true, force: true });
  }
  removeOld(done);
  return done;
}

/**
 * Those of other sources, when nobody can be starting from them any more.
 * @param {string} current
 */
function removeOld(current) {
  for (const name of fs.readdirSync(CACHE)) {
    const folder = path.join(CACHE, name);
    const age = Date.now() - (fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
    if (folder !== current && age > 3600_000) fs.rmSync(folder, { recursive: true, force: true });
  }
}
