import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordOf } from '../../../fixtures/numbered-title.js';
import { samplePlan } from '../../../fixtures/plan.js';
import type { TitleRecord } from '../../../src/model/artifact.js';
import { rational } from '../../../src/model/rational.js';
import { endMissing, keptDamage, openDamage } from '../../../src/pipeline/encoding/damage.js';

const plan = samplePlan('a.mp4');
const { source } = plan;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'damage-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the tally', () => {
  test('of a sound source is no warning, and leaves no file', async () => {
    const damage = await openDamage(folder, source);
    await damage.save();
    expect(damage.warning()).toBeNull();
    expect(existsSync(join(folder, 'damage.json'))).toBe(false);
  });

  test('names the three most frequent kinds, and counts all', async () => {
    const damage = await openDamage(folder, source);
    for (const [kind, times] of Object.entries({ a: 1, b: 5, c: 3, d: 4 })) {
      for (let i = 0; i < times; i++) damage.add(kind);
    }
    expect(damage.warning()).toMatchObject({
      code: 'source-damaged',
      count: 13,
      message: expect.stringMatching(/ 13 errors .*: b \(5\), d \(4\), c \(3\)$/),
    });
  });

  test('goes on after an interruption with what was saved, of this source only', async () => {
    const damage = await openDamage(folder, source);
    damage.add('a');
    await damage.save();
    damage.add('never saved');
    const next = await openDamage(folder, source);
    next.add('a');
    expect(next.warning()?.count).toBe(2);
    for (const other of [
      { ...source, fingerprint: 'g' },
      { ...source, modifiedMs: 2 },
    ]) {
      expect((await openDamage(folder, other)).warning()).toBeNull();
    }
  });

  test.each(['', 'x', 'null', '{"key":"f 1"}', '{"key":"f 1","counts":[["a","b"]]}'])(
    'begins anew where its file says %j',
    async (text) => {
      await writeFile(join(folder, 'damage.json'), text);
      expect((await openDamage(folder, source)).warning()).toBeNull();
    },
  );

  test('does not grow without end', async () => {
    const damage = await openDamage(folder, source);
    for (let i = 0; i < 500; i++) damage.add(`kind ${i}`);
    expect(damage.warning()).toMatchObject({ count: 500, message: expect.stringContaining('other errors (400)') });
  });
});

describe('the damage of a title of which renditions are kept', () => {
  const warning = { code: 'source-damaged', message: 'FFmpeg found errors', count: 3 };
  const before: TitleRecord = { ...recordOf([], 1), source, warnings: [{ code: 'other', message: '' }, warning] };
  const [span] = plan.renditions.map((rendition) => ({ rendition, first: 0, end: null }));
  const some = { spans: [span!], doneSeconds: {} };

  test('is told of again', () => {
    expect(keptDamage(plan, some, before)).toEqual(warning);
  });

  test('is not where all is made anew, the source is another, or there was none', () => {
    const all = { ...some, spans: plan.renditions.map((rendition) => ({ rendition, first: 0, end: null })) };
    expect(keptDamage(plan, all, before)).toBeNull();
    expect(keptDamage(plan, some, { ...before, source: { ...source, fingerprint: 'g' } })).toBeNull();
    expect(keptDamage(plan, some, { ...before, warnings: [] })).toBeNull();
    expect(keptDamage(plan, some, null)).toBeNull();
  });

  test('is, where a rendition has several gaps and another has none', () => {
    const gaps = plan.renditions.map(() => ({ rendition: plan.renditions[0]!, first: 0, end: 2 }));
    expect(keptDamage(plan, { ...some, spans: gaps }, before)).toEqual(warning);
  });
});

describe('a title that ends early', () => {
  const promised = (seconds: number | null) => ({ ...plan, timeline: { ...plan.timeline, expectedSeconds: seconds } });

  test.each([
    [100, 99.4, true],
    [100, 99.6, false],
    [100, 101, false],
    [1000, 998.5, false],
    [1000, 997, true],
  ])('of %d s promised, %d s: %s', (seconds, made, isTold) => {
    const warning = endMissing(promised(seconds), rational(Math.round(made * 1000), 1000));
    expect(warning?.code).toBe(isTold ? 'ends-early' : undefined);
  });

  test('is not told of where nothing was promised, or clocks jump', () => {
    expect(endMissing(promised(null), rational(1))).toBeNull();
    const jumps = { ...promised(100), input: { ...plan.input, tracksReadTogether: [0, 1] } };
    expect(endMissing(jumps, rational(1))).toBeNull();
  });
});
