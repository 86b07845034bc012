import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { sampleSite } from '../../fixtures/encode-site.js';
import { samplePlan } from '../../fixtures/plan.js';
import { sampleRun } from '../../fixtures/run-context.js';
import type { Event } from '../../src/model/events.js';
import { toNumber } from '../../src/model/rational.js';
import type { Delivery } from '../../src/pipeline/delivery/delivery.js';
import { folderDelivery } from '../../src/pipeline/delivery/folder-delivery.js';
import { plannedAudioEnd } from '../../src/pipeline/encoding/audio-end.js';
import { openDamage } from '../../src/pipeline/encoding/damage.js';
import { encodeMissing, type Encoded } from '../../src/pipeline/encoding/encode-missing.js';
import { findMissing } from '../../src/pipeline/encoding/missing.js';
import { openJournal } from '../../src/pipeline/work/journal.js';

/** A film of 7.3 s of which the headers promise 20 s: sound is made to 20 s, and its end again when the pictures have ended. */

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'encode-missing-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

type OnEvent = (event: Event, abort: () => void) => void;

/** Goes on in the folder of that name. `brought`: path and checksum of each segment, when it was delivered. */
async function run(name: string, brought: string[], onEvent: OnEvent = () => {}): Promise<Encoded> {
  const folder = join(root, name);
  const source = await clip('film7');
  const base = samplePlan(source);
  const plan = { ...base, timeline: { ...base.timeline, expectedSeconds: 20, expectedFrames: 480 } };
  const journal = openJournal(folder, null);
  const delivery: Delivery = {
    ...folderDelivery(folder, join(root, 'title')),
    async take(path, file) {
      const sum = createHash('md5').update(await readFile(file));
      brought.push(`${path} ${sum.digest('hex')}`);
    },
  };
  const controller = new AbortController();
  const output = { journal, delivery, damage: await openDamage(folder, plan.source) };
  const site = sampleSite(plan, folder);
  const running = sampleRun({
    signal: controller.signal,
    emit: (event) => onEvent(event, () => controller.abort(new Error('killed'))),
  });
  try {
    const job = { plan, missing: await findMissing(plan, journal), audioEnd: plannedAudioEnd(plan) };
    return await encodeMissing(job, site, output, running);
  } finally {
    await journal.close();
  }
}

const isAudio = (path: string): boolean => path.startsWith('audio');

test('sound that is made again is delivered once, also when a run was interrupted before that', async () => {
  const whole: string[] = [];
  const { length } = await run('whole', whole);
  expect(toNumber(length)).toBeCloseTo(7.3, 1);
  expect(whole.filter(isAudio)).toHaveLength(4);

  const killed: string[] = [];
  const interrupted = run('killed', killed, (event, abort) => {
    if (event.type === 'segment' && isAudio(event.rendition) && event.index === 9) abort();
  });
  await expect(interrupted).rejects.toThrow('killed');
  // All is made, and of the sound only what is sure to stay has left.
  expect(killed.filter(isAudio).length).toBeLessThan(4);
  expect(whole).toEqual(expect.arrayContaining(killed));

  const resumed: string[] = [];
  expect((await run('killed', resumed)).length).toEqual(length);
  // Here nothing leaves the folder: what was brought is brought again, with the same bytes, and nothing else.
  expect(resumed.toSorted()).toEqual(whole.toSorted());
});

test('progress goes on where the sound was, when its end is made again', async () => {
  const seconds: number[] = [];
  let remade = false;
  await run('progress', [], (event) => {
    if (event.type === 'segment' && isAudio(event.rendition) && event.index === 9) remade = true;
    if (event.type === 'progress' && isAudio(event.rendition) && remade) seconds.push(event.seconds);
  });
  expect(seconds.length).toBeGreaterThan(0);
  expect(Math.min(...seconds)).toBeGreaterThan(5.9);
});
