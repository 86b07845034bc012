import { describe, expect, test } from 'vitest';
import { samplePlan } from '../../../fixtures/plan.js';
import type { EncodePlan } from '../../../src/model/plan.js';
import { originalOf, packagePlan } from '../../../src/pipeline/finished/package-plan.js';

const PLAN: EncodePlan = samplePlan('movie.mp4');
const title = { plan: PLAN, isClosed: () => true };

describe('the plan of a title that is packaged', () => {
  test('of another form has the same streams under names of their own, in its clock', () => {
    const { packaging, renditions, grid } = packagePlan(title, 'cmaf');
    expect(packaging).toMatchObject([{ container: 'fmp4', manifests: ['hls', 'dash'], zeroSeconds: 0 }]);
    expect(grid).toEqual(PLAN.grid);
    expect(renditions.map(({ name }) => name)).toEqual(PLAN.renditions.map(({ name }) => name));
    expect(renditions.map(({ timescale }) => timescale)).toEqual([24_000, 24_000, 48_000]);
    for (const [i, { id, container }] of renditions.entries()) {
      expect(container).toBe('fmp4');
      expect(id).not.toBe(PLAN.renditions[i]?.id);
    }
    expect(packagePlan(title, 'cmaf')).toEqual(packagePlan(title, 'cmaf'));
  });

  test('of the same form keeps names, and where its clock begins', () => {
    const [form] = PLAN.packaging;
    if (!form) throw new Error('there is no form');
    const late = { ...PLAN, packaging: [{ ...form, zeroSeconds: 2.5 }] };
    const { packaging, renditions } = packagePlan({ plan: late, isClosed: () => true }, 'hls');
    expect(renditions).toEqual(PLAN.renditions);
    expect(packaging).toMatchObject([{ zeroSeconds: 2.5 }]);
  });

  test('of both forms lists each stream in both, and says what is written', () => {
    const plan = packagePlan(title, 'hls,cmaf');
    expect(plan.renditions.map(({ name, container }) => `${name} ${container}`)).toEqual(
      PLAN.renditions.flatMap(({ name }) => [`${name} mpegts`, `${name} fmp4`]),
    );
    expect(plan.decisions.slice(-2)).toMatchObject([
      { choice: 'TS', reason: 'taken as it is' },
      { choice: 'CMAF', reason: 'the same stream, written anew' },
    ]);
  });

  test('of streams that are in none of our forms is written anew throughout', () => {
    const { renditions } = packagePlan({ plan: PLAN, isClosed: () => false }, 'hls');
    for (const [i, { id }] of renditions.entries()) expect(id).not.toBe(PLAN.renditions[i]?.id);
  });

  test('knows of which rendition each is made: of its own form, where that is there', () => {
    const both = { plan: packagePlan(title, 'hls,cmaf'), isClosed: () => true };
    const again = packagePlan(both, 'cmaf');
    expect(again.renditions.map((rendition) => originalOf(both, rendition).id)).toEqual(
      again.renditions.map(({ id }) => id),
    );
    const [rung] = packagePlan(title, 'cmaf').renditions;
    if (!rung) throw new Error('there is no rung');
    expect(originalOf(title, rung).id).toBe(PLAN.renditions[0]?.id);
  });
});
