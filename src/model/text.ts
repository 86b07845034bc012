/**
 * Text from outside (file names, titles, language tags) made safe for a terminal and a log: control characters,
 * line separators, direction overrides and lone surrogates become visible escapes (\n, \x1b, \u202e).
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => NAMED[character] ?? numericEscape(character));
}

/**
 * One word for a POSIX shell: left alone where that is safe, else in single quotes. Control characters need the
 * $'…' form, which bash, zsh and ksh know, so that what is shown can be pasted and cannot drive the terminal.
 */
export function shellQuote(word: string): string {
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word)) return word;
  if (!hasUnsafe(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = word.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return `$'${escaped.replace(UNSAFE, (character) => NAMED[character] ?? shellEscape(character))}'`;
}

/** A whole command line, each word quoted where it must be. */
export function shellCommand(argv: readonly string[]): string {
  return argv.map(shellQuote).join(' ');
}

/**
 * The candidate a mistyped word most likely meant; null when none is near: more than a third of it differs, or other
 * digits (480p is no slip for 4320p).
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    if (digits(word) !== '' && digits(candidate) !== '' && digits(word) !== digits(candidate)) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  if (best === null) return null;
  // The dashes of a flag are no letters of it.
  const length = Math.max(...[word, best].map((name) => name.replace(/^-+/, '').length));
  return bestDistance <= Math.max(1, Math.floor(length / 3)) ? best : null;
}

function digits(text: string): string {
  return text.replace(/\D/g, '');
}

// C0, DEL, C1; direction marks, overrides and isolates; line and paragraph separators; BOM; halves of a pair.
const UNSAFE_SOURCE =
  '[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]|\\p{Surrogate}';
const UNSAFE = new RegExp(UNSAFE_SOURCE, 'gu');
const UNSAFE_ONCE = new RegExp(UNSAFE_SOURCE, 'u');

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function hasUnsafe(text: string): boolean {
  return UNSAFE_ONCE.test(text);
}

function numericEscape(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

// Octal for ASCII: \x and \0 read on into the digits that follow in some shells, three octal digits never do.
function shellEscape(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x80 ? `\\${code.toString(8).padStart(3, '0')}` : `\\u${hex(code, 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

// Damerau's distance with adjacent swaps: "--josn" is one slip away from "--json".
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    [before, previous] = [previous, row];
  }
  return previous[b.length] ?? 0;
}
