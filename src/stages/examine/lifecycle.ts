import type { RawRule } from '../../storage/gcs/bucket-resource.js';
import { TRIAL_NAME } from './trial.js';

export interface LifecycleWishes {
  /** "" or "titles/" */
  readonly root: string;
  /** Leftovers are removed after so many days; 0: no such rule. */
  readonly tmpDays: number;
  /** Titles go to a colder class after so many days; 0: no such rule. */
  readonly coldDays: number;
  readonly coldClass: ColdClass;
}

export type ColdClass = keyof typeof MINIMUM_DAYS;

/** Days for which an object of the class is billed at least: https://cloud.google.com/storage/docs/storage-classes */
export const MINIMUM_DAYS = { NEARLINE: 30, COLDLINE: 90, ARCHIVE: 365 } as const;

/**
 * The lifecycle rules with these wishes fulfilled: what is there, and a rule for each wish that none fulfils yet. The
 * same list when nothing is missing. https://cloud.google.com/storage/docs/lifecycle
 */
export function lifecycleFor(rules: readonly RawRule[], wishes: LifecycleWishes): readonly RawRule[] {
  const missing = wanted(wishes).filter((wish) => !rules.some((rule) => fulfils(rule, wish)));
  return missing.length === 0 ? rules : [...rules, ...missing.map(asRule)];
}

/** Rules that remove live objects of titles below the root. */
export function rulesThatDelete(rules: readonly RawRule[], root: string): RawRule[] {
  return rules.filter((rule) => {
    const condition = part(rule, 'condition');
    if (part(rule, 'action')['type'] !== 'Delete' || condition['isLive'] === false) return false;
    // These look at versions that are no longer live.
    if (['numNewerVersions', 'daysSinceNoncurrentTime', 'noncurrentTimeBefore'].some((key) => key in condition)) {
      return false;
    }
    const prefixes = words(condition['matchesPrefix']);
    const near = prefixes.filter((prefix) => prefix.startsWith(root) || root.startsWith(prefix));
    return prefixes.length === 0 || near.some((prefix) => !prefix.includes(TRIAL_NAME));
  });
}

interface Wish {
  readonly type: string;
  readonly storageClass: string | null;
  readonly days: number;
  /** "": the whole bucket. */
  readonly prefix: string;
}

function wanted({ root, tmpDays, coldDays, coldClass }: LifecycleWishes): Wish[] {
  const leftovers = [
    { type: 'Delete', storageClass: null, days: tmpDays, prefix: `${root}${TRIAL_NAME}` },
    { type: 'AbortIncompleteMultipartUpload', storageClass: null, days: tmpDays, prefix: root },
  ];
  const cold = { type: 'SetStorageClass', storageClass: coldClass, days: coldDays, prefix: root };
  return [...leftovers, cold].filter(({ days }) => days > 0);
}

function asRule({ type, storageClass, days, prefix }: Wish): RawRule {
  return {
    action: storageClass === null ? { type } : { type, storageClass },
    condition: {
      age: days,
      ...(prefix === '' ? {} : { matchesPrefix: [prefix] }),
      // Only downwards: what somebody has put into a colder class stays there.
      ...(storageClass === null ? {} : { matchesStorageClass: ['STANDARD'] }),
    },
  };
}

/** Whether the rule does at least as much, as soon, and under no other condition. */
function fulfils(rule: RawRule, wish: Wish): boolean {
  const action = part(rule, 'action');
  const { age, matchesPrefix, matchesStorageClass, isLive, ...others } = part(rule, 'condition');
  const colder =
    wish.storageClass === null ||
    (typeof action['storageClass'] === 'string' && action['storageClass'] in MINIMUM_DAYS);
  return (
    action['type'] === wish.type &&
    colder &&
    Object.keys(others).length === 0 &&
    isLive !== false &&
    Number(age) <= wish.days &&
    (matchesPrefix === undefined || words(matchesPrefix).some((prefix) => wish.prefix.startsWith(prefix))) &&
    (matchesStorageClass === undefined || words(matchesStorageClass).includes('STANDARD'))
  );
}

function part(rule: RawRule, key: string): RawRule {
  const value = rule[key];
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function words(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}
