import { describe, expect, test } from 'vitest';
import { asksForJson, chooseMode, columnsOf, useColor, useUnicode } from '../../src/cli/terminal.js';

const tty = { isTTY: true, columns: 120 };
const pipe = {};

test.each([
  ['bars on a terminal', {}, {}, tty, 'terminal'],
  ['lines in a file', {}, {}, pipe, 'log'],
  ['lines in CI, terminal or not', {}, { CI: 'true' }, tty, 'log'],
  ['CI=false is no CI', {}, { CI: 'false' }, tty, 'terminal'],
  ['lines where a cursor cannot move', {}, { TERM: 'dumb' }, tty, 'log'],
  ['json before all', { json: true, quiet: true }, {}, tty, 'json'],
  ['quiet', { quiet: true }, {}, tty, 'quiet'],
] as const)('%s', (_, settings, env, stderr, expected) => {
  expect(chooseMode({ json: false, quiet: false, ...settings }, env, stderr)).toBe(expected);
});

describe('colour', () => {
  test.each([
    [null, {}, tty, true],
    [null, {}, pipe, false],
    [null, { NO_COLOR: '1' }, tty, false],
    [null, { NO_COLOR: '' }, tty, true],
    [null, { FORCE_COLOR: '1' }, pipe, true],
    [null, { FORCE_COLOR: '0' }, tty, false],
    [null, { FORCE_COLOR: '1', NO_COLOR: '1' }, pipe, true],
    [null, { TERM: 'dumb' }, tty, false],
    [false, { FORCE_COLOR: '1' }, tty, false],
    [true, { NO_COLOR: '1' }, pipe, true],
  ] as const)('%j %j %j → %j', (choice, env, stream, expected) => {
    expect(useColor(choice, env, stream)).toBe(expected);
  });
});

test.each([
  [{}, true],
  [{ LANG: 'de_DE.UTF-8' }, true],
  [{ LANG: 'de_DE.ISO-8859-1' }, false],
  [{ LANG: 'C.UTF-8', LC_ALL: 'C' }, false],
  [{ LANG: 'C.utf8', TERM: 'linux' }, false],
] as const)('block elements in %j: %j', (env, expected) => {
  expect(useUnicode(env)).toBe(expected);
});

test('the width is the terminal’s, else COLUMNS, else 80', () => {
  expect(columnsOf(tty, { COLUMNS: '50' })).toBe(120);
  expect(columnsOf(pipe, { COLUMNS: '50' })).toBe(50);
  expect(columnsOf({ isTTY: true, columns: 0 }, {})).toBe(80);
});

test('JSON is asked for by flag or variable, not by a file of that name', () => {
  expect(asksForJson(['encode', 'x', '--json'], {})).toBe(true);
  expect(asksForJson(['encode', '--', '--json'], {})).toBe(false);
  expect(asksForJson([], { MEDIACTL_JSON: 'true' })).toBe(true);
  expect(asksForJson([], { MEDIACTL_JSON: '0' })).toBe(false);
});
