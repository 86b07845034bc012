import { createHash } from 'node:crypto';
import { MediactlError } from '../errors.js';
import type { Artifact, RenditionMeasure, TitleRecord } from '../model/artifact.js';
import type { Warning } from '../model/media.js';
import type { EncodePlan } from '../model/plan.js';
import { printable } from '../model/text.js';
import { checkOwnership, MASTER_NAME, RECORD_NAME } from '../stages/publish/ownership.js';
import { PENDING_NAME } from '../stages/publish/pending.js';
import { forEachBounded } from '../storage/bounded.js';
import type { Storage } from '../storage/storage.js';
import { asMediactlError } from '../tools/space.js';
import { damageAmong } from './damage.js';

/**
 * The record of the title that is there; null when the place is free. Throws MediactlError output-not-ours when a
 * mediactl.json or a master playlist is there that this version cannot take for its own (with `force`: null), and
 * output-not-writable when the disk does not let us read. To be called before any work.
 */
export async function readRecord(
  storage: Storage,
  options: { readonly force?: boolean } = {},
): Promise<TitleRecord | null> {
  const { force = false } = options;
  try {
    const bytes = await storage.read(RECORD_NAME);
    const found = bytes === null ? null : await parseRecord(new TextDecoder().decode(bytes));
    const reason = typeof found === 'string' ? found : null;
    const record = typeof found === 'string' ? null : found;
    await checkOwnership(storage, { previous: record, reason, force });
    return record;
  } catch (error) {
    throw asMediactlError(error, storage.name);
  }
}

/** The record, or why it is not one. */
async function parseRecord(text: string): Promise<TitleRecord | string> {
  const value = parseJson(text);
  if (value === undefined) return `its ${RECORD_NAME} is not JSON`;
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : null;
  if (typeof schema === 'string' && schema.startsWith('mediactl.title/') && schema !== 'mediactl.title/1') {
    return `its ${RECORD_NAME} is of another version of mediactl (${printable(schema)})`;
  }
  const { titleRecordSchema } = await import('./record-schema.js');
  const result = titleRecordSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue ? ` (${printable(issue.path.join('.'))}: ${printable(issue.message)})` : '';
  return `its ${RECORD_NAME} is not a title's record${where}`;
}

export interface MadeTitle {
  /** mediactl's own version. */
  readonly version: string;
  readonly capabilities: { readonly version: string };
  readonly plan: EncodePlan;
  readonly renditions: readonly RenditionMeasure[];
  readonly artifacts: readonly Artifact[];
  readonly warnings: readonly Warning[];
}

/** The record of a title that is about to be published. Throws when it has a file twice or no master playlist. */
export function makeRecord(made: MadeTitle): TitleRecord {
  const { plan, renditions, artifacts, warnings } = made;
  const paths = new Set(artifacts.map((artifact) => artifact.path));
  if (paths.size !== artifacts.length || !paths.has(MASTER_NAME)) {
    throw new MediactlError('internal', 'the title has a file twice, or no master playlist');
  }
  return {
    schema: 'mediactl.title/1',
    tool: { mediactl: made.version, ffmpeg: made.capabilities.version },
    finishedAt: new Date().toISOString(),
    source: plan.source,
    status: damageAmong(warnings).length > 0 ? 'damaged' : 'complete',
    planKey: planKey(plan),
    plan,
    renditions,
    files: artifacts.map(({ path, bytes }) => ({ path, bytes })),
    warnings,
  };
}

/** SHA-256 (hex) of what a title depends on: the source's identity, and each rendition with how it is announced. */
export function planKey(plan: EncodePlan): string {
  const { bytes, modifiedMs, fingerprint } = plan.source;
  const video = plan.video?.rungs.map(({ id, width, height }) => [id, width, height]) ?? [];
  const audio = plan.audio.map(({ id, label, language, isDefault, characteristics, channels }) => [
    id,
    label,
    language,
    isDefault,
    characteristics,
    channels,
  ]);
  const parts = [bytes, modifiedMs, fingerprint, plan.packaging, video, audio];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Whether the title that is there is what the plan would make, by sizes only: nothing is read. Also false after a
 * publication that was interrupted, which running again completes.
 */
export async function isUnchanged(storage: Storage, record: TitleRecord, plan: EncodePlan): Promise<boolean> {
  if (record.planKey !== planKey(plan)) return false;
  try {
    if ((await storage.stat(PENDING_NAME)) !== null) return false;
    let same = true;
    await forEachBounded(record.files, 32, async ({ path, bytes }) => {
      if (same && (await storage.stat(path))?.bytes !== bytes) same = false;
    });
    return same;
  } catch (error) {
    throw asMediactlError(error, storage.name);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
