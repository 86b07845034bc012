import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completionScript } from '../../src/cli/completion/completion.js';
import { manPage } from '../../src/cli/man-page.js';
import { buildProgram, commandsOf } from '../../src/cli/program.js';
import { MediactlError } from '../../src/errors.js';
import { runMediactl } from '../e2e/run.js';

const program = buildProgram('1.2.3', 80, async () => {});
const has = (name: string): boolean => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;
let folder = '';

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mediactl-completion-'));
  fs.writeFileSync(path.join(folder, 'my movie.mp4'), '');
  fs.mkdirSync(path.join(folder, 'titles'));
  for (const shell of ['bash', 'zsh', 'fish']) {
    fs.writeFileSync(path.join(folder, `${shell}.sh`), completionScript(shell, program));
  }
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What bash offers after these words, the last of which is being typed. */
function bash(...words: string[]): string[] {
  const text = `source ./bash.sh
    COMP_WORDS=(mediactl "$@"); COMP_CWORD=$#; _mediactl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['--norc', '-c', text, 'bash', ...words], { cwd: folder, encoding: 'utf8' });
  return out.split('\n').filter((line) => line !== '');
}

function fish(line: string): string[] {
  const text = `source ./fish.sh; complete -C ${JSON.stringify(line)}`;
  const out = execFileSync('fish', ['--no-config', '-c', text], { cwd: folder, encoding: 'utf8' });
  return out.split('\n').map((one) => one.split('\t')[0] ?? '');
}

describe('bash', () => {
  test('completes commands, flags, values, files and folders', () => {
    expect(bash('enc')).toEqual(['encode']);
    expect(bash('encode', '--enc')).toEqual(['--encoder-preset']);
    expect(bash('encode', 'a.mp4', '--encoder-preset', 'veryf')).toEqual(['veryfast']);
    expect(bash('encode', '--storage-class', 'near')).toEqual(['nearline']);
    expect(bash('encode', '--ladder', 'vod')).toEqual(['vod', 'vod-4k']);
    expect(bash('encode', '--only', '72')).toEqual(['720p']);
    expect(bash('encode', 'my')).toEqual(['my movie.mp4']);
    expect(bash('encode', '-o', '')).toEqual(['titles']);
    expect(bash('encode', '--crf', '')).toEqual([]);
    expect(bash('ls', 't')).toEqual(['titles']);
    expect(bash('ls', '--ff')).toEqual([]);
    expect(bash('completion', 'z')).toEqual(['zsh']);
    expect(bash('help', 'pr')).toEqual(['probe']);
    expect(bash('beacon', 'rep')).toEqual(['report']);
    expect(bash('beacon', 'report', 't')).toEqual(['titles']);
    expect(bash('beacon', 'report', '--by', 'title,')).toEqual(['title,hour', 'title,day']);
  });

  test('knows each flag that the help of a command shows', () => {
    for (const { name, command } of commandsOf(program)) {
      const shown = [...command.helpInformation().matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag);
      expect(bash(...name.split(' '), '--').sort()).toEqual(shown.sort());
    }
  });
});

test.skipIf(!has('fish'))('fish completes the same', () => {
  expect(fish('mediactl enc')).toContain('encode');
  expect(fish('mediactl encode --enc')).toContain('--encoder-preset');
  expect(fish('mediactl encode --encoder-preset veryf')).toContain('veryfast');
  expect(fish('mediactl encode my')).toContain('my movie.mp4');
  expect(fish('mediactl encode -o ')).toContain('titles/');
  expect(fish('mediactl beacon ')).toEqual(expect.arrayContaining(['serve', 'report']));
  expect(fish('mediactl beacon serve --ins')).toEqual(['--insecure', '']);
  expect(fish('mediactl beacon report --ins')).not.toContain('--insecure');
});

test.skipIf(!has('zsh'))('zsh can read its script', () => {
  expect(spawnSync('zsh', ['-n', path.join(folder, 'zsh.sh')], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});

test('a shell that is not known is named', async () => {
  expect(() => completionScript('tcsh', program)).toThrow(MediactlError);
  const { exitCode, stdout, stderr } = await runMediactl(['completion']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/no SHELL was given\n {2}do: {2}name one of bash, zsh, fish/);
  expect((await runMediactl(['completion', 'bash'])).stdout).toBe(completionScript('bash', program));
});

describe('the manual page', () => {
  test('has every command, every flag that help shows, and every exit code', () => {
    const page = manPage('1.2.3').replaceAll('\\-', '-');
    for (const { name, command } of commandsOf(program)) {
      expect(page).toContain(`.SS mediactl ${name} `);
      for (const [, flag = ''] of command.helpInformation().matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)) {
        expect(page).toContain(flag);
      }
    }
    expect(page).toMatch(/^\.B 143$/m);
  });

  test('is built with the program', () => {
    const built = fileURLToPath(new URL('../../dist/mediactl.1', import.meta.url));
    expect(fs.readFileSync(built, 'utf8')).toMatch(/^\.TH MEDIACTL 1 /);
  });

  test.skipIf(!has('groff'))('is right for groff', () => {
    const { status, stderr, stdout } = spawnSync('groff', ['-man', '-Tascii', '-ww', '-P-c'], {
      input: manPage('1.2.3'),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    // Bold is a letter twice, with a backspace between.
    expect(stdout.replaceAll(/.\u0008/g, '')).toMatch(/^EXIT STATUS$/m);
  });
});
