import { parse } from 'node:path';
import { MediactlError } from '../errors.js';
import { nearest, printable } from '../model/text.js';
import { fileNameOf, parseInput } from '../storage/remote-file/input-location.js';

/**
 * A destination in which `{name}`, `{dir}` and `{ext}` stand for parts of INPUT: "s1/ep.mp4" has the name "ep", the dir
 * "s1" and the ext "mp4". The dir is as it was given, but stays below the destination: without a leading / and without
 * "..". `{{` and `}}` are braces. Throws MediactlError usage for anything else in braces.
 */
export function expandTemplate(template: string, input: string): string {
  const fields = fieldsOf(input);
  const place = template.replace(/\{\{|\}\}|\{([^{}]*)\}(\/?)|[{}]/g, (found, field?: string, slash = '') => {
    if (found === '{{' || found === '}}') return found.charAt(0);
    if (field === undefined || !Object.hasOwn(fields, field))
      throw unknownField(template, field ?? found, Object.keys(fields));
    const value = fields[field] ?? '';
    return value === '' ? '' : value + slash;
  });
  if (place !== '') return place;
  throw new MediactlError('usage', `${printable(template)} gives no path for ${printable(input)}`, {
    reason: 'every part of it is empty for this input',
    hint: 'add {name}',
  });
}

function fieldsOf(input: string): Readonly<Record<string, string>> {
  const location = parseInput(input);
  const isFile = location.kind === 'file';
  const whole = isFile ? location.path : location.kind === 'gcs' ? location.object : location.url.pathname;
  const { name, ext } = parse(isFile ? whole : fileNameOf(location));
  const folders = whole.split(/[/\\]/).slice(0, -1);
  return {
    name: /^\.+$/.test(name) ? '_' : name,
    dir: folders.filter((part) => !['', '.', '..'].includes(part)).join('/'),
    ext: ext.slice(1),
  };
}

function unknownField(template: string, field: string, known: readonly string[]): MediactlError {
  const near = nearest(field, known);
  const list = known.map((name) => `{${name}}`).join(', ');
  return new MediactlError('usage', `${printable(template)} has an unknown {…}`, {
    reason: `expected ${list}; write {{ or }} for a plain brace`,
    hint: near === null ? 'see mediactl encode --help' : `did you mean {${near}}?`,
  });
}
