import { fileURLToPath } from 'node:url';
import { ensureNpmPackages } from './npm-packages.mjs';
import { ensureTools } from './system-tools.mjs';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/**
 * Makes a fresh clone ready: Node new enough, npm packages, outside programs. Exits 1 with what to install
 * when something needed cannot be had.
 * @param {{ needed: Parameters<typeof ensureTools>[0], wanted?: Parameters<typeof ensureTools>[0] }} tools
 * @returns {string[]} notices about wanted tools that are missing
 */
export function makeReady({ needed, wanted = [] }) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail([`Node ${process.versions.node} is too old: 20.19 or newer is needed.`]);
  }
  try {
    ensureNpmPackages(ROOT);
  } catch (error) {
    fail([error instanceof Error ? error.message : String(error)]);
  }
  const missing = ensureTools([...needed, ...wanted]).map((tool) => ({
    ...tool,
    text: `${tool.name} is missing (${tool.why}). Install it${tool.command ? `: ${tool.command}` : ' and put it on PATH'}`,
  }));
  const fatal = missing.filter(({ name }) => needed.includes(name));
  if (fatal.length > 0) fail(fatal.map(({ text }) => text));
  return missing.map(({ text }) => text);
}

/**
 * @param {readonly string[]} lines
 * @returns {never}
 */
export function fail(lines) {
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exit(1);
}
