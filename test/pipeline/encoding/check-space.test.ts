import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { samplePlan } from '../../../fixtures/plan.js';
import type { EncodePlan } from '../../../src/model/plan.js';
import { checkSpace } from '../../../src/pipeline/encoding/check-space.js';

const folder = tmpdir();
const stats = statfsSync(folder);
const free = stats.bavail * stats.bsize;

/** A plan of three renditions and a hundred seconds that will probably take so many bytes. */
function planOf(bytes: number): EncodePlan {
  const plan = samplePlan('a.mp4');
  return {
    ...plan,
    // The estimate is the lower of a share of the caps and a multiple of the source.
    source: { ...plan.source, bytes: bytes / 4 },
    prediction: { maxBytes: bytes * 100, segments: 50 },
    timeline: { ...plan.timeline, expectedSeconds: 100 },
  };
}

function missing(doneSeconds: number): { doneSeconds: Record<string, number> } {
  return { doneSeconds: Object.fromEntries(planOf(1).renditions.map(({ id }) => [id, doneSeconds])) };
}

test('a title that fits is begun, one that cannot is not', async () => {
  await checkSpace(planOf(free / 2), missing(0), folder);
  await expect(checkSpace(planOf(free * 2), missing(0), folder)).rejects.toMatchObject({
    code: 'disk-full',
    reason: expect.stringContaining(' free at '),
  });
});

test('what is made already needs no room', async () => {
  await checkSpace(planOf(free * 2), missing(80), folder);
  await expect(checkSpace(planOf(free * 2), missing(20), folder)).rejects.toMatchObject({ code: 'disk-full' });
  // Longer than headers promised: no more than all of it.
  await checkSpace(planOf(free * 2), missing(1000), folder);
});

test('where segments leave the disk as they come, only what is on it at once counts', async () => {
  await checkSpace(planOf(free * 2), missing(0), folder, free / 2);
});

test('where headers do not say how long a title is, nothing can be said', async () => {
  const plan = planOf(free * 2);
  await checkSpace({ ...plan, timeline: { ...plan.timeline, expectedSeconds: null } }, missing(0), folder);
  await checkSpace({ ...plan, prediction: { maxBytes: null, segments: null } }, missing(0), folder);
});
