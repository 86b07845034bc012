import type { HeaderRule } from './header-rule.js';

/** What a setting's values are, as data, from which config/ makes the checks. It needs no zod, so that help loads none. */
export type Kind =
  | { readonly type: 'boolean' }
  | TextKind
  /** A closed set of words. */
  | { readonly type: 'choice'; readonly words: Words; readonly inCapitals: boolean }
  /** From `least` to `most`, both included. */
  | {
      readonly type: 'number';
      readonly whole: boolean;
      readonly least: number;
      readonly most: number;
      readonly unit: string;
    }
  /** One item at least. */
  | { readonly type: 'list'; readonly item: TextKind; readonly expected: string }
  /** Seconds from the start of something. */
  | { readonly type: 'time' }
  /** Bytes. */
  | { readonly type: 'size' }
  /** Bytes a second; null: no limit. */
  | { readonly type: 'rate' }
  /** The path of a file, or false for none. */
  | { readonly type: 'file-or-none' }
  | { readonly type: 'metadata' }
  | { readonly type: 'header-rules' };

/** A text is not empty and matches. */
export interface TextKind {
  readonly type: 'text';
  readonly pattern: RegExp;
  /** What a message says was expected. */
  readonly expected: string;
  /** Whether a value is a path, which a settings file means relative to its own folder. */
  readonly isPath: (value: string) => boolean;
}

type Words = readonly [string, ...string[]];

/** The type of the values of a kind. */
export type ValueOf<K extends Kind> = K extends { readonly type: 'boolean' }
  ? boolean
  : K extends { readonly type: 'choice'; readonly words: readonly (infer Word)[] }
    ? Word
    : K extends { readonly type: 'text' }
      ? string
      : K extends { readonly type: 'number' | 'time' | 'size' }
        ? number
        : K extends { readonly type: 'list' }
          ? readonly string[]
          : K extends { readonly type: 'rate' }
            ? number | null
            : K extends { readonly type: 'file-or-none' }
              ? string | false
              : K extends { readonly type: 'metadata' }
                ? Readonly<Record<string, string>>
                : readonly HeaderRule[];

// A NUL ends a path or an argument early in the system's eyes.
const WITHOUT_NUL = /^[^\0]*$/;

/** `isPath`: see TextKind; by default no value is one. */
export function text(expected: string, isPath: TextKind['isPath'] = () => false): TextKind {
  return { type: 'text', pattern: WITHOUT_NUL, expected, isPath };
}

export function matching(pattern: RegExp, expected: string): TextKind {
  return { type: 'text', pattern, expected, isPath: () => false };
}

export function list(item: TextKind, expected: string): Extract<Kind, { type: 'list' }> {
  return { type: 'list', item, expected };
}

export function choice<const W extends Words>(words: W) {
  return { type: 'choice', words, inCapitals: false } as const;
}

/** Words in capitals, however they were written. */
export function choiceOfCapitals<const W extends Words>(words: W) {
  return { type: 'choice', words, inCapitals: true } as const;
}

export function whole(least: number, most: number, unit: string): Extract<Kind, { type: 'number' }> {
  return { type: 'number', whole: true, least, most, unit };
}

export function between(least: number, most: number, unit: string): Extract<Kind, { type: 'number' }> {
  return { type: 'number', whole: false, least, most, unit };
}

export const BOOLEAN = { type: 'boolean' } as const;
