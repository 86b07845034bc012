import { expect, test } from 'vitest';
import type { Event } from '../../../src/model/events.js';
import { createWarnings } from '../../../src/pipeline/encoding/warnings.js';

const harmless = { code: 'names-taken', message: 'other names' };
const lost = { code: 'source-damaged', message: 'errors in the source', count: 3 };

test('each warning is told at once and noted', () => {
  const events: Event[] = [];
  const warnings = createWarnings(false, (event) => events.push(event));
  warnings.add(harmless);
  expect(events).toEqual([{ type: 'warning', ...harmless }]);
  warnings.add(lost);
  expect(warnings.list).toEqual([harmless, lost]);
  warnings.stopIfStrict();
});

test('with --strict, lost media is an error; other warnings are not', () => {
  const warnings = createWarnings(true, () => {});
  warnings.stopIfStrict();
  warnings.add(harmless);
  warnings.stopIfStrict();
  warnings.add(lost);
  expect(() => warnings.stopIfStrict()).toThrow(
    expect.objectContaining({ code: 'strict-warnings', reason: 'errors in the source' }),
  );
});
