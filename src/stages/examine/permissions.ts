import { MediactlError } from '../../errors.js';
import { ok, unseen, wrong, type BucketFinding } from './finding.js';

const USES: Readonly<Record<string, string>> = {
  'storage.objects.create': 'upload a title',
  'storage.objects.delete': 'replace a title and remove old versions',
  'storage.objects.get': 'confirm uploads and resume',
  'storage.objects.list': 'see what is already there',
  'storage.objects.update': 'change headers without a new upload',
};

/** What publishing needs. */
export const NEEDED_PERMISSIONS = Object.keys(USES);

/** What `--fix` needs besides. */
export const CHANGE_PERMISSION = 'storage.buckets.update';

/** What the caller may do with objects, and which role gives what is missing. `member`: as gcloud names the caller. */
export function permissionsFinding(
  found: readonly string[] | MediactlError,
  names: { readonly bucket: string; readonly member: string },
): BucketFinding {
  if (found instanceof MediactlError) return unseen('permissions', 'the permissions could not be checked');
  const missing = NEEDED_PERMISSIONS.filter((permission) => !found.includes(permission));
  if (missing.length === 0) return ok('permissions', 'objects may be created, read, listed, changed and removed');
  const why = missing.map((permission) => `${permission}: to ${USES[permission]}`).join('; ');
  return wrong('permissions', 'storage-forbidden', `${missing.join(', ')} missing`, {
    why: `without ${why}`,
    command: grantCommand(names, 'roles/storage.objectUser'),
  });
}

/** Gives a role on the bucket to whoever is asking. */
export function grantCommand({ bucket, member }: { bucket: string; member: string }, role: string): string {
  return `gcloud storage buckets add-iam-policy-binding ${bucket} --member=${member} --role=${role}`;
}
