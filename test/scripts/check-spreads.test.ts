import { expect, test } from 'vitest';
import { spreadLiterals } from '../../scripts/check-spreads.mjs';

test.each([
  ['const a = { ...{ b, c } };', [1]],
  ['const a = {\n  b,\n  ...{\n    c,\n  },\n};\nf({ ... { d } });', [3, 7]],
  ["const a = { b: 'it', ...{ c }, d: 'x' };", [1]],
])('%j is found', (text, lines) => {
  expect(spreadLiterals(text)).toEqual(lines);
});

test.each([
  'const a = { ...b, ...c() };',
  'const a = { ...(b === null ? {} : { b }) };',
  "run('ffmpeg', [...['-v', 'error'], ...more]);",
  'const { a, ...rest } = b;',
  "// as in { ...{ a } }\n/* or\n ...{ b } */\nconst text = '...{';",
])('%j is none', (text) => {
  expect(spreadLiterals(text)).toEqual([]);
});
