import type { Kind } from '../model/setting-kinds.js';

/** Text of a variable or a flag as the value that a setting of this kind wants; as it is when it does not read so. */
export function valueFromText(kind: Kind, raw: unknown): unknown {
  const form = formOf(kind);
  if (form === 'list') return Array.isArray(raw) ? raw.flatMap(splitList) : splitList(raw);
  if (form === 'pairs' && Array.isArray(raw)) return fromPairs(raw) ?? raw;
  if (typeof raw !== 'string') return raw;
  const text = raw.trim();
  if (form === 'json' || (form === 'pairs' && text.startsWith('{'))) return fromJson(text) ?? raw;
  if (form === 'pairs') return fromPairs(splitList(text)) ?? raw;
  if (form === 'number') return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : raw;
  if (form === 'boolean') return BOOLEANS.get(text.toLowerCase()) ?? raw;
  return raw;
}

/** Whether values of this kind have keys of their own. */
export function hasKeys(kind: Kind): boolean {
  return kind.type === 'metadata' || kind.type === 'header-rules';
}

/** How a value is written as text: "key=value" for pairs. */
function formOf({ type }: Kind): 'text' | 'number' | 'boolean' | 'list' | 'pairs' | 'json' {
  switch (type) {
    case 'boolean':
    case 'number':
    case 'list':
      return type;
    case 'metadata':
      return 'pairs';
    case 'header-rules':
      return 'json';
    case 'text':
    case 'choice':
    case 'time':
    case 'size':
    case 'rate':
    case 'file-or-none':
      return 'text';
  }
}

/** ["title=42"] → { title: "42" }; null when one is no pair. */
function fromPairs(items: readonly unknown[]): Readonly<Record<string, string>> | null {
  const pairs = items.map((item) => (typeof item === 'string' ? /^([^=]+)=([^]*)$/.exec(item) : null));
  if (pairs.includes(null)) return null;
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1]?.trim() ?? '', pair[2] ?? '']] : [])));
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function splitList(raw: unknown): unknown[] {
  if (typeof raw !== 'string') return [raw];
  return raw.split(',').flatMap((item) => item.trim() || []);
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);
