import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/**
 * Installs the npm packages of package-lock.json when they are missing or other versions; costs a few
 * milliseconds when all is there. Throws with what to do when npm fails.
 * @param {string} root folder of package.json
 */
export function ensureNpmPackages(root) {
  if (packagesAreCurrent(root)) return;
  process.stderr.write('Installing npm packages …\n');
  // Nothing among the dependencies needs an install script, and dist is built when it is needed.
  const { status, error } = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], root);
  if (status !== 0) {
    throw new Error(
      `npm ci failed${error ? `: ${error.message}` : ''}. Run it by hand to see why; the network may be missing.`,
    );
  }
}

/**
 * Whether node_modules holds what the lock asks for on this platform.
 * @param {string} root
 * @returns {boolean}
 */
export function packagesAreCurrent(root) {
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const present = readPackages(path.join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([name, { version, optional }]) => {
    if (name === '') return true;
    const installed = present[name];
    // Optional packages are binaries for other platforms.
    if (!installed) return optional === true;
    return installed.version === version && fs.existsSync(path.join(root, name));
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }> | null}
 */
function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch {
    return null;
  }
}

/**
 * @param {readonly string[]} args
 * @param {string} root
 */
function npm(args, root) {
  // Inside `npm run` this is the npm that is running; else the one on PATH.
  const script = process.env['npm_execpath'];
  const [program, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  return spawnSync(program, [...first, ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: program === 'npm' && process.platform === 'win32',
  });
}
