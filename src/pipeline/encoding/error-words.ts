/**
 * The most frequent of FFmpeg's errors, for people: "Invalid NAL unit size (4), partial file (2)". `kinds`: error lines with
 * "#" in place of numbers, and how often each was met; those that then read alike are counted together.
 */
export function mostFrequent(kinds: readonly [kind: string, count: number][]): string {
  const counts = new Map<string, number>();
  for (const [kind, n] of kinds) counts.set(inWords(kind), (counts.get(inWords(kind)) ?? 0) + n);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, NAMED)
    .map(([words, n]) => `${words} (${n})`)
    .join(', ');
}

const NAMED = 3;

/** "h264: Invalid NAL unit size (-# > #)." is "Invalid NAL unit size": modules and numbers tell a viewer nothing. */
function inWords(kind: string): string {
  const words = kind
    .replace(/^[\w.,]+: /, '')
    .replaceAll(/\s*\([^()]*#[^()]*\)/g, '')
    .replaceAll(NUMBERS, '')
    .replaceAll(/\s+(?=[\s:,;.])/g, '')
    .replaceAll(/^[\s:,;.]+|[\s:,;.]+$/g, '');
  return words === '' ? kind : words;
}

/** Numbers, with the word that says what they number. */
const NUMBERS =
  /(?:\b(?:stream|offset|with size|size|bytestream|at|of|pts|dts|frame|MB|POC|type)\s*:?\s*)?-?#(?:\s*[x×,.:/-]?\s*-?#)*,?/g;
