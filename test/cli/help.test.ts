import { describe, expect, test } from 'vitest';
import { COMMANDS, overview } from '../../src/cli/help-text.js';
import { buildProgram } from '../../src/cli/program.js';
import { flagName } from '../../src/config/setting-names.js';
import { EXIT_CODES } from '../../src/errors.js';
import { SETTING_KEYS } from '../../src/model/settings.js';
import { runMediactl } from '../e2e/run.js';

test('--version, alone or not', async () => {
  const { stdout, exitCode, stderr } = await runMediactl(['--version']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  expect((await runMediactl(['-V', 'encode'])).stdout).toBe(stdout);
});

/** A list of rules is no flag, and what only doctor uses is a flag of doctor. */
const OTHERS: ReadonlySet<string> = new Set(['headers', 'corsOrigins', 'tmpDays', 'coldDays', 'coldClass']);

describe('help', () => {
  test('the overview is the same however it is asked for, and fits a terminal', async () => {
    for (const args of [['--help'], ['-h'], ['help'], ['--help', 'encode']]) {
      expect(await runMediactl(args)).toMatchObject({ exitCode: 0, stdout: overview(), stderr: '' });
    }
    for (const line of overview().split('\n')) expect(line.length).toBeLessThanOrEqual(84);
  });

  test('each command has one: its flags, examples and exit codes, on stdout', async () => {
    for (const name of Object.keys(COMMANDS)) {
      const { stdout, exitCode, stderr } = await runMediactl([name, '--help']);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Usage: mediactl ${name} `));
      for (const code of new Set(Object.values(EXIT_CODES))) expect(stdout).toMatch(new RegExp(`\\b${code}\\b`));
      expect(await runMediactl(['help', name])).toMatchObject({ stdout });
    }
  });

  test('every setting but lists of rules is a flag of encode and of plan, and the overview names every command', () => {
    const program = buildProgram('1.2.3', async () => {});
    for (const name of ['encode', 'plan']) {
      const flags = program.commands.find((command) => command.name() === name)?.options.map(({ long }) => long);
      for (const key of SETTING_KEYS.filter((name) => !OTHERS.has(name))) expect(flags).toContain(flagName(key, true));
    }
    expect(program.commands.map((command) => command.name())).toEqual(Object.keys(COMMANDS));
    expect(program.helpInformation()).toBe(overview());
  });
});
