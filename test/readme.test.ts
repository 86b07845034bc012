import fs from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { EXIT_CODES } from '../src/errors.js';
import { runMediactl } from './e2e/run.js';

const readme = await fs.readFile(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');

test('the exit codes of the README are those of the table in src/errors.ts', () => {
  const section = readme.split('## Exit codes')[1]?.split('\n## ')[0] ?? '';
  const listed = [...section.matchAll(/^\| ([\d, ]+) \|[^|]*\|([^|]*)\|$/gm)].flatMap(([, numbers = '', codes = '']) =>
    [...codes.matchAll(/`([^`]+)`/g)].map(([, code = '']) => ({ code, numbers: numbers.split(',').map(Number) })),
  );
  expect(listed.map(({ code }) => code).sort()).toEqual(Object.keys(EXIT_CODES).sort());
  for (const [code, number] of Object.entries(EXIT_CODES)) {
    expect(listed.find((row) => row.code === code)?.numbers, code).toContain(number);
  }
});

test('every command of the README exists and every flag of its table is one of encode', async () => {
  const { stdout: overview } = await runMediactl(['--help']);
  for (const [, command = ''] of readme.matchAll(/^\| `mediactl (\w+)/gm)) expect(overview).toContain(`  ${command} `);
  const { stdout: help } = await runMediactl(['encode', '--help']);
  const flags = [...readme.matchAll(/^\| (`--[^|]*)\|/gm)].flatMap(([, cell = '']) => cell.match(/--[a-z-]+/g) ?? []);
  expect(flags.length).toBeGreaterThan(5);
  for (const flag of flags) expect(help).toMatch(new RegExp(`${flag}\\b`));
});
