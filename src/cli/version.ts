import { readFileSync } from 'node:fs';
import { quickVersion } from '../tools/quick-version.js';

/** mediactl's own version, from its package.json. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  // The whole file need not be understood for its one line.
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}

/** What `mediactl --version` says, as a report of a bug needs it. FFmpeg is asked: a run of some 50 ms. */
export function versionText(env: Readonly<Record<string, string | undefined>>): string {
  const { version, platform, arch } = process;
  const ffmpeg = quickVersion(env['MEDIACTL_FFMPEG'] || 'ffmpeg');
  return `mediactl ${readVersion()}\nNode.js ${version.slice(1)} (${platform} ${arch})\nFFmpeg ${ffmpeg}\n`;
}
