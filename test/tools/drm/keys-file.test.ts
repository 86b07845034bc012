import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MediactlError } from '../../../src/errors.js';
import { heightOfLabel, labelOfPicture, uuidOf } from '../../../src/model/content-keys.js';
import { parseKeys, readKeysFile } from '../../../src/tools/drm/keys-file.js';

const KID = '0123456789abcdef0123456789abcdef';
const KEY = 'fedcba98765432100f1e2d3c4b5a6978';
const ONE = { kid: KID, key: KEY, label: 'all' };

const text = (keys: unknown, schema = 'mediactl.keys/1'): string => JSON.stringify({ schema, title: 'movie', keys });

let folder = '';
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'keys-'));
});
afterAll(() => fs.rm(folder, { recursive: true, force: true }));

async function write(name: string, mode: number): Promise<string> {
  const file = path.join(folder, name);
  await fs.writeFile(file, text([ONE]));
  await fs.chmod(file, mode);
  return file;
}

test('a file of its owner alone is read; UUIDs and capitals are KIDs, too', async () => {
  const { title, keys } = await readKeysFile(await write('good.json', 0o600));
  expect(title).toBe('movie');
  expect(keys.map(({ kid, label }) => [kid, label])).toEqual([[KID, 'all']]);
  expect(Buffer.from(keys[0]?.key.reveal() ?? []).toString('hex')).toBe(KEY);
  const other = parseKeys(text([{ kid: uuidOf(KID).toUpperCase(), key: KEY.toUpperCase(), label: 'sd' }]), 'x');
  expect(other.keys[0]?.kid).toBe(KID);
});

test.each([0o640, 0o604, 0o660, 0o601])('with permissions %o it is refused', async (mode) => {
  const file = await write('open.json', mode);
  await expect(readKeysFile(file)).rejects.toMatchObject({ code: 'keys-exposed', exitCode: 2 });
});

test('what is not there, and what is a folder, is said', async () => {
  await expect(readKeysFile(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'input-not-found' });
  await expect(readKeysFile(folder)).rejects.toBeInstanceOf(MediactlError);
});

describe('is no file of keys, and shows nothing of what is in it', () => {
  test.each([
    ['no JSON', `{"keys": ${KEY}`, 'not JSON'],
    ['another schema', text([ONE], 'mediactl.keys/2'), 'schema'],
    ['no key', text([]), 'one key at least'],
    ['a short key', text([{ kid: KID, key: KEY.slice(1), label: 'all' }]), 'keys.0.key: 32 hex digits'],
    ['zeros', text([{ kid: KID, key: '0'.repeat(32), label: 'all' }]), 'keys.0.key: it is all zeros'],
    ['a key that is its KID', text([{ kid: KEY, key: KEY, label: 'all' }]), 'keys.0: the key is its own KID'],
    ['a label that is none', text([{ kid: KID, key: KEY, label: `${KEY}/..` }]), 'keys.0.label'],
    ['the same label twice', text([ONE, { kid: KEY, key: KID, label: 'all' }]), 'keys.1.label: another key'],
    ['the same key twice', text([ONE, { kid: '1'.repeat(32), key: KEY, label: 'sd' }]), 'keys.1.key: another key'],
    ['a number for a key', text([{ kid: KID, key: 7, label: 'all' }]), 'keys.0.key: a text'],
  ])('%s', (_, content, reason) => {
    let thrown: unknown;
    try {
      parseKeys(content, 'movie.keys.json');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'keys-invalid', reason: expect.stringContaining(reason) });
    expect(inspect(thrown, { depth: 9 })).not.toContain(KEY.slice(1));
  });
});

test('a key shows itself to who asks, and to nobody else', () => {
  const [key] = parseKeys(text([ONE]), 'x').keys;
  for (const shown of [JSON.stringify(key), inspect(key, { depth: 9, showHidden: true }), String(key?.key)]) {
    expect(shown).not.toMatch(/fedcba98|\/ty6m|254/i);
  }
});

test('labels say which pictures a key opens', () => {
  expect([...'sd hd uhd all audio 720p 2160p-hi audio-en odd'.split(' ')].map(heightOfLabel)).toEqual([
    ...[576, 1080, Infinity, Infinity, null, 720, 2160, null, Infinity],
  ]);
  expect(labelOfPicture({ width: 1024, height: 576 })).toBe('sd');
  expect(labelOfPicture({ width: 1080, height: 1920 })).toBe('hd');
  expect(labelOfPicture({ width: 3840, height: 1606 })).toBe('uhd');
});
