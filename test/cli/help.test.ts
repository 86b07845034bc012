import { describe, expect, test } from 'vitest';
import { COMMAND_TEXTS } from '../../src/cli/command-texts.js';
import { COMMANDS, EXIT_MEANINGS, groupHelp, overview } from '../../src/cli/help-text.js';
import { buildProgram, commandsOf } from '../../src/cli/program.js';
import { flagName } from '../../src/config/setting-names.js';
import { EXIT_CODES } from '../../src/errors.js';
import { SETTING_KEYS } from '../../src/model/settings.js';
import { displayWidth } from '../../src/report/wrap.js';
import { runMediactl } from '../e2e/run.js';

test('--version, alone or not', async () => {
  const { stdout, exitCode, stderr } = await runMediactl(['--version']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^mediactl \d+\.\d+\.\d+\S*\nNode\.js \d+\.\S+ \(\S+ \S+\)\nFFmpeg \S+\n$/);
  const without = await runMediactl(['--version'], { env: { MEDIACTL_FFMPEG: '/nowhere/ffmpeg' } });
  expect(without).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^FFmpeg not found$/m) });
  expect((await runMediactl(['-V', 'encode'])).stdout).toBe(stdout);
});

/** A list of rules is no flag, and what only doctor, play or a service uses is a flag of theirs. */
const OTHERS: ReadonlySet<string> = new Set([
  ...['headers', 'corsOrigins', 'tmpDays', 'coldDays', 'coldClass'],
  ...['host', 'port', 'throttle', 'open', 'allowOrigin', 'beacon'],
  ...['tlsCert', 'tlsKey', 'insecure', 'rateLimit', 'forwarded', 'openMetrics', 'keepAddresses', 'rotateAt'],
  ...['keys', 'auth', 'tokenRate', 'records'],
]);

describe('help', () => {
  test('the overview is the same however it is asked for, and fits a terminal', async () => {
    for (const args of [['--help'], ['help'], ['-h', 'encode']]) {
      expect(await runMediactl(args)).toMatchObject({ exitCode: 0, stdout: overview(80), stderr: '' });
    }
  });

  test('each command has one: its flags, examples and exit codes, on stdout', async () => {
    const program = buildProgram('1.2.3', 80, async () => {});
    for (const name of Object.keys(COMMANDS)) {
      const found = commandsOf(program).find((one) => one.name === name);
      expect(found?.command.helpInformation()).toMatch(new RegExp(`^Usage: mediactl ${name} `));
    }
    const { stdout, exitCode, stderr } = await runMediactl(['ladders', '--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(program.commands.find((one) => one.name() === 'ladders')?.helpInformation());
    expect(await runMediactl(['help', 'ladders'])).toMatchObject({ stdout });
  });

  test('a group names its commands, and alone is wrong usage', async () => {
    const asked = await runMediactl(['beacon', '--help']);
    expect(asked).toMatchObject({ exitCode: 0, stderr: '', stdout: groupHelp('beacon', 80) });
    expect(asked.stdout).toMatch(/^ {2}beacon report DIR /m);
    expect((await runMediactl(['help', 'beacon'])).stdout).toBe(asked.stdout);
    expect(await runMediactl(['beacon'])).toMatchObject({ exitCode: 2, stdout: '', stderr: asked.stdout });
  });

  test('every setting but lists of rules is a flag of encode and of plan, and the overview names every command', () => {
    const program = buildProgram('1.2.3', 80, async () => {});
    for (const name of ['encode', 'plan']) {
      const flags = program.commands.find((command) => command.name() === name)?.options.map(({ long }) => long);
      for (const key of SETTING_KEYS.filter((name) => !OTHERS.has(name))) expect(flags).toContain(flagName(key, true));
    }
    expect(commandsOf(program).map(({ name }) => name)).toEqual(Object.keys(COMMANDS));
    expect(program.helpInformation()).toBe(overview(80));
  });

  test.each([40, 60, 80])('no line is wider than %i columns, but for words that cannot be broken', (width) => {
    const program = buildProgram('1.2.3', width, async () => {});
    for (const command of [program, ...program.commands, ...commandsOf(program).map((one) => one.command)]) {
      const wide = command
        .helpInformation()
        .split('\n')
        .filter((line) => displayWidth(line) > width);
      // A word of an example is never broken, nor is what is quoted.
      expect(wide.filter((line) => !/^ {4,6}(['"].*['"]|\S+)( \\)?$/.test(line))).toEqual([]);
    }
  });

  test('a command names exit codes that exist, and no heading is empty or a word of commander', () => {
    const known = new Set([0, ...Object.values(EXIT_CODES)]);
    expect(new Set(Object.keys(EXIT_MEANINGS).map(Number))).toEqual(known);
    for (const { exits } of Object.values(COMMAND_TEXTS)) for (const code of exits) expect(known).toContain(code);
    for (const { command } of commandsOf(buildProgram('1.2.3', 80, async () => {}))) {
      expect(command.helpInformation()).not.toMatch(/^Options:|display help/m);
      expect(command.helpInformation()).toMatch(/^Output options:$/m);
    }
  });

  test('flags without an effect are not listed, and those that scripts always give are taken everywhere', () => {
    const program = buildProgram('1.2.3', 80, async () => {});
    const helpOf = (name: string): string =>
      program.commands.find((command) => command.name() === name)?.helpInformation() ?? '';
    for (const name of ['ls', 'rm', 'upload', 'ladders']) expect(helpOf(name)).not.toMatch(/--ffmpeg|--verbose/);
    for (const flag of ['--receipt', '--bwlimit', '--nice', '--dry-run']) {
      expect(helpOf('plan')).not.toMatch(new RegExp(`^ .*${flag}`, 'm'));
    }
    expect(helpOf('plan')).toMatch(/--json +one JSON document/);
    for (const { command } of commandsOf(program).filter(({ name }) => name !== 'completion')) {
      const flags = command.options.map(({ long }) => long);
      for (const flag of ['--quiet', '--verbose', '--no-color', '--config', '--print-config', '--json']) {
        expect(flags).toContain(flag);
      }
    }
  });
});
