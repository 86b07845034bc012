import type { EncodePlan } from '../../../model/plan.js';
import { plannedKeyOf, type DrmSystem, type Protection } from '../../../model/protection.js';
import { CLEARKEY_MPD_NAME, MPD_NAME } from '../../../model/title-files.js';
import type { Locks } from './adaptation-sets.js';
import { contentProtection } from './content-protection.js';

/** A manifest of a title that may have two over the same segments. */
export interface MpdEdition {
  readonly name: string;
  readonly locks: Locks;
  readonly isProtected: boolean;
}

const CLEAR: Locks = { kidOf: () => null, descriptorsOf: () => [] };

/**
 * One manifest, or two where Clear Key and other systems are signalled, which DASH-IF (IOP part 6) keeps apart: whoever
 * is offered a clear key need not be offered a locked one.
 */
export function editionsOf({ packaging }: EncodePlan): MpdEdition[] {
  const protection = packaging[0]?.protection ?? null;
  if (protection === null) return [{ name: MPD_NAME, locks: CLEAR, isProtected: false }];
  const edition = (name: string, systems: readonly DrmSystem[]): MpdEdition => ({
    name,
    locks: locksOf(protection, systems),
    isProtected: true,
  });
  const others = protection.systems.filter((system) => system === 'widevine' || system === 'playready');
  if (!protection.systems.includes('clearkey')) return [edition(MPD_NAME, others)];
  if (others.length === 0) return [edition(MPD_NAME, ['clearkey'])];
  return [edition(MPD_NAME, others), edition(CLEARKEY_MPD_NAME, ['clearkey'])];
}

function locksOf(protection: Protection, systems: readonly DrmSystem[]): Locks {
  return {
    kidOf: (rendition) => plannedKeyOf(protection, rendition).kid,
    descriptorsOf: (rendition) => contentProtection(plannedKeyOf(protection, rendition), protection, systems),
  };
}
