import { describe, expect, test } from 'vitest';
import { samplePlan } from '../../../fixtures/plan.js';
import { recordedPlanSchema } from '../../../src/pipeline/finished/recorded-plan.js';
import { publicPlan, publicSource } from '../../../src/pipeline/record/public-source.js';

const PLAN = samplePlan('movie.mp4');
const recorded = (): unknown => JSON.parse(JSON.stringify(publicPlan(PLAN, publicSource(PLAN.source))));

describe('the plan in a record', () => {
  test('is the plan, but for where the source was', () => {
    expect(recordedPlanSchema.parse(recorded())).toEqual(PLAN);
  });

  test('of a version that said less is refused with what is missing', () => {
    const { grid: _, ...rest } = recorded() as Record<string, unknown>;
    expect(recordedPlanSchema.safeParse(rest).error?.issues[0]?.path).toEqual(['grid']);
  });

  test('of a title that is encrypted is refused for that', () => {
    const plan = JSON.parse(JSON.stringify(recorded())) as { packaging: { protection: unknown }[] };
    for (const form of plan.packaging) form.protection = { scheme: 'cbcs' };
    expect(recordedPlanSchema.safeParse(plan).error?.issues[0]?.path).toEqual(['packaging', 0, 'protection']);
  });
});
