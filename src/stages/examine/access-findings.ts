import { MediactlError } from '../../errors.js';
import type { Examination } from './examine.js';
import { advice, ok, unseen, type BucketFinding } from './finding.js';
import type { Names } from './finding.js';
import { grantCommand } from './permissions.js';

const READING_ROLES = ['roles/storage.objectViewer', 'roles/storage.legacyObjectReader'];

/** Whether players without credentials get titles, and how that is ruled. */
export function accessFindings(seen: Examination, names: Names): BucketFinding[] {
  const { facts, served } = seen;
  const known = facts instanceof MediactlError ? null : facts;
  return [
    publicFinding(seen, names),
    ...(known === null ? [] : [uniformFinding(known.uniformAccess, names)]),
    ...(served === null || served instanceof MediactlError ? [] : [corsServedFinding(served, known !== null)]),
    ...(known === null ? [] : [payerFinding(known.requesterPays, names)]),
  ];
}

function publicFinding({ facts, publicRoles, served }: Examination, { bucket, member }: Names): BucketFinding {
  const prevented = !(facts instanceof MediactlError) && facts.publicAccessPrevented;
  const roles = publicRoles instanceof MediactlError ? null : publicRoles;
  const byPolicy = roles === null ? null : !prevented && roles.some((role) => READING_ROLES.includes(role));
  const fetched = served === null || served instanceof MediactlError ? null : served.anonymousStatus === 200;
  const isPublic = fetched ?? byPolicy;
  if (isPublic === null) {
    return unseen('public-access', 'could not check whether everybody may read', {
      command: grantCommand({ bucket, member }, 'roles/storage.legacyBucketOwner'),
    });
  }
  if (isPublic) {
    if (byPolicy === false) return ok('public-access', 'everybody may read, through the access list of each object');
    const lists = roles?.includes('roles/storage.objectViewer') === true;
    return ok('public-access', `everybody may read titles${lists ? ', and list the names of all objects' : ''}`);
  }
  const grant = grantCommand({ bucket, member: 'allUsers' }, 'roles/storage.objectViewer');
  const allow = `gcloud storage buckets update ${bucket} --no-public-access-prevention`;
  return advice(
    'public-access',
    `only those with credentials may read${prevented ? ': public access is prevented' : ''}`,
    {
      why: 'players have no credentials: let everybody read, or put a CDN or signed URLs in front of the bucket',
      command: prevented ? `${allow} && ${grant}` : grant,
    },
  );
}

function uniformFinding(uniform: boolean, { bucket }: Names): BucketFinding {
  if (uniform) return ok('uniform-access', 'access is controlled for the whole bucket');
  return advice('uniform-access', 'each object may have its own access list', {
    why: 'some titles may be readable and others not, and the bucket does not show which',
    command: `gcloud storage buckets update ${bucket} --uniform-bucket-level-access`,
  });
}

function corsServedFinding(
  { corsProblems, origin }: { readonly corsProblems: readonly string[]; readonly origin: string },
  settingsSeen: boolean,
): BucketFinding {
  if (corsProblems.length === 0) return ok('cors-served', `a page of ${origin} may read what is served`);
  return advice('cors-served', `a page of ${origin} could not play: ${corsProblems.join('; ')}`, {
    why: settingsSeen
      ? 'this is what browsers actually get; a change of the CORS settings may take a minute to show'
      : 'this is what browsers actually get; the CORS settings themselves could not be checked',
  });
}

function payerFinding(requesterPays: boolean, { bucket }: Names): BucketFinding {
  if (!requesterPays) return ok('requester-pays', 'the owner of the bucket pays for requests');
  return advice('requester-pays', 'the requester pays', {
    why: 'players name no paying project, so they are refused, and publishing needs --user-project',
    command: `gcloud storage buckets update ${bucket} --no-requester-pays`,
  });
}
