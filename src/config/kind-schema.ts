import { z } from 'zod';
import type { Kind, TextKind } from '../model/setting-kinds.js';
import { customMetadata, headerRules } from './bucket-settings.js';
import { rate, size } from './byte-counts.js';
import { clockTime } from './clock-time.js';
import { expecting, oneOf } from './problems.js';

/** The check of a kind's values: a configuration file's, and all others once their text is read. */
export function schemaOf(kind: Kind): z.ZodType {
  switch (kind.type) {
    case 'boolean':
      return z.boolean(expecting('true or false'));
    case 'text':
      return text(kind);
    case 'choice':
      return kind.inCapitals ? z.preprocess(inCapitals, oneOf(kind.words)) : oneOf(kind.words);
    case 'number':
      return number(kind);
    case 'list': {
      const params = expecting(`a list of ${kind.expected}`);
      return z.array(text(kind.item), params).min(1, params);
    }
    case 'time':
      return clockTime();
    case 'size':
      return size();
    case 'rate':
      return rate();
    case 'file-or-none':
      return fileOrNone();
    case 'metadata':
      return customMetadata();
    case 'header-rules':
      return headerRules();
  }
}

function text({ pattern, expected }: Pick<TextKind, 'pattern' | 'expected'>) {
  const params = expecting(expected);
  return z.string(params).min(1, params).regex(pattern, params);
}

function number({ whole, least, most, unit }: Extract<Kind, { type: 'number' }>): z.ZodType {
  const params = expecting(`a ${whole ? 'whole ' : ''}number from ${least} to ${most} (${unit})`);
  return (whole ? z.int(params) : z.number(params)).min(least, params).max(most, params);
}

/** False, also as text, for none. */
function fileOrNone() {
  const expected = 'a file, or false for none';
  const none = (value: unknown): unknown => (value === 'false' ? false : value);
  return z.preprocess(none, z.union([z.literal(false), text({ pattern: /^[^\0]*$/, expected })], expecting(expected)));
}

function inCapitals(value: unknown): unknown {
  return typeof value === 'string' ? value.toUpperCase() : value;
}
