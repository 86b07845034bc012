import { expect, test } from 'vitest';
import { nextStep } from '../../../src/storage/gcs/next-step.js';

const anything = {};
const absent = { condition: 'absent' } as const;
const absentOrSame = { condition: 'absent', acceptSameBytes: true } as const;

test('without a condition what is there is replaced until it is right', () => {
  for (const attempt of ['refused', 'uncertain', 'wrong-bytes'] as const) {
    expect(nextStep(attempt, anything, true)).toBe('take');
    expect(nextStep(attempt, anything, false)).toBe('replace');
  }
});

test('with a condition the same bytes count as ours only when they may be', () => {
  expect(nextStep('refused', absent, true)).toBe('give-up');
  expect(nextStep('refused', absentOrSame, true)).toBe('take');
  // The answer of an earlier attempt got lost.
  expect(nextStep('uncertain', absent, true)).toBe('take');
  for (const asked of [absent, absentOrSame]) {
    expect(nextStep('refused', asked, false)).toBe('give-up');
    expect(nextStep('uncertain', asked, false)).toBe('give-up');
  }
});

test('what the server confirmed wrongly is replaced, whatever was asked', () => {
  for (const asked of [anything, absent, absentOrSame, { condition: { generation: '1' } }]) {
    expect(nextStep('wrong-bytes', asked, false)).toBe('replace');
    expect(nextStep('wrong-bytes', asked, true)).toBe('take');
  }
});
