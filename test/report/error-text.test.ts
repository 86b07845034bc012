import { expect, test } from 'vitest';
import { renderError } from '../../src/report/error-text.js';
import { createStyle } from '../../src/report/style.js';

const error = {
  type: 'error',
  code: 'config',
  exitCode: 2,
  message: 'wrong settings in \x1b]0;evil\x07.mediactlrc:\njobs: expected a number\nlader: no such setting',
  reason: 'two values are wrong',
  hint: 'mend the file',
  detail: ['\x1b[2Jlast words'],
} as const;

test('what failed, why, what to do, last words; several lines stay several, escapes are shown', () => {
  expect(renderError(error, createStyle({ color: false, unicode: true }))).toBe(
    [
      'error: wrong settings in \\x1b]0;evil\\x07.mediactlrc:',
      '       jobs: expected a number',
      '       lader: no such setting',
      '  why: two values are wrong',
      '  do:  mend the file',
      '  | \\x1b[2Jlast words',
    ].join('\n'),
  );
});

test('what is not known is not mentioned', () => {
  const bare = { ...error, message: 'broken', reason: null, hint: null, detail: [] };
  expect(renderError(bare, createStyle({ color: false, unicode: true }))).toBe('error: broken');
  expect(renderError(bare, createStyle({ color: true, unicode: true }))).toBe(
    '\x1b[31m\x1b[1merror:\x1b[22m\x1b[39m broken',
  );
});
