import { createHash } from 'node:crypto';
import type { TitleRecord } from '../../model/artifact.js';
import { olderFiles, presentFiles } from '../../model/files-and-journals.js';
import { parseJsonOrUndefined } from '../../model/json.js';
import type { EncodePlan } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';
import { printable } from '../../model/text.js';
import { classOf, RECORD_NAME, type FileClass } from '../../model/title-files.js';
import { filesOf, isAsRecorded } from '../../stages/publish/list-files.js';
import { PENDING_NAME } from '../../stages/publish/pending.js';
import { forEachBounded } from '../../storage/bounded.js';
import type { Snapshot, Storage } from '../../storage/storage.js';

/** `foreign`: there is a mediactl.json, but not one that this version can take for its own, and why. */
export type RecordState =
  | { readonly kind: 'none' }
  | { readonly kind: 'ours'; readonly record: TitleRecord }
  | { readonly kind: 'foreign'; readonly reason: string };

/** Reads the title's mediactl.json. Throws what `Storage.read` throws. */
export async function readRecord(storage: Storage, generation?: string): Promise<RecordState> {
  const bytes = await storage.read(RECORD_NAME, generation);
  return bytes === null ? { kind: 'none' } : parseRecord(bytes);
}

/** The bytes of a mediactl.json as a record, or why they are none. */
export async function parseRecord(bytes: Uint8Array): Promise<Exclude<RecordState, { kind: 'none' }>> {
  const value = parseJsonOrUndefined(new TextDecoder().decode(bytes));
  if (value === undefined) return { kind: 'foreign', reason: `its ${RECORD_NAME} is not JSON` };
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : null;
  if (typeof schema === 'string' && schema.startsWith('mediactl.title/') && !/^mediactl\.title\/[12]$/.test(schema)) {
    return {
      kind: 'foreign',
      reason: `its ${RECORD_NAME} was written by another version of mediactl (${printable(schema)})`,
    };
  }
  const { titleRecordSchema } = await import('./record-schema.js');
  const result = titleRecordSchema.safeParse(value);
  if (result.success) return { kind: 'ours', record: result.data };
  const issue = result.error.issues[0];
  const where = issue ? ` (${printable(issue.path.join('.'))}: ${printable(issue.message)})` : '';
  return { kind: 'foreign', reason: `its ${RECORD_NAME} is not the record of a title${where}` };
}

/** SHA-256 (hex) of what a title depends on: the source's identity, and each rendition with how it is announced. */
export function planKey(plan: EncodePlan): string {
  const { bytes, modifiedMs, fingerprint } = plan.source;
  const [form, ...others] = plan.packaging;
  // The key of a title of one form is that of the time before there were several.
  const packaging = others.length === 0 ? form : plan.packaging;
  const parts = [bytes, modifiedMs, fingerprint, packaging, plan.renditions.map(announced)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** What playlists say of a rendition, beside what its id depends on. */
function announced(rendition: Rendition): unknown[] {
  const { id, kind } = rendition;
  switch (kind) {
    case 'video':
      return [id, kind, rendition.width, rendition.height];
    case 'audio': {
      const { label, language, isDefault, characteristics, channels } = rendition;
      return [id, kind, label, language, isDefault, characteristics, channels];
    }
  }
}

export type Comparison = { readonly unchanged: true } | { readonly unchanged: false; readonly because: string };

/**
 * Whether the title that is there is what the plan with this key would make, by sizes, and by checksums where the
 * destination keeps them: nothing but its journals is read. Its headers may be others.
 * Also false after a publication that was interrupted, which running again completes.
 */
export async function isUnchanged(
  storage: Storage,
  record: TitleRecord | null,
  key: string,
  seen?: Snapshot,
): Promise<Comparison> {
  if (record === null) return { unchanged: false, because: 'there is no title yet' };
  if (record.planKey !== key) return { unchanged: false, because: 'the source or the options changed' };
  const snapshot = seen ?? (await storage.snapshot());
  if ((await snapshot.get(PENDING_NAME)) !== null) return { unchanged: false, because: 'publishing was interrupted' };
  let wrong = 0;
  let first: string | null = null;
  await forEachBounded(filesOf(presentFiles(record), { storage }), 32, async (file) => {
    if (isAsRecorded(await snapshot.get(file.path), file)) return;
    wrong++;
    if (first === null || file.path < first) first = file.path;
  });
  if (first === null) return { unchanged: true };
  return { unchanged: false, because: `${printable(first)} is missing or has changed${andMore(wrong)}` };
}

function andMore(count: number): string {
  return count > 1 ? ` (and ${count - 1} more)` : '';
}

/** What each file of a title is, by its path in the title. */
export function classesOf(record: TitleRecord): (path: string) => FileClass {
  const all = [presentFiles(record), ...olderFiles(record)].flatMap(({ files }) => files);
  const said = new Map(all.flatMap((file) => (file.class === undefined ? [] : [[file.path, file.class] as const])));
  return (path) => classOf({ path, class: said.get(path) });
}

/** Seconds. */
export function durationOf({ renditions }: TitleRecord): number {
  return Math.max(0, ...renditions.map(({ duration }) => toNumber(duration)));
}
