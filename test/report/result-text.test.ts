import { expect, test } from 'vitest';
import { renderWarning } from '../../src/report/result-text.js';
import { createStyle } from '../../src/report/style.js';

test('a warning keeps to the width that it is given, and is one line without one', () => {
  const style = createStyle({ color: false, unicode: true });
  const warning = { message: 'the sound is 0.8 s shorter than the picture; the rest of it is silent', count: 3 };
  expect(renderWarning(warning, style)).toBe(`! ${warning.message} (3 times)`);
  expect(renderWarning(warning, style, 40)).toBe(
    '! the sound is 0.8 s shorter than the\n  picture; the rest of it is silent (3\n  times)',
  );
});
