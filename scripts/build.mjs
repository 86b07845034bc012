// Builds dist/ from src/ with plain tsc, and the player's page, when something changed. `node scripts/build.mjs`, or `build()`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = path.join(ROOT, 'dist');
const STAMP = path.join(DIST, '.stamp');

/**
 * Leaves dist/ as src/ makes it now. dist/ is replaced whole, so that nothing of a removed source
 * stays behind and a run in progress sees the old or the new.
 * @param {{ tolerant?: boolean }} [options] tolerant: types that do not fit are shown, but no failure
 * @returns {boolean} false when the types do not fit; dist/ is then left as it was (unless tolerant)
 */
export function build({ tolerant = false } = {}) {
  const stamp = sourcesStamp();
  if (read(STAMP) === stamp) return true;

  const fresh = path.join(ROOT, `.dist-${process.pid}`);
  fs.rmSync(fresh, { recursive: true, force: true });
  try {
    const { status } = spawnSync(
      process.execPath,
      [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', fresh],
      { cwd: ROOT, stdio: ['ignore', 2, 2] },
    );
    if (!fs.existsSync(fresh) || (status !== 0 && !tolerant)) return false;
    if (status === 0 && !(run('man.mjs', fresh) && run('page.mjs', path.join(fresh, 'page')))) return false;
    if (status === 0) fs.writeFileSync(path.join(fresh, '.stamp'), stamp);
    replace(fresh);
    return true;
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * @param {string} script
 * @param {string} folder
 */
function run(script, folder) {
  const argv = [path.join(ROOT, 'scripts', script), folder];
  return spawnSync(process.execPath, argv, { cwd: ROOT, stdio: ['ignore', 2, 2] }).status === 0;
}

/** @param {string} fresh */
function replace(fresh) {
  const old = path.join(ROOT, `.dist-old-${process.pid}`);
  for (let attempt = 1; ; attempt++) {
    try {
      if (fs.existsSync(DIST)) fs.renameSync(DIST, old);
      fs.renameSync(fresh, DIST);
      break;
    } catch (error) {
      // Another build moved it at the same moment.
      if (attempt === 5) throw error;
    }
  }
  fs.rmSync(old, { recursive: true, force: true });
}

/** Changes with every source's name, size and time, the settings and the compiler. */
function sourcesStamp() {
  const hash = createHash('sha256');
  const sources = fs
    .readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|html|css)$/.test(file))
    .map((file) => path.join('src', file));
  for (const file of [
    ...sources.sort(),
    'scripts/page.mjs',
    'tsconfig.json',
    'tsconfig.build.json',
    'package.json',
    'package-lock.json',
  ]) {
    const { size, mtimeMs } = fs.statSync(path.join(ROOT, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** @param {string} file */
function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  if (!fs.existsSync(path.join(ROOT, 'node_modules/typescript'))) {
    // `npm install --omit=dev` in a clone runs this too; there is nothing to build with.
    process.stderr.write('dist is not built: the development packages are not installed\n');
  } else if (!build()) {
    process.exitCode = 1;
  }
}
