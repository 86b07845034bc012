import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Artifact } from '../../../src/model/artifact.js';
import { checkUploaded } from '../../../src/pipeline/delivery/check-delivered.js';
import { SEGMENT_BYTES, writeTitle } from '../../stages/verify/written-title.js';

let folder = '';
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'check-delivered-'));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

test('each form of a title is checked', async () => {
  await writeTitle(folder, { segments: 3, rungs: ['second'] });
  await fs.rename(path.join(folder, 'master.m3u8'), path.join(folder, 'cmaf.m3u8'));
  await writeTitle(folder, { segments: 3, rungs: ['first'] });
  const files = ['master.m3u8', 'cmaf.m3u8'].map((name): Artifact => ({
    path: name,
    class: 'multivariant-playlist',
    file: path.join(folder, name),
    bytes: 1,
  }));
  const check = (): Promise<void> => checkUploaded(folder, { files }, () => Promise.resolve(SEGMENT_BYTES));
  await check();

  const index = path.join(folder, 'second', 'index.m3u8');
  await fs.writeFile(index, (await fs.readFile(index, 'utf8')).replace('#EXT-X-ENDLIST\n', ''));
  await expect(check()).rejects.toMatchObject({
    code: 'verify-failed',
    reason: expect.stringContaining('second/index.m3u8') as unknown,
  });
});
