import { MediactlError } from '../../errors.js';
import { accessFindings } from './access-findings.js';
import { corsForPlayers } from './cors.js';
import type { Examination } from './examine.js';
import { advice, ok, unseen, type BucketFinding, type Check, type Names, type Wishes } from './finding.js';
import { keepingFindings } from './keeping-findings.js';
import { lifecycleFindings } from './lifecycle-findings.js';
import { CHANGE_PERMISSION, grantCommand, permissionsFinding } from './permissions.js';
import { placementFindings } from './placement-findings.js';
import { trialFindings } from './trial-findings.js';

/** All that was seen as findings, what stops a publication first. Pure. */
export function findingsOf(seen: Examination, wishes: Wishes, names: Names): BucketFinding[] {
  const { facts, permissions, served } = seen;
  const first = permissionsFinding(permissions, names);
  const tried = trialFindings(seen.trial, served, names);
  if (facts instanceof MediactlError) {
    const hidden = 'the settings of the bucket could not be read';
    const why =
      'retention, holds, lifecycle, soft delete, versioning and storage class decide what titles cost and whether they can be replaced';
    const role = 'roles/storage.legacyBucketReader';
    // Said once.
    const how = { why, command: grantCommand(names, role) };
    const rest = HIDDEN.map((check, at) => unseen(check, hidden, at === 0 ? how : {}));
    return [first, ...tried, ...accessFindings(seen, names), ...rest];
  }
  const [blocking, others] = keepingFindings(facts, names);
  const mayChange = permissions instanceof MediactlError || permissions.includes(CHANGE_PERMISSION);
  const all = [
    first,
    ...blocking,
    ...tried,
    ...accessFindings(seen, names),
    corsFinding(facts.cors, wishes, names),
    ...lifecycleFindings(facts, wishes, names),
    ...others,
    ...placementFindings(facts, names),
  ];
  return mayChange ? all : all.map((finding) => ({ ...finding, fixable: false }));
}

const HIDDEN: readonly Check[] = [
  ...(['retention', 'event-hold', 'requester-pays', 'cors', 'lifecycle', 'soft-delete', 'versioning'] as const),
  ...(['uniform-access', 'storage-class', 'encryption'] as const),
];

function corsFinding(entries: Parameters<typeof corsForPlayers>[0], { origins }: Wishes, names: Names): BucketFinding {
  const content = corsForPlayers(entries, origins);
  const pages = origins.includes('*') ? 'pages everywhere' : `pages of ${origins.join(', ')}`;
  if (content === entries) return ok('cors', `web players on ${pages} may read titles`);
  return advice('cors', `web players on ${pages} cannot read titles, or not everything they need`, {
    why: 'browsers give hls.js, dash.js and Shaka Player only what the CORS settings of the bucket allow',
    command: `gcloud storage buckets update ${names.bucket} --cors-file=cors.json`,
    file: { name: 'cors.json', content },
    fixable: true,
  });
}
