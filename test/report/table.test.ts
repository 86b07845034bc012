import { expect, test } from 'vitest';
import { layOutTable, type Column } from '../../src/report/table.js';

const COLUMNS: readonly Column[] = [
  { title: 'name', align: 'left' },
  { title: 'size', align: 'right', spare: 1 },
  { title: 'when', align: 'left', spare: 2 },
  { title: 'state', align: 'left' },
];
const ROWS = [
  ['漢字', '1 kB', 'today', 'fine'],
  ['b', '100 MB', '', ''],
];

test('columns are as wide as their widest cell, on a terminal; no line ends with a space', () => {
  expect(layOutTable(COLUMNS, ROWS, Infinity)).toEqual([
    'name    size  when   state',
    '漢字    1 kB  today  fine',
    'b     100 MB',
  ]);
  expect(layOutTable(COLUMNS, [], 80)).toEqual(['name  size  when  state']);
});

test('where there is not room, what can be spared most goes first; the rest stays whole', () => {
  expect(layOutTable(COLUMNS, ROWS, 27)[0]).toBe('name    size  when   state');
  expect(layOutTable(COLUMNS, ROWS, 26)[0]).toBe('name    size  state');
  expect(layOutTable(COLUMNS, ROWS, 19)).toEqual(['name  state', '漢字  fine', 'b']);
  expect(layOutTable(COLUMNS, ROWS, 3)).toEqual(['name  state', '漢字  fine', 'b']);
});
