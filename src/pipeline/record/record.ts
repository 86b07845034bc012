import { createHash } from 'node:crypto';
import { MediactlError } from '../../errors.js';
import type { Artifact, RecordedFile, TitleRecord } from '../../model/artifact.js';
import { parseJsonOrUndefined } from '../../model/json.js';
import type { EncodePlan } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';
import { printable } from '../../model/text.js';
import { classOf, MASTER_NAME, RECORD_NAME, type FileClass } from '../../model/title-files.js';
import { PENDING_NAME } from '../../stages/publish/pending.js';
import { forEachBounded } from '../../storage/bounded.js';
import type { Snapshot, Storage, Stored } from '../../storage/storage.js';

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
  if (typeof schema === 'string' && schema.startsWith('mediactl.title/') && schema !== 'mediactl.title/1') {
    return { kind: 'foreign', reason: `its ${RECORD_NAME} is of another version of mediactl (${printable(schema)})` };
  }
  const { titleRecordSchema } = await import('./record-schema.js');
  const result = titleRecordSchema.safeParse(value);
  if (result.success) return { kind: 'ours', record: result.data };
  const issue = result.error.issues[0];
  const where = issue ? ` (${printable(issue.path.join('.'))}: ${printable(issue.message)})` : '';
  return { kind: 'foreign', reason: `its ${RECORD_NAME} is not a title's record${where}` };
}

/** SHA-256 (hex) of what a title depends on: the source's identity, and each rendition with how it is announced. */
export function planKey(plan: EncodePlan): string {
  const { bytes, modifiedMs, fingerprint } = plan.source;
  const parts = [bytes, modifiedMs, fingerprint, plan.packaging, plan.renditions.map(announced)];
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
 * destination keeps them: nothing is read. Its headers may be others.
 * Also false after a publication that was interrupted, which running again completes.
 */
export async function isUnchanged(
  storage: Storage,
  record: TitleRecord | null,
  key: string,
  there?: Snapshot,
): Promise<Comparison> {
  if (record === null) return { unchanged: false, because: 'there is no title yet' };
  if (record.planKey !== key) return { unchanged: false, because: 'the source or the options changed' };
  const snapshot = there ?? (await storage.snapshot());
  if ((await snapshot.get(PENDING_NAME)) !== null) return { unchanged: false, because: 'publishing was interrupted' };
  const wrong: string[] = [];
  await forEachBounded(record.files, 32, async (file) => {
    if (!isRight(file, await snapshot.get(file.path))) wrong.push(file.path);
  });
  const first = wrong.toSorted()[0];
  if (first === undefined) return { unchanged: true };
  return { unchanged: false, because: `${printable(first)} is missing or was changed${andMore(wrong.length)}` };
}

function isRight(file: RecordedFile, there: Stored | null): boolean {
  if (there?.bytes !== file.bytes) return false;
  return there.crc32c === null || there.crc32c === file.crc32c;
}

/** For `TitleRecord.files`. Throws what checkWhole throws. */
export function recordFiles(artifacts: readonly Artifact[]): TitleRecord['files'] {
  checkWhole(artifacts);
  return artifacts.map(({ path, bytes, crc32c, class: kind }) => ({
    path,
    bytes,
    class: kind,
    ...(crc32c === undefined ? {} : { crc32c }),
  }));
}

/** Throws MediactlError when the title would have no master playlist or a file twice. */
export function checkWhole(artifacts: readonly Artifact[]): void {
  const paths = new Set(artifacts.map((artifact) => artifact.path));
  if (paths.size === artifacts.length && paths.has(MASTER_NAME)) return;
  throw new MediactlError('internal', 'the title has a file twice, or no master playlist');
}

function andMore(count: number): string {
  return count > 1 ? ` (and ${count - 1} more)` : '';
}

/** What each file of a title is, by its path in the title. */
export function classesOf({ files, kept = [] }: TitleRecord): (path: string) => FileClass {
  const all = [...files, ...kept.flatMap((version) => version.files)];
  const said = new Map(all.flatMap((file) => (file.class === undefined ? [] : [[file.path, file.class] as const])));
  return (path) => classOf({ path, class: said.get(path) });
}

/** Seconds. */
export function durationOf({ renditions }: TitleRecord): number {
  return Math.max(0, ...renditions.map(({ duration }) => toNumber(duration)));
}
