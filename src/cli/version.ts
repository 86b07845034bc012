import { readFileSync } from 'node:fs';

/** mediactl's own version, from its package.json. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  // The whole file need not be understood for its one line.
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}
