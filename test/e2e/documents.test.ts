import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { runMediactl } from './run.js';

const schema: { $id: string } = JSON.parse(
  fs.readFileSync(new URL('../../docs/documents.schema.json', import.meta.url), 'utf8'),
);
const ajv = new Ajv2020().addSchema(closed(schema));
let folder = '';

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mediactl-documents-'));
  const input = await clip('short04');
  const args = ['encode', input, '--only', '180p', '--encoder-preset', 'ultrafast', '-q', '-o', 'title'];
  const { exitCode, stderr } = await runMediactl(args, { cwd: folder });
  if (exitCode !== 0) throw new Error(stderr);
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** The same schema, in which keys that it does not name are wrong: readers may rely on its being whole. */
function closed<T>(part: T): T {
  if (Array.isArray(part)) return part.map(closed) as T;
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([key, value]) => [key, closed(value)]);
  const isOpen = 'type' in part && 'properties' in part && !('additionalProperties' in part);
  return Object.fromEntries(isOpen ? [...entries, ['additionalProperties', false]] : entries);
}

/** What is wrong with a command's document, by its definition in docs/documents.schema.json. */
async function problems(definition: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await runMediactl([...args, '--json'], { cwd: folder });
  const validate = ajv.getSchema(`${schema.$id}#/$defs/${definition}`);
  void validate?.(JSON.parse(stdout));
  return validate?.errors ?? null;
}

test('the documents of docs/documents.schema.json are what the commands print, to the last key', async () => {
  const input = await clip('short04');
  expect(await problems('probe', 'probe', input)).toBeNull();
  expect(await problems('plan', 'plan', input, '-o', 'other')).toBeNull();
  expect(await problems('plan', 'plan', input, '-o', 'other', '--start', '0.1', '--end', '0.3')).toBeNull();
  const mended = await clip('transportNewPids');
  expect(await problems('probe', 'probe', mended)).toBeNull();
  expect(await problems('plan', 'plan', mended, '-o', 'other', '--rate-control', 'abr')).toBeNull();
  expect(await problems('plan', 'plan', input, '-o', 'title', '--only', '180p')).toBeNull();
  expect(await problems('ladders', 'ladders')).toBeNull();
  expect(await problems('ladder', 'ladders', 'long-form')).toBeNull();
  expect(await problems('doctor', 'doctor')).toBeNull();
  expect(await problems('ls', 'ls', '.')).toBeNull();
  expect(await problems('printConfig', 'encode', '--print-config')).toBeNull();
});

test('a document of another kind is not valid, so that this would be seen', async () => {
  expect(await problems('probe', 'doctor')).not.toBeNull();
  expect(await problems('ls', 'ladders', 'vod')).not.toBeNull();
});
