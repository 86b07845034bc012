import { expect, test } from 'vitest';
import { samplePlan, sampleSchedule } from '../../../fixtures/plan.js';
import { requireFiltersOf } from '../../../src/pipeline/encoding/require-filters.js';
import type { Capabilities } from '../../../src/tools/capabilities.js';
import { localAddress } from '../../../src/tools/input-safety.js';
import { FEATURES } from '../../../src/tools/needed-features.js';

const plan = samplePlan('/in.mp4');
const schedule = sampleSchedule(plan);
const address = localAddress('/in.mp4');

function capabilities(without?: string): Capabilities {
  const filters = new Set(FEATURES.filter(({ name }) => name !== without).map(({ name }) => name));
  return { version: '8.0', major: 8, minor: 0, encoders: new Set(), decoders: new Set(), filters };
}

test('a filter that the plan needs is missed before anything is made, one that it does not need is not', () => {
  expect(() => requireFiltersOf({ plan, schedule, capabilities: capabilities() }, address)).not.toThrow();
  expect(() => requireFiltersOf({ plan, schedule, capabilities: capabilities('tinterlace') }, address)).not.toThrow();
  expect(() => requireFiltersOf({ plan, schedule, capabilities: capabilities('pad') }, address)).toThrow(
    expect.objectContaining({ code: 'tool-lacks-feature', message: 'this FFmpeg has no filter pad' }),
  );
});
