import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMediactl } from './run.js';

let folder = '';

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-usage-'));
  await fs.writeFile(path.join(folder, 'my movie.mp4'), 'not really');
});

afterAll(async () => {
  await fs.rm(folder, { recursive: true, force: true });
});

describe('wrong usage ends with 2 and says what would be right', () => {
  test.each([
    [['encod', 'a.mp4'], /^error: unknown command 'encod'\n {2}do: {2}did you mean encode\?\n$/],
    [['my movie.mp4'], /unknown command 'my movie\.mp4'\n {2}do: {2}did you mean mediactl encode 'my movie\.mp4'\?\n$/],
    [['encode', 'a.mp4', '--josn'], /^error: unknown option '--josn'\n {2}do: {2}did you mean --json\?\n$/],
    [['plan', 'a.mp4', '--encoder-prset', 'x'], /did you mean --encoder-preset\?/],
    [['encode', 'a.mp4', '--qqqqqq'], /^error: unknown option '--qqqqqq'\n {2}do: {2}see mediactl encode --help\n$/],
    [['encode', 'a.mp4', '--preset', 'fast'], /did you mean --encoder-preset\?/],
    [['plan', 'a.mp4', '--quality', '20'], /did you mean --crf\?/],
    [['encode', 'a.mp4', '--output-dir', 'x'], /did you mean -o\?/],
    [['encode', 'a.mp4', '-y'], /same source need no flag; --replace replaces a title made from another source/],
    [['encode', '-i', 'a.mp4'], /INPUT takes no flag/],
    [['encode', 'a.mp4', '--forse'], /do: {2}see mediactl encode --help\n$/],
    [['probe', 'a.mp4', '--ladder', 'vod'], /do: {2}--ladder is a flag of encode, plan\n$/],
    [['man'], /do: {2}for help: mediactl help, or man mediactl\n$/],
    [['rn', 'x'], /do: {2}see mediactl --help\n$/],
    [['-v'], /do: {2}for the version: mediactl --version\n$/],
    [['encode', 'a.mp4', '--only', 'x', '--storage-class', 'nearlin'], /did you mean "NEARLINE"\?/i],
    [['encode'], /^error: no INPUT was given\n/],
    [['probe', ''], /^error: no INPUT was given\n/],
    [['plan', 'my', 'movie.mp4'], /too many arguments.*\n.*quotes/],
    [['encode', 'a.mp4', '--jobs'], /^error: -j, --jobs <n> needs a value\n/],
    [['encode', 'a.mp4', '--jobs', 'many'], /--jobs: "many" is not valid: expected a whole number from 1 to 64/],
    [['encode', 'a.mp4', '--decode', 'sharde'], /--decode: .*"sharde".*"shared"/],
    [['encode', 'a.mp4', '--encoder-preset', 'veryfats'], /--encoder-preset: .*"veryfast"/],
    [['encode', 'a.mp4', '--nothing=yes'], /^error: --nothing is unknown here, or takes no value: --nothing=yes\n/],
    [['encode', 'a.mp4', '--bwlimit', '1M'], /^error: --bwlimit has no effect without a bucket\n.*\n.*add --to gs:/],
    [
      ['plan', 'a.mp4', '--to', 'x', '--upload-jobs', '3', '--acl', 'private'],
      /^error: --acl, --upload-jobs have no ef/,
    ],
    [['encode', 'a.mp4', 'b.mp4', '--metadata', 'a=b', '--no-receipt'], /^error: --metadata has no effect without a/],
    [['doctor', '--fix'], /do: {2}run mediactl doctor gs:/],
    [['ls', 'gs://b/x'], /"b" is not a bucket name: use 3 to 63 characters/],
    [['ls', 'gs://-bucket/x'], /"-bucket" is not a bucket name: use a letter or a digit as its first and last/],
    [['ls', 'gs://Bucket/x'], /"Bucket" is not a bucket name: use lower-case letters/],
    [['encode', 'a.mp4', '--quiet', '--verbose'], /cannot be used with/],
    [['encode', 'a.mp4', '--resume', '--fresh'], /cannot be used with/],
    [
      ['encode', '-'],
      /^error: reading the source from stdin \(-\) is not supported\n {2}why: .*\n {2}do: {2}save it first/,
    ],
    [['probe', '-'], /stdin \(-\) is not supported/],
    [['plan', '/dev/stdin'], /stdin \(\/dev\/stdin\) is not supported/],
    [['plan', '-'], /stdin \(-\) is not supported/],
    [['--strict', 'encode', 'a.mp4'], /do: {2}flags go after the command: mediactl encode a\.mp4 --strict\n$/],
    [['ladders', 'vodd'], /did you mean "vod"\?/],
    [['beacon', 'reprot'], /^error: unknown command 'reprot'\n {2}do: {2}did you mean report\?\n$/],
    [['beacon', 'serve', 'x', '--sinec', '1h'], /do: {2}see mediactl beacon serve --help\n$/],
    [['beacon', 'serve', 'x', '--since', '1h'], /do: {2}--since is a flag of beacon report\n$/],
    [
      ['beacon', 'serve', 'x', '--host', '0.0.0.0'],
      /^error: 0\.0\.0\.0 is for other machines, .*\n {2}do: .*--insecure\n$/,
    ],
    [['beacon', 'serve', 'x', '--tls-cert', 'a.pem'], /--tls-cert and --tls-key belong together/],
    [['beacon', 'report', '.', '--since', 'noon'], /--since: "noon" is no time/],
    [['beacon', 'report', '.', '--by', 'minute'], /Allowed choices are title,hour, /],
    [['beacon', 'report'], /^error: no DIR was given\n/],
  ] as const)('%j', async (args, expected) => {
    const { exitCode, stdout, stderr } = await runMediactl(args, { cwd: folder });
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  test('a file whose name was not typed to its end is named', async () => {
    const { exitCode, stderr } = await runMediactl(['probe', 'my mov'], { cwd: folder });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^error: there is no file my mov\n {2}do: {2}did you mean 'my movie\.mp4'\?\n$/);
  });

  test('help as an input says how to get help', async () => {
    const { exitCode, stderr } = await runMediactl(['encode', 'help'], { cwd: folder });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: 'error: there is no file named help\n  do:  for help on encode: mediactl help encode\n',
    });
  });

  test('no command at all: the help, on stderr', async () => {
    const { exitCode, stdout, stderr } = await runMediactl([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: mediactl COMMAND/);
  });

  test.each([
    [['encode', '-', '--json'], 'usage'],
    [['encode', 'a.mp4', '--json', '--josn'], 'usage'],
    [['encode', 'a.mp4', '--json', '--jobs', 'many'], 'config'],
    [['ladders', 'vodd', '--json'], 'config'],
    [['probe', 'nothing-here.mp4', '--json'], 'input-not-found'],
  ] as const)('with --json, stdout has one error line: %j', async (args, code) => {
    const { exitCode, events, stderr } = await runMediactl(args, { cwd: folder });
    expect(events).toMatchObject([{ v: 1, type: 'error', code, exitCode }]);
    expect(stderr).toMatch(/^error: /);
  });

  test('flags about uploads are taken where a source is in a bucket, and --no-receipt everywhere', async () => {
    const args = ['--anonymous', '--endpoint', 'http://127.0.0.1:9', '--upload-jobs', '3', '--no-receipt', '--dry-run'];
    const { stderr } = await runMediactl(['encode', 'gs://media/a.mp4', ...args], { cwd: folder });
    expect(stderr).not.toContain('no effect');
  });

  test.each(['--json=yes', '--json=1'])('%s asks for JSON, too: the error is a line of it', async (flag) => {
    const { exitCode, stdout } = await runMediactl(['encode', 'a.mp4', flag], { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ v: 1, type: 'error', code: 'usage', exitCode });
  });

  test('a file named like a flag can be given after --', async () => {
    const { stderr, exitCode, stdout } = await runMediactl(['probe', '--', '--json'], { cwd: folder });
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(/^error: .*--json/);
  });
});

