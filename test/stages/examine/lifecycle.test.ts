import { expect, test } from 'vitest';
import { lifecycleFor, rulesThatDelete, type LifecycleWishes } from '../../../src/stages/examine/lifecycle.js';

const WISHES: LifecycleWishes = { root: 'titles/', tmpDays: 7, coldDays: 30, coldClass: 'NEARLINE' };
const remove = (condition: object) => ({ action: { type: 'Delete' }, condition });
const cool = (condition: object, storageClass = 'NEARLINE') => ({
  action: { type: 'SetStorageClass', storageClass },
  condition,
});

test('a bucket without rules gets three, of the prefix only', () => {
  expect(lifecycleFor([], WISHES)).toEqual([
    remove({ age: 7, matchesPrefix: ['titles/.mediactl-probe-'] }),
    { action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: 7, matchesPrefix: ['titles/'] } },
    cool({ age: 30, matchesPrefix: ['titles/'], matchesStorageClass: ['STANDARD'] }),
  ]);
});

test('at the root of a bucket there is no prefix; 0 days are no rule', () => {
  expect(lifecycleFor([], { ...WISHES, root: '', tmpDays: 0, coldClass: 'ARCHIVE' })).toEqual([
    cool({ age: 30, matchesStorageClass: ['STANDARD'] }, 'ARCHIVE'),
  ]);
  const none: never[] = [];
  expect(lifecycleFor(none, { ...WISHES, tmpDays: 0, coldDays: 0 })).toBe(none);
});

test('rules that are there stay, and fulfil what they fulfil', () => {
  const mine = [
    remove({ age: 3, matchesPrefix: ['tmp/'] }),
    cool({ age: 10, matchesPrefix: ['tit'] }, 'COLDLINE'),
    remove({ numNewerVersions: 2 }),
  ];
  const made = lifecycleFor(mine, WISHES);
  expect(made.slice(0, 3)).toEqual(mine);
  expect(made.slice(3).map((rule) => rule['action'])).toEqual([
    { type: 'Delete' },
    { type: 'AbortIncompleteMultipartUpload' },
  ]);
  expect(lifecycleFor(made, WISHES)).toBe(made);
});

test('a rule that comes later, elsewhere, or under more conditions fulfils nothing', () => {
  for (const condition of [
    { age: 31 },
    { age: 30, matchesPrefix: ['titles/movie/'] },
    { age: 30, matchesSuffix: ['.ts'] },
    { age: 30, matchesStorageClass: ['NEARLINE'] },
    { age: 30, isLive: false },
    { createdBefore: '2020-01-01' },
  ]) {
    expect(lifecycleFor([cool(condition)], { ...WISHES, tmpDays: 0 })).toHaveLength(2);
  }
});

test('rules that remove titles are found, and others are not', () => {
  const harmful = [
    remove({ age: 90 }),
    remove({ age: 1, matchesPrefix: ['titles/movie'] }),
    remove({ age: 1, matchesPrefix: ['t'] }),
  ];
  const harmless = [
    remove({ age: 7, matchesPrefix: ['tmp/'] }),
    remove({ age: 7, matchesPrefix: ['titles/.mediactl-probe-'] }),
    remove({ age: 7, isLive: false }),
    remove({ daysSinceNoncurrentTime: 7 }),
    remove({ numNewerVersions: 3 }),
    cool({ age: 1 }),
  ];
  expect(rulesThatDelete([...harmful, ...harmless], 'titles/')).toEqual(harmful);
});
