import { expect, test } from 'vitest';
import { summary } from '../../scripts/ci-summary.mjs';

const GOOD = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

test('the closing line counts', () => {
  expect(summary(GOOD)).toEqual({ line: '3 passed, 0 failed', ok: true });
  expect(summary({ ...GOOD, numFailedTests: 1, numPendingTests: 2 })).toEqual({
    line: '3 passed, 1 failed, 2 skipped',
    ok: false,
  });
});

test('a file that could not be loaded is a failure', () => {
  const testResults = [{ status: 'failed', assertionResults: [] }];
  expect(summary({ ...GOOD, testResults })).toEqual({ line: '3 passed, 1 failed', ok: false });
});

test('no test at all is no success', () => {
  expect(summary({ ...GOOD, numPassedTests: 0 }).ok).toBe(false);
});
