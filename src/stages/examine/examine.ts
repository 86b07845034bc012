import { MediactlError } from '../../errors.js';
import type { BucketAdmin } from '../../storage/gcs/bucket-admin.js';
import type { BucketFacts } from '../../storage/gcs/bucket-resource.js';
import { CHANGE_PERMISSION, NEEDED_PERMISSIONS } from './permissions.js';
import { fetchAsPlayer, type ServedReport } from './served.js';
import { tryOut, type TrialOptions, type TrialReport } from './trial.js';

/** All that was seen of a bucket. What a missing permission hides is that error. */
export interface Examination {
  readonly facts: BucketFacts | MediactlError;
  /** Roles of everybody. */
  readonly publicRoles: readonly string[] | MediactlError;
  readonly permissions: readonly string[] | MediactlError;
  /** Text: why no trial object was written. */
  readonly trial: TrialReport | string;
  /** Null: there was no trial object to fetch. */
  readonly served: ServedReport | MediactlError | null;
}

export interface ExamineOptions extends TrialOptions {
  readonly bucket: BucketAdmin;
  /** "" or "titles/" */
  readonly root: string;
  /** Of the pages that play; "*": any. */
  readonly origins: readonly string[];
}

/**
 * Looks at everything that decides how titles fare below a prefix. Settings first: an object that could not be
 * removed is not written. Throws MediactlError when the bucket is missing, cannot be reached, or refuses the caller's
 * credentials; and the signal's reason.
 */
export async function examineBucket(options: ExamineOptions): Promise<Examination> {
  const { bucket, root, origins, signal } = options;
  const unlessForbidden = async <T>(look: () => Promise<T>): Promise<T | MediactlError> => {
    try {
      return await look();
    } catch (error) {
      // Whoever comes without credentials is refused as unknown.
      const refusals = bucket.anonymous ? ['storage-forbidden', 'storage-auth'] : ['storage-forbidden'];
      if (error instanceof MediactlError && refusals.includes(error.code)) return error;
      throw error;
    }
  };
  const facts = await unlessForbidden(() => bucket.facts());
  const [permissions, publicRoles] = await Promise.all([
    unlessForbidden(() => bucket.permissionsAmong([...NEEDED_PERMISSIONS, CHANGE_PERMISSION])),
    unlessForbidden(() => bucket.publicRoles()),
  ]);
  const seen = { facts, permissions, publicRoles };
  const keeps = whyNotRemovable(facts, permissions);
  if (keeps !== null) return { ...seen, trial: keeps, served: null };
  let served: ServedReport | MediactlError | null = null;
  const origin = origins.find((one) => one !== '*') ?? ANY_PAGE;
  const report = await tryOut(options, async (trial) => {
    try {
      served = await fetchAsPlayer(bucket, trial, { object: root + trial.path, origin });
    } catch (error) {
      if (signal.aborted || !(error instanceof MediactlError)) throw error;
      served = error;
    }
  });
  return { ...seen, trial: report, served };
}

const ANY_PAGE = 'https://player.example';

function whyNotRemovable(facts: Examination['facts'], permissions: Examination['permissions']): string | null {
  if (!(facts instanceof MediactlError)) {
    if (facts.retentionSeconds > 0) return 'the retention policy would keep it';
    if (facts.defaultEventBasedHold) return 'the default event-based hold would keep it';
  }
  const mayRemove = permissions instanceof MediactlError || permissions.includes('storage.objects.delete');
  return mayRemove ? null : 'without storage.objects.delete it could not be removed';
}
