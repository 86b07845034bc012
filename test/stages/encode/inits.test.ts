import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cmafPlan, pick } from '../../../fixtures/cut-streams.js';
import { createInits, type InitFile } from '../../../src/stages/encode/inits.js';

const rung = pick(cmafPlan('cmaf'), 'video', 'fmp4');
const [one, other] = [Buffer.from('one'), Buffer.from('other')];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-inits-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the first is kept and told of once; another one is no part of the rendition', async () => {
  const told: InitFile[] = [];
  const inits = createInits(folder, (init) => told.push(init));
  await Promise.all([inits.keep(rung, one), inits.keep(rung, one)]);
  expect(told).toEqual([{ rendition: rung.id, file: 'init.mp4', bytes: one.length }]);
  await expect(inits.keep(rung, other)).rejects.toMatchObject({ code: 'grid-broken' });
  expect(await readFile(join(folder, rung.id, 'init.mp4'))).toEqual(one);
});

test('what an earlier run has made stays, and what this one makes must go with it', async () => {
  await createInits(folder, () => {}).keep(rung, one);
  await createInits(folder, () => {}).keep(rung, one);
  await expect(createInits(folder, () => {}).keep(rung, other)).rejects.toMatchObject({ code: 'grid-broken' });
  expect(await readFile(join(folder, rung.id, 'init.mp4'))).toEqual(one);
});
