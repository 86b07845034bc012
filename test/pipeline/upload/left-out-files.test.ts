import { expect, test } from 'vitest';
import { checkNothingLost, leftOutOf, leftOutWarnings } from '../../../src/pipeline/upload/left-out-files.js';

const LOST = [1, 2, 3, 4].map((number) => ({ path: `${number}\\xff.ts`, why: 'its name is not UTF-8' }));

test('what nobody misses and what is lost are told apart, and the first are named', () => {
  expect(leftOutWarnings({ skipped: [], lost: [] })).toEqual([]);
  expect(leftOutWarnings({ skipped: ['.git'], lost: LOST.slice(0, 1) })).toEqual([
    { code: 'files-left-out', message: 'not uploaded, being hidden or receipts: .git', count: 1 },
    { code: 'files-not-uploaded', message: 'not uploaded: 1\\xff.ts (its name is not UTF-8)', count: 1 },
  ]);
  expect(leftOutWarnings({ skipped: [], lost: LOST })[0]?.message).toMatch(
    /3\\xff\.ts \(its name is not UTF-8\) and 1 more$/,
  );
  expect(leftOutOf({ skipped: ['.git'], lost: LOST.slice(0, 1) })).toEqual(['.git', '1\\xff.ts']);
});

test('only what is lost fails --strict', () => {
  expect(() => checkNothingLost('d', { skipped: ['.git'], lost: [] })).not.toThrow();
  const strict = expect.objectContaining({
    code: 'strict-warnings',
    reason: '1\\xff.ts (its name is not UTF-8)',
  }) as Error;
  expect(() => checkNothingLost('d', { skipped: [], lost: LOST.slice(0, 1) })).toThrow(strict);
});
