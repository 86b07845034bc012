import { z } from 'zod';
import { MediactlError } from '../errors.js';
import { nearest, printable } from '../model/text.js';

/** One mistake: its place in the data ("video.rungs[2].bitrate", '' for the whole), and what is wrong there. */
export interface Problem {
  readonly path: string;
  readonly text: string;
}

/**
 * Error parameters for a zod schema. The message names the value, what was expected and, when `names` are given, the
 * nearest right one.
 */
export function expecting(what: string, names: readonly string[] = []): ZodErrorParams {
  return { error: ({ input }) => mismatch(input, what, names) };
}

/** "7 is not valid: expected …", or "missing: expected …". */
export function mismatch(input: unknown, what: string, names: readonly string[] = []): string {
  if (input === undefined) return `missing: expected ${what}`;
  return `${show(input)} is not valid: expected ${what}${suggestion(input, names)}`;
}

/** A closed set of words. */
export function oneOf<const T extends readonly [string, ...string[]]>(words: T): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(words, expecting(listed(words), words));
}

/** An object with these keys and no others. Each unknown key gets a message of its own (one line each, in order). */
export function fields<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownName('key', key, known)).join('\n')
        : mismatch(issue.input, `an object with ${known.join(', ')}`),
  });
}

/** "unknown key; did you mean …?" or the names that there are when none is near. */
export function unknownName(kind: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== null) return `unknown ${kind}; did you mean ${near}?`;
  if (known.length > MOST_LISTED) return `unknown ${kind}; mediactl encode --print-config lists all of them`;
  return `unknown ${kind}; expected one of ${known.join(', ')}`;
}

/** A longer list hides what is wrong. */
const MOST_LISTED = 20;

/** The issues of a zod error as problems, each once, in the order of the data. */
export function problemsOf(error: z.ZodError): Problem[] {
  const problems = error.issues.flatMap((issue): Problem[] => {
    if (issue.code !== 'unrecognized_keys') return [{ path: pathText(issue.path), text: issue.message }];
    const lines = issue.message.split('\n');
    return issue.keys.map((key, at) => ({ path: pathText([...issue.path, key]), text: lines[at] ?? 'unknown key' }));
  });
  return [...new Map(problems.map((problem) => [`${problem.path}\n${problem.text}`, problem])).values()];
}

/** A single problem is the message itself; several are counted in the message and listed in `detail`. */
export function configError(subject: string, problems: readonly string[], hint?: string): MediactlError {
  const parts = hint === undefined ? {} : { hint };
  const [only] = problems;
  if (problems.length === 1 && only !== undefined) return new MediactlError('config', only, parts);
  return new MediactlError('config', `${subject}: ${problems.length} problems`, { ...parts, detail: problems });
}

/** "vod.json: video.crf: 99 is not valid: expected …" */
export function locate(where: string, problem: Problem): string {
  return [printable(where), ...(problem.path === '' ? [] : [problem.path]), problem.text].join(': ');
}

/** A value as JSON on one line, short and safe for a terminal. */
export function show(value: unknown): string {
  const text = printable(JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

interface ZodErrorParams {
  readonly error: (issue: { readonly input?: unknown }) => string;
}

function suggestion(input: unknown, names: readonly string[]): string {
  const near = typeof input === 'string' ? nearest(input, names) : null;
  return near === null ? '' : `; did you mean "${near}"?`;
}

function listed(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return quoted.length === 1 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? printable(String(part)) : `${text}.${printable(String(part))}`;
  }, '');
}
