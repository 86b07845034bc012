import { describe, expect, test } from 'vitest';
import { MediactlError } from '../../../src/errors.js';
import { corsForPlayers } from '../../../src/stages/examine/cors.js';
import type { Examination } from '../../../src/stages/examine/examine.js';
import type { BucketFinding, Wishes } from '../../../src/stages/examine/finding.js';
import { findingsOf } from '../../../src/stages/examine/findings.js';
import { lifecycleFor } from '../../../src/stages/examine/lifecycle.js';
import { CHANGE_PERMISSION, NEEDED_PERMISSIONS } from '../../../src/stages/examine/permissions.js';
import { changesFor } from '../../../src/stages/examine/repair.js';
import type { BucketFacts } from '../../../src/storage/gcs/bucket-resource.js';

const WISHES: Wishes = { root: 'titles/', origins: ['*'], tmpDays: 7, coldDays: 30, coldClass: 'NEARLINE' };
const NAMES = { bucket: 'gs://media', place: 'gs://media/titles', member: 'ACCOUNT' };
const FACTS: BucketFacts = {
  metageneration: '1',
  location: 'EU',
  locationType: 'multi-region',
  storageClass: 'STANDARD',
  autoclass: false,
  cors: corsForPlayers([], ['*']),
  lifecycle: lifecycleFor([], WISHES),
  softDeleteSeconds: 0,
  versioning: false,
  retentionSeconds: 0,
  retentionLocked: false,
  defaultEventBasedHold: false,
  requesterPays: false,
  publicAccessPrevented: false,
  uniformAccess: true,
  kmsKey: null,
};
const DONE = { done: true } as const;
const failed = (code: 'storage-forbidden' | 'storage-retention') =>
  ({ done: false, error: new MediactlError(code, 'could not', { reason: 'because' }) }) as const;
const TRIAL = { path: '.mediactl-probe-x.m3u8', write: DONE, read: DONE, patch: DONE, remove: DONE };
const SERVED = {
  anonymousStatus: 200,
  problems: [],
  rangeProblem: null,
  corsProblems: [],
  origin: 'https://a.example',
};
const GOOD: Examination = {
  facts: FACTS,
  publicRoles: ['roles/storage.objectViewer'],
  permissions: [...NEEDED_PERMISSIONS, CHANGE_PERMISSION],
  trial: TRIAL,
  served: SERVED,
};

function of(check: string, seen: Examination, wishes = WISHES): BucketFinding | undefined {
  return findingsOf(seen, wishes, NAMES).find((finding) => finding.check === check);
}

test('a bucket in which all is well has nothing but that', () => {
  const findings = findingsOf(GOOD, WISHES, NAMES);
  expect(findings.map(({ check, state }) => [check, state])).toEqual(findings.map(({ check }) => [check, 'ok']));
  expect(new Set(findings.map(({ check }) => check)).size).toBe(findings.length);
  expect(changesFor(FACTS, WISHES)).toEqual([]);
});

