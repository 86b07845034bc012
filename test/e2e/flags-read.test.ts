import fs from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { COMMANDS } from '../../src/cli/help-text.js';
import { buildProgram, commandsOf } from '../../src/cli/program.js';
import { readBy } from './recording.js';
import { useTitles } from './title-bench.js';

const bench = useTitles();

beforeAll(async () => {
  const source = await fs.readFile(await clip('short04'));
  const address = `${bench.fake.endpoint}/upload/storage/v1/b/media/o?uploadType=media&name=source.mp4`;
  const answer = await fetch(address, { method: 'POST', body: source });
  if (!answer.ok) throw new Error(`the source cannot be put into the bucket: ${answer.status}`);
});

/** Read where the session is opened, for every command alike. */
const OF_EACH = ['help', 'config', 'json', 'quiet', 'color'];
/** Read only where something is encrypted, which has tests of its own. */
const OF_PROTECTION = ['keys', 'packager'];

/** What the help of a command lists, by the names that commander gives the values. */
function listedFlags(name: string): string[] {
  const all = commandsOf(buildProgram('1.2.3', 80, async () => {}));
  const shown = (all.find((one) => one.name === name)?.command.options ?? []).filter(({ hidden }) => !hidden);
  const names = shown.map((option) => (option.long === '--fresh' ? 'resume' : option.attributeName()));
  return [...new Set(names)].filter((each) => ![...OF_EACH, ...OF_PROTECTION].includes(each));
}

/** Runs of a command that together take all its ways. */
async function runsOf(name: string): Promise<string[][]> {
  const input = await clip('short04');
  const access = ['--anonymous', '--endpoint', bench.fake.endpoint];
  const quick = ['--ladder', 'live', '--only', '180p', '--encoder-preset', 'ultrafast', '-q'];
  const title = path.join(bench.root, 'first');
  switch (name) {
    case 'encode':
      return [
        ['encode', input, '--to', bench.at('a'), ...quick, ...access],
        ['encode', 'http://127.0.0.1:9/a.mp4'],
        ['encode', 'gs://media/source.mp4', '-o', 'g', ...quick, ...access],
        ['encode', input, '--dry-run', '-q', '-o', 'b'],
      ];
    case 'plan':
      return [
        ['plan', input, '-o', 'c', '-q'],
        ['plan', input, '-q', '--to', bench.at('c'), ...access],
        ['plan', 'http://127.0.0.1:9/a.mp4'],
        ['plan', 'gs://media/source.mp4', '-q', ...access],
      ];
    case 'probe':
      return [
        ['probe', input, '-q'],
        ['probe', 'http://127.0.0.1:9/a.mp4'],
        ['probe', await clip('interlacedTffMpeg2'), '-q'],
        ['probe', 'gs://media/source.mp4', '-q', ...access],
      ];
    case 'upload':
      return [
        ['upload', title, bench.at('d'), '-q', ...access],
        ['upload', title, bench.at('d'), '--dry-run', '-q', ...access],
        ['upload', '--check', path.join(bench.root, 'first.receipt.json'), '-q', ...access],
      ];
    case 'play':
      return [
        ['play', title, '--no-open', '-q'],
        ['play', bench.at('d'), '--no-open', '-q', ...access],
        ['play', '--export', path.join(bench.cwd, 'page.html'), '--src', 'https://example.com/master.m3u8', '-q'],
      ];
    case 'ls':
    case 'rm':
      return [
        [name, title, '--dry-run', '-q'].filter((word) => name === 'rm' || word !== '--dry-run'),
        [name, bench.at('none'), '-q', ...access, ...(name === 'rm' ? ['--yes'] : [])],
      ];
    case 'doctor':
      return [
        ['doctor', '-q'],
        ['doctor', bench.at('e'), '-q', ...access],
        ['doctor', bench.at('e'), '--fix', '--yes', '-q', ...access],
      ];
    case 'package':
      return [
        ['package', title, '-o', 'cmaf', '--format', 'cmaf', '-q'],
        ['package', title, '--to', bench.at('f'), '-q', ...access],
      ];
    case 'beacon serve':
      return [
        ['beacon', 'serve', 'reports', '--port', '0', '-q'],
        ['beacon', 'serve', 'reports', '--port', '0', '-q', '--host', '0.0.0.0'],
      ];
    case 'beacon report':
      return [['beacon', 'report', '-q', 'reports']];
    default:
      return [[name, '-q']];
  }
}

/** What completion prints is for a shell, and has no flags; those of license need keys, and have tests of their own. */
const NAMES = Object.keys(COMMANDS).filter((name) => name !== 'completion' && !name.startsWith('license '));

test.each(NAMES)('each flag that the help of %s lists is looked at by it', async (name) => {
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation(hushed);
  const read = new Set<string>();
  for (const argv of await runsOf(name)) for (const each of await readBy(argv, bench.cwd)) read.add(each);
  stdout.mockRestore();
  expect(listedFlags(name).filter((flag) => !read.has(flag))).toEqual([]);
});

test('a flag that nothing looks at would be seen', async () => {
  const read = await readBy(['ladders', '-q'], bench.cwd);
  expect(read.has('crf')).toBe(false);
  expect(read.has('ladder')).toBe(true);
});

// What is printed is not what this is about.
function hushed(...args: unknown[]): boolean {
  const done = args.find((arg) => typeof arg === 'function');
  if (typeof done === 'function') done();
  return true;
}
