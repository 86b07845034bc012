// No spread of an object literal in an object literal (CONTRIBUTING.md, "House rules"): TypeScript looks for unknown
// keys in a literal, not in what is spread into one. oxlint's no-useless-spread forbids arrays of arrays with it,
// which group the arguments of FFmpeg here.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const FOLDERS = ['bin', 'src', 'test', 'fixtures', 'bench', 'scripts'];

/**
 * @param {string} text of a source file
 * @returns {number[]} the lines, from 1, on which a literal's spread begins
 */
export function spreadLiterals(text) {
  const blank = (/** @type {string} */ match) => match.replace(/[^\n]/g, ' ');
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$|'[^'\n]*'|"[^"\n]*"/gm, blank);
  return [...code.matchAll(/\.\.\.\s*\{/g)].map(({ index }) => code.slice(0, index).split('\n').length);
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const files = FOLDERS.flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs|js)$/.test(file))
      .map((file) => path.join(folder, file)),
  );
  for (const file of files) {
    for (const line of spreadLiterals(fs.readFileSync(path.join(root, file), 'utf8'))) {
      process.stderr.write(`${file}:${line}: spreads an object literal; write its keys into the outer one\n`);
      process.exitCode = 1;
    }
  }
}
