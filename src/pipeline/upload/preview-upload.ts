import type { Artifact, TitleRecord } from '../../model/artifact.js';
import { isEmpty } from '../../model/files-and-journals.js';
import { RECORD_NAME, type FileClass } from '../../model/title-files.js';
import { recordText } from '../../model/title-record.js';
import { filesOf } from '../../stages/publish/list-files.js';
import { checkOwnership } from '../../stages/publish/ownership.js';
import { leftoversOf, obsoleteFiles, presentOf } from '../../stages/publish/remove-obsolete.js';
import { newOnly } from '../../stages/publish/shared.js';
import { crc32cOf } from '../../storage/crc32c.js';
import { hasHeaders } from '../../storage/headers.js';
import { LocalStorage } from '../../storage/local.js';
import type { ObjectHeaders, Snapshot, Storage } from '../../storage/storage.js';
import { checkSameSource } from '../delivery/replaceable.js';
import { readRecord } from '../record/record.js';
import { checkNothingLost, leftOutOf } from './left-out-files.js';
import { prepareUpload } from './prepare-upload.js';
import { readTree, sumPresent } from './tree.js';
import type { UploadRequest } from './upload.js';

/** What an upload would do with one object. */
export interface PlannedObject {
  readonly path: string;
  /** `patch`: its headers only; `leave`: it is there, and right. */
  readonly action: 'send' | 'patch' | 'leave' | 'remove';
  /** Something of that name is there, with other bytes. */
  readonly replaces: boolean;
  readonly bytes: number;
  /** Null for what is removed. */
  readonly headers: ObjectHeaders | null;
}

export interface UploadPreview {
  readonly objects: readonly PlannedObject[];
  /** What is not uploaded: hidden files, receipts, and what cannot be. */
  readonly skipped: readonly string[];
}

type PreviewRequest = Pick<UploadRequest, 'folder' | 'destination' | 'replace' | 'force' | 'strict' | 'signal'>;

/**
 * What `uploadFolder` would do, by one listing of the bucket and, of a title, its record; nothing is written.
 * Throws what the upload would throw at its beginning: strict-warnings, output-not-ours, output-other-source, verify-failed, storage-conflict, storage-….
 */
export async function previewUpload(request: PreviewRequest): Promise<UploadPreview> {
  const { folder, destination, signal } = request;
  const local = await readRecord(new LocalStorage(folder));
  if (local.kind === 'ours') {
    const snapshot = await destination.storage.snapshot();
    return { objects: await previewTitle(local.record, request, snapshot), skipped: [] };
  }
  const tree = await readTree(folder, signal);
  if (request.strict) checkNothingLost(folder, tree);
  const snapshot = await destination.storage.snapshot();
  const planned = (await sumPresent(tree.files, snapshot, signal)).map((file) =>
    plan(file, destination.storage, snapshot),
  );
  return { objects: await Promise.all(planned), skipped: leftOutOf(tree) };
}

async function previewTitle(
  made: TitleRecord,
  { folder, destination, replace, force, signal }: PreviewRequest,
  snapshot: Snapshot,
): Promise<PlannedObject[]> {
  const { storage } = destination;
  const prepared = await prepareUpload(made, { folder, destination, snapshot, signal, ledger: null });
  const { artifacts, record, previous, isThere, shared } = prepared;
  const isOurs = ({ path, crc32c }: { path: string; crc32c: string | null }): boolean => shared.isOurs(path, crc32c);
  await checkOwnership(storage, { previous, force, snapshot, isOurs });
  if (previous && !isThere && !replace) checkSameSource(destination.name, previous, record.source);
  const planned: PlannedObject[] = [];
  const add = async (artifact: Artifact): Promise<void> => {
    if (!isThere) await newOnly(artifact, snapshot, true);
    planned.push(await plan(artifact, storage, snapshot));
  };
  for (const artifact of artifacts.files) await add(artifact);
  for await (const artifact of artifacts.segments()) await add(artifact);
  const obsolete =
    isThere && previous ? leftoversOf(previous) : obsoleteFiles(record, { previous, pending: null, ownUploads: null });
  const removed: PlannedObject[] = [];
  for await (const { path, bytes } of filesOf(obsolete, { storage })) {
    const found = await snapshot.get(path);
    if (found?.bytes === bytes) removed.push({ path, action: 'remove', replaces: false, bytes, headers: null });
  }
  const removing = await presentOf(obsolete, snapshot);
  const written = isEmpty(removing) ? record : { ...record, removing };
  return [...planned, await planRecord(written, { storage, snapshot, isThere }), ...removed];
}

async function planRecord(
  record: TitleRecord,
  { storage, snapshot, isThere }: { readonly storage: Storage; readonly snapshot: Snapshot; readonly isThere: boolean },
): Promise<PlannedObject> {
  const found = await snapshot.get(RECORD_NAME);
  const text = recordText(record);
  // Of a title that is there already it is left as it is, though another folder's says the same in other words.
  const same =
    isThere && found
      ? { bytes: found.bytes, crc32c: found.crc32c ?? '' }
      : { bytes: text.length, crc32c: crc32cOf(text) };
  return plan({ path: RECORD_NAME, class: 'record', ...same }, storage, snapshot);
}

async function plan(
  item: {
    readonly path: string;
    readonly class: FileClass;
    readonly bytes: number;
    readonly crc32c?: string | undefined;
  },
  storage: Storage,
  snapshot: Snapshot,
): Promise<PlannedObject> {
  const { path, bytes, crc32c } = item;
  const headers = storage.headersFor(path, item.class);
  const found = await snapshot.get(path);
  const isSame = found?.bytes === bytes && found.crc32c === crc32c;
  const isRight = isSame && headers !== null && found.headers !== null && hasHeaders(found.headers, headers);
  const action = isRight ? 'leave' : isSame ? 'patch' : 'send';
  return { path, action, replaces: found !== null && !isSame, bytes, headers };
}
