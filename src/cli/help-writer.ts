import { displayWidth, padTo, wrap } from '../report/wrap.js';

/** A flag, a command or an exit code, and what it is. */
export interface Entry {
  readonly term: string;
  readonly text: string;
}

const NARROWEST_TEXT = 34;
const INDENT = 2;

/** Lines of `text` no wider than `width`; all but the first are indented by `hang`. */
export function paragraph(text: string, width: number, hang = 0): string[] {
  const [first = '', ...rest] = wrap(text, width - hang);
  return [first, ...rest.map((line) => ' '.repeat(hang) + line)];
}

/**
 * Terms and texts in two columns, the text hanging beside its term; where that leaves too little room, below it. Terms
 * are as wide as the widest of `terms`, so that several lists line up.
 */
export function twoColumns(entries: readonly Entry[], width: number, terms: readonly Entry[] = entries): string[] {
  const column = INDENT + Math.max(...terms.map(({ term }) => displayWidth(term))) + 2;
  const isBeside = width - column >= NARROWEST_TEXT;
  const textAt = isBeside ? column : INDENT + 4;
  return entries.flatMap(({ term, text }) => {
    const lines = text === '' ? [] : wrap(text, width - textAt).map((line) => ' '.repeat(textAt) + line);
    const head = ' '.repeat(INDENT) + term;
    if (!isBeside || lines.length === 0) return [head, ...lines];
    return [padTo(head, column) + (lines[0] ?? '').trimStart(), ...lines.slice(1)];
  });
}

/** Shell commands, each whole on one line, or broken so that it can still be copied; what it does beside or above it. */
export function exampleLines(examples: readonly Entry[], width: number): string[] {
  const column = Math.max(...examples.map(({ term, text }) => (text === '' ? 0 : displayWidth(term)))) + 2;
  return examples.flatMap(({ term, text }) => {
    const beside = `  $ ${padTo(term, column)}  ${text}`.trimEnd();
    if (text === '' || displayWidth(beside) <= width) return shellLines(term, text === '' ? '' : beside, width);
    return [...paragraph(`# ${text}`, width - 2, 2).map((line) => `  ${line}`), ...shellLines(term, '', width)];
  });
}

// Broken between words only: a backslash inside quotes would be part of the word.
function shellLines(command: string, whole: string, width: number): string[] {
  if (whole !== '') return [whole];
  if (displayWidth(command) + 4 <= width) return [`  $ ${command}`];
  const words = command.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(`${last} ${word} \\`) + 6 <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, i) => `${i === 0 ? '  $ ' : '      '}${line}${i < lines.length - 1 ? ' \\' : ''}`);
}
