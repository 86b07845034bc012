import { EXCLUSIONS, holds } from '../model/exclusions.js';
import { printable } from '../model/text.js';
import { show } from './problems.js';
import type { Given, Layer } from './setting-layers.js';

/**
 * Settles settings that exclude each other. When one source gives both, that is a mistake. When two sources do, the
 * stronger one wins, and the weaker one's setting returns to its default (a file's `crf` under `--rate-control abr`).
 */
export function settleContradictions(layers: readonly Layer[]): Layer {
  const strength = new Map(layers.flatMap((layer, rank) => layer.given.map((given) => [given, rank] as const)));
  const winners = new Map([...strength.keys()].map((given) => [given.key, given]));
  const problems: string[] = [];
  for (const [first, second] of EXCLUSIONS) {
    const a = winners.get(first.key);
    const b = winners.get(second.key);
    if (!a || !b || !holds(first, a.value) || !holds(second, b.value)) continue;
    const difference = (strength.get(a) ?? 0) - (strength.get(b) ?? 0);
    if (difference === 0) problems.push(`${label(a)} and ${label(b)} exclude each other: give only one of them`);
    else winners.delete(difference > 0 ? b.key : a.key);
  }
  return { given: [...winners.values()], problems };
}

function label({ key, value, source, where }: Given): string {
  if (source === 'flag' && value === true) return where;
  return source === 'file' ? `${printable(where)}: ${key} ${show(value)}` : `${where} ${show(value)}`;
}
