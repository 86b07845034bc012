import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the choice of a package manager depends on. */
export interface SystemFacts {
  readonly platform: NodeJS.Platform;
  /** Text of /etc/os-release; empty where there is none. */
  readonly osRelease: string;
  /** Whether a program of this name is on the PATH. */
  readonly has: (program: string) => boolean;
  /** The user may install without sudo. */
  readonly isRoot: boolean;
}

/** One line that says how to get FFmpeg (ffprobe comes with it) on this system. */
export function installHint(system: SystemFacts = readSystem()): string {
  const command = installCommand(system);
  return command === null
    ? 'install FFmpeg 4.4 or newer (ffmpeg and ffprobe) from https://ffmpeg.org/download.html'
    : `install FFmpeg with: ${command}`;
}

/** The command that installs FFmpeg here; null when no known package manager is found. */
export function installCommand(system: SystemFacts = readSystem()): string | null {
  const manager = managersOf(system).find((candidate) => system.has(candidate));
  if (manager === undefined) return null;
  const command = INSTALL[manager] ?? null;
  if (command === null || !NEEDS_ROOT.has(manager) || system.isRoot) return command;
  return system.has('doas') && !system.has('sudo') ? `doas ${command}` : `sudo ${command.replace(' && ', ' && sudo ')}`;
}

// Debian's full x264 build is in the distribution; Fedora's own ffmpeg-free lacks libx264, RPM Fusion's has it.
const INSTALL: Readonly<Record<string, string>> = {
  'apt-get': 'apt-get update && apt-get install -y ffmpeg',
  dnf: 'dnf install -y ffmpeg --allowerasing   (from RPM Fusion: ffmpeg-free has no libx264)',
  yum: 'yum install -y ffmpeg   (from RPM Fusion)',
  zypper: 'zypper install -y ffmpeg   (from Packman: the plain one has no libx264)',
  pacman: 'pacman -S --needed ffmpeg',
  apk: 'apk add ffmpeg',
  'xbps-install': 'xbps-install -S ffmpeg',
  emerge: 'emerge media-video/ffmpeg',
  'nix-env': 'nix-env -iA nixpkgs.ffmpeg-full',
  pkg: 'pkg install -y ffmpeg',
  brew: 'brew install ffmpeg',
  port: 'port install ffmpeg +gpl2',
  winget: 'winget install --id Gyan.FFmpeg',
  choco: 'choco install ffmpeg-full',
  scoop: 'scoop install ffmpeg',
};

const NEEDS_ROOT = new Set([
  'apt-get',
  'dnf',
  'yum',
  'zypper',
  'pacman',
  'apk',
  'xbps-install',
  'emerge',
  'pkg',
  'port',
]);

// By family first: a Debian with Homebrew or a Fedora with an apt in a container is asked for its own manager.
const LINUX_FAMILIES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\b(debian|ubuntu)\b/, ['apt-get']],
  [/\b(fedora|rhel|centos)\b/, ['dnf', 'yum']],
  [/\b(suse|opensuse\S*)\b/, ['zypper']],
  [/\barch\b/, ['pacman']],
  [/\balpine\b/, ['apk']],
  [/\bvoid\b/, ['xbps-install']],
  [/\bgentoo\b/, ['emerge']],
  [/\bnixos\b/, ['nix-env']],
];
const LINUX_ANY = ['apt-get', 'dnf', 'yum', 'zypper', 'pacman', 'apk', 'xbps-install', 'emerge', 'nix-env', 'brew'];

function managersOf(system: SystemFacts): readonly string[] {
  if (system.platform === 'darwin') return ['brew', 'port'];
  if (system.platform === 'win32') return ['winget', 'choco', 'scoop'];
  if (system.platform !== 'linux') return ['pkg'];
  const ids = [...system.osRelease.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].map((match) => match[1]).join(' ');
  const family = LINUX_FAMILIES.find(([pattern]) => pattern.test(ids))?.[1] ?? [];
  return [...family, ...LINUX_ANY];
}

function readSystem(): SystemFacts {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  return {
    platform: process.platform,
    osRelease: readOsRelease(),
    has: (program) => folders.some((folder) => suffixes.some((suffix) => existsSync(join(folder, program + suffix)))),
    isRoot: process.getuid?.() === 0,
  };
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
