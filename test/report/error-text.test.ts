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

test('on a terminal its lines are no wider than that, and a command stays whole, to be copied', () => {
  const long = {
    ...error,
    message: 'the folder "titles/of/last/winter" is a title made from another source',
    reason: 'it was made from one file, and this source is quite another one',
    hint: 'run this first:\nmediactl rm titles/of/last/winter --yes --recursive --verbose',
    detail: ['the last words of some other program, which had much to say'],
  };
  expect(renderError(long, createStyle({ color: false, unicode: true }), 40)).toBe(
    [
      'error: the folder',
      '       "titles/of/last/winter" is a',
      '       title made from another source',
      '  why: it was made from one file, and',
      '       this source is quite another one',
      '  do:  run this first:',
      '       mediactl rm titles/of/last/winter --yes --recursive --verbose',
      '  | the last words of some other',
      '  |   program, which had much to say',
    ].join('\n'),
  );
});
