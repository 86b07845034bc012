// The layer rules (CONTRIBUTING.md, "The rooms"), checked on resolved imports. A linter's restricted imports
// see neither `await import()`, which the commands are full of, nor where "../x" leads.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What each room under src/ may import, besides itself. Everything may import model and errors. */
const ROOMS = {
  errors: [],
  model: [],
  config: [],
  report: [],
  tools: [],
  storage: [],
  // The player's page runs in a browser; the server gives it to one.
  page: [],
  serve: ['storage'],
  stages: ['tools', 'storage'],
  pipeline: ['stages', 'tools', 'storage'],
  commands: ['pipeline', 'serve', 'stages', 'tools', 'storage', 'config', 'report'],
  cli: ['commands', 'pipeline', 'stages', 'tools', 'storage', 'config', 'report'],
};

/** Packages that one place only imports: a change of version, and the cost of loading, stay there. */
const PACKAGES = {
  execa: /^src\/tools\/process\.ts$/,
  '@google-cloud/storage': /^src\/storage\/gcs\//,
  bullmq: /^src\/queue\//,
  commander: /^src\/cli\//,
  cosmiconfig: /^src\/config\//,
  // Where text from outside becomes a type: settings, ffprobe's JSON, records of earlier runs.
  zod: /^src\/(config|tools|pipeline|serve)\//,
  jose: /^src\/serve\//,
  'prom-client': /^src\/serve\//,
  'cli-progress': /^src\/report\//,
  chalk: /^src\/(report|cli)\//,
  'm3u8-parser': /^src\/tools\//,
  child_process: /^src\/tools\//,
};

/**
 * Imports that break a rule.
 * @param {ReadonlyMap<string, string>} sources path from the project's folder (POSIX) → text
 * @returns {string[]} "src/a.ts: imports src/b.ts: why not"
 */
export function brokenLayers(sources) {
  const found = [];
  for (const [file, text] of sources) {
    for (const specifier of importsOf(text)) {
      const why = specifier.startsWith('.')
        ? whyNotFile(file, path.posix.join(path.posix.dirname(file), specifier))
        : whyNotPackage(file, specifier);
      if (why) found.push(`${file}: imports ${specifier}: ${why}`);
    }
  }
  return found;
}

/**
 * @param {string} from
 * @param {string} to
 */
function whyNotFile(from, to) {
  if (!to.startsWith('src/')) return 'outside src/';
  const [here, there] = [roomOf(from), roomOf(to)];
  const allowed = /** @type {Record<string, readonly string[]>} */ (ROOMS)[here];
  if (!allowed) return `src/${here} is no room that scripts/check-layers.mjs knows`;
  if (here === 'stages' && there === 'stages') {
    const same = from.split('/')[2] === to.split('/')[2];
    return same ? null : 'a stage never imports another stage';
  }
  if (there === here || there === 'model' || there === 'errors' || allowed.includes(there)) {
    return here === 'model' && there === 'errors' ? 'model is below errors' : null;
  }
  return `${here} may import ${['model', 'errors', ...allowed].join(', ')}`;
}

/**
 * @param {string} from
 * @param {string} specifier
 */
function whyNotPackage(from, specifier) {
  const [scope = '', name = ''] = specifier.replace(/^node:/, '').split('/');
  const owner = /** @type {Record<string, RegExp>} */ (PACKAGES)[scope.startsWith('@') ? `${scope}/${name}` : scope];
  return owner && !owner.test(from) ? `only ${owner.source.replaceAll('\\', '')} does` : null;
}

/** @param {string} file "src/stages/plan/x.ts" → "stages", "src/errors.ts" → "errors" */
function roomOf(file) {
  return file.split('/')[1]?.replace(/\.[jt]s$/, '') ?? '';
}

/**
 * Specifiers of static, re-exporting, type and dynamic imports.
 * @param {string} text
 * @returns {string[]}
 */
function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  const pattern = /\b(?:from|import)\s*\(?\s*(['"])([^'"\n]+)\1/g;
  return [...code.matchAll(pattern)].map((match) => match[2] ?? '');
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const files = fs
    .readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.posix.join('src', file.split(path.sep).join('/')));
  const broken = brokenLayers(new Map(files.map((file) => [file, fs.readFileSync(path.join(root, file), 'utf8')])));
  for (const line of broken) process.stderr.write(`${line}\n`);
  process.exitCode = broken.length > 0 ? 1 : 0;
}
