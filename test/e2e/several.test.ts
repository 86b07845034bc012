import { readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { runMediactl } from './run.js';

const schema: unknown = JSON.parse(readFileSync(new URL('../../docs/events.schema.json', import.meta.url), 'utf8'));
const QUICK = ['--ladder', 'live', '--encoder-preset', 'ultrafast'];
let cwd = '';

beforeAll(async () => {
  cwd = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-several-'));
  for (const folder of ['s1', 's2']) {
    await fs.mkdir(path.join(cwd, folder));
    await fs.copyFile(await clip('plain3'), path.join(cwd, folder, 'ep.mp4'));
  }
});
afterAll(() => fs.rm(cwd, { recursive: true, force: true }));

test('one after the other, each with its result or error; the exit code is the largest, the summary last', async () => {
  const inputs = ['s1/ep.mp4', 'nothing.mp4', 's2/ep.mp4'];
  const ran = await runMediactl(['encode', ...inputs, '-o', 'out/{dir}/{name}', '--json', ...QUICK], { cwd });
  const validate = new Ajv2020({ validateFormats: false }).compile(Object(schema));
  for (const line of ran.events) expect([validate(line), line, validate.errors]).toEqual([true, line, null]);
  expect(ran.exitCode).toBe(3);
  const told = ran.events.filter(({ type }) => ['input', 'result', 'error', 'summary'].includes(type));
  expect(told.map(({ type, input }) => [type, input])).toEqual([
    ['input', 's1/ep.mp4'],
    ['result', undefined],
    ['input', 'nothing.mp4'],
    ['error', undefined],
    ['input', 's2/ep.mp4'],
    ['result', undefined],
    ['summary', undefined],
  ]);
  expect(ran.events.at(-1)).toMatchObject({
    type: 'summary',
    exitCode: 3,
    titles: [
      { input: 's1/ep.mp4', exitCode: 0, code: null, outcome: 'encoded', output: path.join(cwd, 'out/s1/ep') },
      { input: 'nothing.mp4', exitCode: 3, code: 'input-not-found', playlist: null },
      { input: 's2/ep.mp4', exitCode: 0, output: path.join(cwd, 'out/s2/ep') },
    ],
    notBegun: [],
  });

  const text = await runMediactl(['encode', ...inputs, '-o', 'out/{dir}/{name}', ...QUICK], { cwd });
  const playlists = ['s1', 's2'].map((folder) => `${path.join(cwd, 'out', folder, 'ep', 'master.m3u8')}\n`);
  expect(text).toMatchObject({ exitCode: 3, stdout: playlists.join('') });
  expect(text.stderr).toMatch(/3 inputs: 2 made, 1 failed\n {2}nothing\.mp4: input-not-found \(3\)\n$/);
});

test('two that would go to one place are refused before anything is begun', async () => {
  const ran = await runMediactl(['encode', 's1/ep.mp4', 's2/ep.mp4', '--json', ...QUICK], { cwd });
  expect(ran.exitCode).toBe(2);
  expect(ran.events).toMatchObject([{ type: 'error', code: 'usage', hint: expect.stringContaining('{dir}') }]);
  expect(await fs.readdir(cwd)).not.toContain('ep');
});
