import { expect, test } from 'vitest';
import { rateMeter } from '../../src/model/rate-meter.js';
import {
  changesBetween,
  formMeter,
  formsBefore,
  joinForms,
  mergeForms,
  MOST_CHANGES,
  NO_FORMS,
} from '../../src/model/track-forms.js';

const SMALL = { size: '320x180', 'pixel-shape': '1:1' };
const LARGE = { size: '640x360', 'pixel-shape': '1:1' };
const TO_LARGE = { what: 'size', from: '320x180', to: '640x360' };

test('what both forms say is compared; rates are measured, and near ones are one', () => {
  expect(changesBetween(SMALL, { size: '320x180', 'pixel-format': 'yuv420p' }, 1)).toEqual([]);
  expect(changesBetween(SMALL, LARGE, 1)).toEqual([{ ...TO_LARGE, at: 1 }]);
  expect(changesBetween({ 'frame-rate': '29.97' }, { 'frame-rate': '30' }, 1)).toEqual([]);
  expect(changesBetween({ 'frame-rate': '24' }, { 'frame-rate': '25' }, 1)).toHaveLength(1);
});

test('a stretch knows what came before it, and nothing of what comes after it', () => {
  const meter = formMeter(10, 20);
  meter.add(8, SMALL);
  meter.add(9, LARGE);
  meter.add(15, SMALL);
  meter.add(20, LARGE);
  expect(meter.total()).toEqual({
    begins: LARGE,
    ends: SMALL,
    count: 1,
    first: [{ what: 'size', at: 15, from: '640x360', to: '320x180' }],
  });
});

test('joined, cut and merged, changes are counted once, and only the first are kept', () => {
  const small = { ...NO_FORMS, begins: SMALL, ends: SMALL };
  const large = { ...NO_FORMS, begins: LARGE, ends: LARGE };
  const joined = joinForms(small, large, 12);
  expect(joined).toMatchObject({ begins: SMALL, ends: LARGE, count: 1, first: [{ ...TO_LARGE, at: 12 }] });
  expect(joinForms(joined, large, 24).count).toBe(1);
  expect(formsBefore(joined, 12)).toMatchObject({ ends: SMALL, count: 0, first: [] });
  const rate = { begins: { 'frame-rate': '25' }, ends: { 'frame-rate': '50' }, count: 1 };
  const rates = { ...rate, first: [{ what: 'frame-rate', at: 3, from: '25', to: '50' } as const] };
  expect(mergeForms(joined, rates).first.map(({ at }) => at)).toEqual([3, 12]);
  const back = joinForms(large, small, 0);
  const many = Array.from({ length: 40 }).reduce<typeof joined>(
    (all) => joinForms(all, joinForms(joined, back, 1), 2),
    joined,
  );
  expect(many.first).toHaveLength(MOST_CHANGES);
  expect(many.count).toBeGreaterThan(80);
});

test('a rate is what 24 even steps say, in milliseconds too; uneven ones say nothing', () => {
  const rates = (times: readonly number[]): (string | undefined)[] => {
    const meter = rateMeter();
    return times.flatMap((time) => meter.add(time) ?? []).map(({ rate }) => rate);
  };
  const even = (fps: number, from = 0): number[] =>
    Array.from({ length: 73 }, (_, i) => from + Math.round((i * 1e3) / fps) * 1e3);
  expect(rates(even(25))).toEqual(['25', '25', '25']);
  expect(new Set(rates([...even(25), ...even(50, 2_920_000)]))).toEqual(new Set(['25', '50']));
  for (const rate of rates(even(29.97))) expect(Number(rate)).toBeCloseTo(30, 0);
  expect(rates(even(25).map((time, i) => time + (i % 3) * 5000))).toEqual([]);
});