describe('each other state is told, with the command that changes it', () => {
  const facts = (changed: Partial<BucketFacts>): Partial<Examination> => ({ facts: { ...FACTS, ...changed } });
  const cases: [string, 'advice' | 'wrong', Partial<Examination>, RegExp | null][] = [
    ['permissions', 'wrong', { permissions: ['storage.objects.get'] }, /--role=roles\/storage\.objectUser$/],
    ['retention', 'wrong', facts({ retentionSeconds: 86_400 }), /--clear-retention-period$/],
    ['retention', 'wrong', facts({ retentionSeconds: 9, retentionLocked: true }), null],
    ['event-hold', 'wrong', facts({ defaultEventBasedHold: true }), /--no-default-event-based-hold$/],
    ['write', 'wrong', { trial: { ...TRIAL, write: failed('storage-forbidden') } }, null],
    ['read', 'wrong', { trial: { ...TRIAL, read: failed('storage-forbidden') } }, null],
    ['patch', 'wrong', { trial: { ...TRIAL, patch: failed('storage-forbidden') } }, null],
    [
      'delete',
      'wrong',
      { trial: { ...TRIAL, remove: failed('storage-retention') } },
      /storage rm gs:\/\/media\/titles\/\.mediactl-probe-x/,
    ],
    ['served', 'wrong', { served: { ...SERVED, problems: ['cache-control is missing instead of no-cache'] } }, null],
    ['range', 'wrong', { served: { ...SERVED, rangeProblem: 'a range was answered with 200' } }, null],
    [
      'public-access',
      'advice',
      { served: { ...SERVED, anonymousStatus: 403 } },
      /--member=allUsers --role=roles\/storage\.objectViewer$/,
    ],
    [
      'public-access',
      'advice',
      { ...facts({ publicAccessPrevented: true }), served: null },
      /--no-public-access-prevention && /,
    ],
    ['uniform-access', 'advice', facts({ uniformAccess: false }), /--uniform-bucket-level-access$/],
    ['cors', 'advice', facts({ cors: [] }), /--cors-file=cors\.json$/],
    ['cors-served', 'advice', { served: { ...SERVED, corsProblems: ['a preflight does not allow Range'] } }, null],
    ['requester-pays', 'advice', facts({ requesterPays: true }), /--no-requester-pays$/],
    ['lifecycle', 'advice', facts({ lifecycle: [] }), /--lifecycle-file=lifecycle\.json$/],
    [
      'lifecycle-deletes',
      'advice',
      facts({ lifecycle: [{ action: { type: 'Delete' }, condition: { age: 90 } }] }),
      /describe gs:\/\/media/,
    ],
    ['soft-delete', 'advice', facts({ softDeleteSeconds: 604_800 }), /--clear-soft-delete$/],
    ['versioning', 'advice', facts({ versioning: true }), /--no-versioning$/],
    ['storage-class', 'advice', facts({ storageClass: 'COLDLINE' }), /--default-storage-class=STANDARD$/],
  ];
  test.each(cases)('%s: %s', (check, state, changed, command) => {
    const finding = of(check, { ...GOOD, ...changed });
    if (command === null) expect(finding).toMatchObject({ state, command: null });
    else expect(finding).toMatchObject({ state, command: expect.stringMatching(command) });
    expect(finding?.why).toEqual(expect.any(String));
    expect(finding?.code === null).toBe(state !== 'wrong');
  });
});

test('the files for gcloud hold what would be there afterwards', () => {
  const mine = { origin: ['https://mine'], method: ['PUT'] };
  const rule = { action: { type: 'Delete' }, condition: { age: 1, matchesPrefix: ['tmp/'] } };
  const seen = { ...GOOD, facts: { ...FACTS, cors: [mine], lifecycle: [rule] } };
  expect(of('cors', seen)?.file).toEqual({ name: 'cors.json', content: [mine, ...FACTS.cors] });
  expect(of('lifecycle', seen)?.file).toEqual({
    name: 'lifecycle.json',
    content: { lifecycle: { rule: [rule, ...FACTS.lifecycle] } },
  });
  expect(of('cors', seen)?.fixable && of('lifecycle', seen)?.fixable).toBe(true);
  // The command may be run by somebody else.
  const others = { ...seen, permissions: NEEDED_PERMISSIONS };
  expect(of('cors', others)).toMatchObject({ fixable: false, command: expect.stringContaining('gcloud') });
});

test('what a permission hides could not be seen, and is no failure', () => {
  const hidden = new MediactlError('storage-forbidden', 'no');
  const seen: Examination = {
    facts: hidden,
    publicRoles: hidden,
    permissions: NEEDED_PERMISSIONS,
    trial: TRIAL,
    served: SERVED,
  };
  const findings = findingsOf(seen, WISHES, NAMES);
  expect(findings.filter(({ state }) => state === 'wrong')).toEqual([]);
  expect(of('lifecycle', seen)?.state).toBe('unseen');
  expect(of('retention', seen)).toMatchObject({
    state: 'unseen',
    command: expect.stringContaining('legacyBucketReader'),
  });
  expect(of('public-access', seen)?.state).toBe('ok');
  expect(of('public-access', { ...seen, served: null })?.state).toBe('unseen');
  expect(of('permissions', { ...seen, permissions: hidden })?.state).toBe('unseen');
});

test('Autoclass chooses by itself: no rule for a colder class', () => {
  const facts = { ...FACTS, autoclass: true, lifecycle: [] };
  const [change, ...others] = changesFor(facts, WISHES);
  expect(others).toEqual([]);
  expect(JSON.stringify(change?.after)).not.toContain('SetStorageClass');
  expect(of('storage-class', { ...GOOD, facts })?.state).toBe('ok');
});
