import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { runMediactl, startMediactl } from './run.js';

const run = promisify(execFile);
const bin = fileURLToPath(new URL('../../bin/mediactl.js', import.meta.url));
const schema: unknown = JSON.parse(readFileSync(new URL('../../docs/events.schema.json', import.meta.url), 'utf8'));
const fast = ['--encoder-preset', 'ultrafast'];
let folder = '';
let source = '';

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-cli-encode-'));
  source = await clip('pal25');
});

afterAll(async () => {
  await fs.rm(folder, { recursive: true, force: true });
});

describe('encode --json', () => {
  test('every line is as the schema says, the last one is the result, and the same again changes nothing', async () => {
    const validate = new Ajv2020({ validateFormats: false }).compile(Object(schema));
    const args = ['encode', source, '-o', 'json', '--json', ...fast];
    const first = await runMediactl(args, { cwd: folder });
    for (const line of first.events) expect([validate(line), line, validate.errors]).toEqual([true, line, null]);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.events.at(-1)).toMatchObject({
      type: 'result',
      outcome: 'encoded',
      output: path.join(folder, 'json'),
    });
    const types = new Set(first.events.map(({ type }) => type));
    for (const type of ['stage', 'start', 'progress', 'segment', 'command']) expect(types).toContain(type);
    const { events } = await runMediactl(args, { cwd: folder });
    for (const line of events) expect(validate(line)).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: 'result', outcome: 'unchanged' });
  });

  test('a reader that closes the pipe ends it with 141', async () => {
    const command = '{ { "$@"; echo "code $?" >&3; } | head -1 >/dev/null; } 3>&1';
    const args = [process.execPath, bin, 'encode', source, '-o', 'pipe', '--json', ...fast];
    const { stdout, stderr } = await run('bash', ['-c', command, 'bash', ...args], { cwd: folder });
    expect(stdout).toBe('code 141\n');
    expect(stderr).toMatch(/^error: the reader closed stdout\n/);
    await expect(fs.access(path.join(folder, 'pipe'))).rejects.toThrow();
  });
});

describe('encode without a terminal', () => {
  test('lines on stderr, the table last; on stdout the playlist and nothing else, also with --quiet', async () => {
    const { exitCode, stdout, stderr } = await runMediactl(['encode', source, '-o', 'log', ...fast], { cwd: folder });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${path.join(folder, 'log', 'master.m3u8')}\n` });
    expect(stderr).toMatch(/^\[[\d:]+\] .* → .*log: \d renditions, [\d.]+ s\n/);
    expect(stderr).toMatch(/\n✔ encoded [\d.]+ s in .*realtime\)\n\n {2}rendition +resolution .*\n {2}\d+p +\d+×\d+ /);
    expect(stderr).toContain(`play it with any HLS player:\n  ffplay ${path.join(folder, 'log', 'master.m3u8')}\n`);
    const again = await runMediactl(['encode', source, '-o', 'log', '--quiet', ...fast], { cwd: folder });
    expect(again).toMatchObject({ exitCode: 0, stdout, stderr: '' });
    const told = await runMediactl(['encode', source, '-o', 'log', ...fast], { cwd: folder });
    expect(told.stderr).toMatch(
      /^✔ unchanged: [^]*?\n\n.*log\/master.m3u8\nplay it with any HLS player:\n  ffplay .*\n$/,
    );
  });

  test('Ctrl-C says how to go on, except where nothing is kept', async () => {
    for (const [flags, hint] of [
      [[], '  do:  run the same command again to resume: finished chunks are kept\n'],
      [['--fresh'], '  do:  run the same command again, without --fresh, to resume: finished chunks are kept\n'],
      [['--no-keep'], ''],
    ] as const) {
      const { child, done, waitFor } = startMediactl(
        ['encode', source, '-o', 'stop', '--encoder-preset', 'placebo', '--verbose', ...flags],
        { cwd: folder },
      );
      await waitFor(/encode \d+p: ffmpeg/);
      child.kill('SIGINT');
      const { exitCode, stderr } = await done;
      expect({ exitCode, end: stderr.slice(stderr.indexOf('error:')) }).toEqual({
        exitCode: 130,
        end: `error: interrupted\n${hint}`,
      });
    }
  });
});

test('tracks that are left out are in result and record; what a viewer would miss is a warning, and fails --strict', async () => {
  const subtitled = await clip('languages');
  const args = ['encode', subtitled, '-o', 'subtitled', '--only', '180p', '--audio-lang', 'en', '--json', ...fast];
  const strict = await runMediactl([...args, '--strict'], { cwd: folder });
  expect(strict.events.at(-1)).toMatchObject({ type: 'error', code: 'strict-warnings', exitCode: 9 });
  const { events, exitCode } = await runMediactl(args, { cwd: folder });
  const leftOut = [
    { track: 2, kind: 'audio', codec: 'ac3', language: 'fr', code: 'not-asked' },
    { track: 3, kind: 'audio', codec: 'aac', language: 'ja', code: 'not-asked' },
    { track: 4, kind: 'subtitles', codec: 'subrip', language: 'en', code: 'subtitles' },
    { track: 5, kind: 'subtitles', codec: 'subrip', language: 'fr', code: 'subtitles' },
  ];
  const warnings = [{ code: 'subtitles-left-out', count: 2 }];
  expect(exitCode).toBe(0);
  expect(events.at(-1)).toMatchObject({ type: 'result', status: 'complete', leftOut, warnings });
  const record: unknown = JSON.parse(await fs.readFile(path.join(folder, 'subtitled', 'mediactl.json'), 'utf8'));
  expect(record).toMatchObject({ status: 'complete', leftOut, warnings });
  const again = await runMediactl(args, { cwd: folder });
  expect(again.events.at(-1)).toMatchObject({ outcome: 'unchanged', leftOut });
});

test('encode --dry-run is plan, and writes nothing', async () => {
  const [dry, plan] = await Promise.all(
    [
      ['encode', source, '-o', 'dry', '--dry-run'],
      ['plan', source, '-o', 'dry'],
    ].map((args) => runMediactl(args, { cwd: folder })),
  );
  expect(dry).toMatchObject({ exitCode: 0, stderr: '' });
  expect(dry?.stdout).toBe(plan?.stdout);
  expect(await fs.readdir(folder)).not.toContain('dry');
});
