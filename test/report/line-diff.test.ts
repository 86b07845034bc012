import { expect, test } from 'vitest';
import { compactJson } from '../../src/report/compact-json.js';
import { lineDiff } from '../../src/report/line-diff.js';

test('lines that stay, go and come, in order', () => {
  expect(lineDiff('a\nb\nc', 'a\nx\nc\nd')).toEqual(['  a', '- b', '+ x', '  c', '+ d']);
  expect(lineDiff('a', 'a')).toEqual(['  a']);
  expect(lineDiff('', 'a\nb')).toEqual(['+ a', '+ b']);
});

test('JSON for people is JSON', () => {
  const value = [{ list: ['a', 'b'], empty: {}, none: null, text: 'é"\n', deep: { more: [1, 2, { x: true }] } }];
  for (const width of [10, 40, 400]) {
    const text = compactJson(value, width);
    expect(JSON.parse(text)).toEqual(value);
    expect(text.split('\n').length > 1).toBe(width < 400);
  }
});
