import { invalid } from './api-error.js';
import { asObject, type Json, type JsonObject } from './json.js';

/** What is chosen inside a name; null: all of it. */
type Selection = Map<string, Selection | null>;

/** Partial response ("Improve performance", `fields`): `kind,items(name,size),items/metadata/*`. */
export function selectFields(value: JsonObject, fields: string | null): JsonObject {
  if (fields === null || fields === '') return value;
  const parser: Parser = { text: fields, at: 0 };
  const selection: Selection = new Map();
  parseItems(parser, selection);
  if (parser.at !== fields.length) throw invalidSelection(fields);
  return asObject(pick(value, selection)) ?? {};
}

interface Parser {
  readonly text: string;
  at: number;
}

function parseItems(parser: Parser, into: Selection): void {
  do parseItem(parser, into);
  while (take(parser, ','));
}

function parseItem(parser: Parser, into: Selection): void {
  const start = parser.at;
  while (parser.at < parser.text.length && !',()/'.includes(parser.text[parser.at] ?? '')) parser.at++;
  const name = parser.text.slice(start, parser.at).trim();
  if (name === '') throw invalidSelection(parser.text);

  const before = into.get(name);
  const inner: Selection = before ?? new Map();
  if (take(parser, '/')) {
    parseItem(parser, inner);
  } else if (take(parser, '(')) {
    parseItems(parser, inner);
    if (!take(parser, ')')) throw invalidSelection(parser.text);
  } else {
    into.set(name, null);
    return;
  }
  if (before !== null) into.set(name, inner);
}

function take(parser: Parser, character: string): boolean {
  if (parser.text[parser.at] !== character) return false;
  parser.at++;
  return true;
}

function pick(value: Json | undefined, selection: Selection | null): Json | undefined {
  if (selection === null) return value;
  if (Array.isArray(value)) return value.map((item) => pick(item, selection) ?? {});
  const object = asObject(value);
  if (!object) return undefined;
  const picked: JsonObject = {};
  for (const key of Object.keys(object)) {
    const chosen = selection.has(key) ? selection.get(key) : selection.get('*');
    if (chosen === undefined) continue;
    const part = pick(object[key], chosen);
    if (part !== undefined) picked[key] = part;
  }
  return picked;
}

function invalidSelection(fields: string): Error {
  return invalid(`Invalid field selection ${fields}`, 'fields');
}
