import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/**
 * Outside programs, and the package that brings each. `programs`: any one of them will do.
 * @typedef {{ programs: readonly string[], packages: Readonly<Record<ManagerName, readonly string[]>> }} Tool
 * @typedef {'apt-get' | 'dnf' | 'apk' | 'pacman' | 'brew'} ManagerName
 */

/** @type {Readonly<Record<'ffmpeg' | 'ffprobe' | 'chromium' | 'ps', Tool>>} */
export const TOOLS = {
  ffmpeg: { programs: ['ffmpeg'], packages: everywhere('ffmpeg') },
  ffprobe: { programs: ['ffprobe'], packages: everywhere('ffmpeg') },
  chromium: {
    programs: [
      'chromium',
      'chromium-browser',
      'google-chrome-stable',
      'google-chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    packages: { ...everywhere('chromium'), brew: ['--cask', 'chromium'] },
  },
  ps: {
    programs: ['ps'],
    packages: { ...everywhere('procps'), dnf: ['procps-ng'], pacman: ['procps-ng'], brew: [] },
  },
};

/** @type {Readonly<Record<ManagerName, { refresh: readonly string[] | null, install: readonly string[], asRoot: boolean }>>} */
const MANAGERS = {
  'apt-get': { refresh: ['update', '-q'], install: ['install', '-y', '-q', '--no-install-recommends'], asRoot: true },
  dnf: { refresh: null, install: ['install', '-y', '-q'], asRoot: true },
  apk: { refresh: null, install: ['add', '--no-cache', '-q'], asRoot: true },
  pacman: { refresh: ['-Sy', '--noconfirm'], install: ['-S', '--noconfirm', '--needed'], asRoot: true },
  brew: { refresh: null, install: ['install', '-q'], asRoot: false },
};

/**
 * Installs the named tools that are missing, with the system's package manager, when that is permitted.
 * @param {readonly (keyof typeof TOOLS)[]} names
 * @returns {{ name: keyof typeof TOOLS, command: string | null, why: string }[]} what is still missing, with the command that a person
 *   could run (null when no known package manager is here) and why it was not done or did not help
 */
export function ensureTools(names) {
  const missing = names.filter((name) => !findTool(name));
  if (missing.length === 0) return [];
  const manager = findManager();
  if (!manager)
    return missing.map((name) => ({ name, command: null, why: 'no package manager known to this script is here' }));

  const prefix = rightToInstall(manager);
  if (prefix) {
    process.stderr.write(`Installing ${missing.join(', ')} with ${manager} …\n`);
    const { refresh } = MANAGERS[manager];
    if (refresh) run([...prefix, manager, ...refresh]);
    // One at a time: a browser that cannot be had must not keep FFmpeg away.
    for (const packages of new Set(missing.map((name) => TOOLS[name].packages[manager].join(' ')))) {
      if (packages !== '') run([...prefix, manager, ...MANAGERS[manager].install, ...packages.split(' ')]);
    }
  }
  return missing
    .filter((name) => !findTool(name))
    .map((name) => ({
      name,
      command: [
        ...(MANAGERS[manager].asRoot ? ['sudo'] : []),
        manager,
        ...MANAGERS[manager].install,
        ...TOOLS[name].packages[manager],
      ].join(' '),
      why: prefix ? `${manager} could not install it` : 'installing needs root, or sudo without a password',
    }));
}

/**
 * Absolute path of the first of the tool's programs that exists.
 * @param {keyof typeof TOOLS} name
 * @returns {string | null}
 */
export function findTool(name) {
  for (const program of TOOLS[name].programs) {
    const found = which(program);
    if (found) return found;
  }
  return null;
}

/**
 * Absolute path of a program, by PATH.
 * @param {string} program
 * @returns {string | null}
 */
export function which(program) {
  const folders = path.isAbsolute(program) ? [''] : (process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of folders) {
    for (const ending of endings) {
      const file = path.join(folder, program + ending);
      try {
        fs.accessSync(file, fs.constants.X_OK);
        if (fs.statSync(file).isFile()) return file;
      } catch {
        // Not here.
      }
    }
  }
  return null;
}

/** @returns {ManagerName | null} */
function findManager() {
  const names = /** @type {ManagerName[]} */ (Object.keys(MANAGERS));
  return names.find((name) => which(name)) ?? null;
}

/**
 * What to put before the package manager, null when it may not be used.
 * @param {ManagerName} manager
 * @returns {readonly string[] | null}
 */
function rightToInstall(manager) {
  if (!MANAGERS[manager].asRoot || process.getuid?.() === 0) return [];
  return which('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : null;
}

/** @param {readonly string[]} command */
function run([program = '', ...args]) {
  // The package manager's talk goes to stderr: stdout is for what was asked.
  spawnSync(program, args, {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', HOMEBREW_NO_AUTO_UPDATE: '1' },
  });
}

/**
 * @param {string} name
 * @returns {Record<ManagerName, readonly string[]>}
 */
function everywhere(name) {
  return { 'apt-get': [name], dnf: [name], apk: [name], pacman: [name], brew: [name] };
}