describe('--print-config', () => {
  test('each setting and where it came from; repeated lists add up; needs no INPUT', async () => {
    await fs.writeFile(path.join(folder, '.mediactlrc.json'), '{"nice": 5, "jobs": 2}');
    const args = [
      'encode',
      '--print-config',
      '--jobs',
      '3',
      '--fresh',
      '--no-keep',
      '--only',
      '720p',
      '--only',
      '480p,360p',
    ];
    const env = { MEDIACTL_STALL_TIMEOUT: '60' };
    const { exitCode, stdout } = await runMediactl(args, { cwd: folder, env });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^jobs +3 +flag --jobs$/m);
    expect(stdout).toMatch(/^nice +5 +file .*\.mediactlrc\.json$/m);
    expect(stdout).toMatch(/^stallTimeout +60 +environment MEDIACTL_STALL_TIMEOUT$/m);
    expect(stdout).toMatch(/^resume +false +flag --fresh$/m);
    expect(stdout).toMatch(/^keep +false +flag --no-keep$/m);
    expect(stdout).toMatch(/^only +\["720p","480p","360p"\] +flag --only$/m);
    expect(stdout).toMatch(/^ladder +"vod" +default$/m);

    const ignored = await runMediactl([...args, '--no-config', '--json'], { cwd: folder, env });
    expect(JSON.parse(ignored.stdout)).toMatchObject({ nice: { value: null, source: 'default' } });
  });
});
