import type { Warning } from '../../model/media.js';

export const SOURCE_DAMAGED = 'source-damaged';

export const DAMAGE = new Set([
  'input-truncated',
  SOURCE_DAMAGED,
  'ends-early',
  'track-undecodable',
  'audio-track-unusable',
]);

/** Warnings that mean something of the source was lost; --strict makes them an error. */
export function damageAmong(warnings: readonly Warning[]): Warning[] {
  return warnings.filter(({ code }) => DAMAGE.has(code));
}
