import { MediactlError } from '../../errors.js';
import type { RecordedJournal, TitleOrigin, TitleRecord } from '../../model/artifact.js';
import { segmentPath } from '../../model/files-and-journals.js';
import type { EncodePlan } from '../../model/plan.js';
import type { Rendition } from '../../model/rendition.js';
import { printable } from '../../model/text.js';
import { crc32cOf } from '../../storage/crc32c.js';
import type { Storage } from '../../storage/storage.js';
import { containerOf } from '../../tools/containers/containers.js';
import type { Place } from '../delivery/place.js';
import { sourceName } from '../record/public-source.js';
import { isUnchanged, readRecord } from '../record/record.js';
import { parseLine } from '../work/journal-lines.js';
import { ahead } from './ahead.js';
import type { FinishedSegment, FinishedSource } from './finished-source.js';

/**
 * A title of ours, in a folder or a bucket. Each segment is compared with the size and checksum that were noted when it
 * was made. Throws MediactlError: input-unsupported (no title, one of another version, one that is encrypted),
 * input-truncated (files are missing).
 */
export async function openFinishedTitle(place: Place): Promise<FinishedSource> {
  const { storage, name } = place;
  const { present, snapshot } = await place.lookAt();
  if (present.kind !== 'ours') throw noTitle(name, present.kind === 'foreign' ? present.reason : NO_RECORD);
  const { record } = present;
  const plan = await planOf(record, name);
  const compared = await isUnchanged(storage, record, record.planKey, snapshot);
  if (!compared.unchanged) throw incomplete(name, compared.because);
  return {
    name,
    plan: { ...plan, warnings: record.warnings },
    ffmpeg: record.tool.ffmpeg,
    account: record.account ?? [],
    origin: originOf(record, name),
    isClosed: () => true,
    codecsOf: ({ id }) => record.renditions.find((measure) => measure.id === id)?.codecs ?? null,
    segments: (rendition, first) => ahead(segmentsOf({ storage, name, record, plan }, rendition, first)),
    async check() {
      const now = await readRecord(storage);
      if (now.kind === 'ours' && now.record.finishedAt === record.finishedAt) return;
      throw new MediactlError('source-changed', `${printable(name)} was replaced while it was read`, {
        hint: 'run the same command again',
      });
    },
  };
}

const NO_RECORD = 'there is no mediactl.json, the record of a title';

function originOf({ finishedAt, planKey }: TitleRecord, name: string): TitleOrigin {
  return { name: sourceName(name), finishedAt, planKey };
}

async function planOf({ plan, renditions }: TitleRecord, name: string): Promise<EncodePlan> {
  const { recordedPlanSchema } = await import('./recorded-plan.js');
  const parsed = recordedPlanSchema.safeParse(plan);
  const issue = parsed.error?.issues[0];
  const where = issue?.path.join('.') ?? '';
  if (where.endsWith('.protection')) throw noTitle(name, 'it is encrypted, and what is in it cannot be taken out');
  if (parsed.data && renditions.every(({ journal }) => journal !== undefined)) return parsed.data;
  throw new MediactlError('input-unsupported', `${printable(name)} was made by another version of mediactl`, {
    reason: issue
      ? `its record says in another way how it was made (${printable(where)})`
      : 'its record names no journals',
    hint: 'encode it again with this version',
  });
}

interface Opened {
  readonly storage: Storage;
  readonly name: string;
  readonly record: TitleRecord;
  readonly plan: EncodePlan;
}

async function* segmentsOf(title: Opened, rendition: Rendition, first: number): AsyncGenerator<FinishedSegment> {
  const { record, plan } = title;
  const { journal } = record.renditions.find(({ id }) => id === rendition.id) ?? {};
  if (!journal) throw incomplete(title.name, `its record knows no ${rendition.name}`);
  const container = containerOf(rendition);
  const init = container.init === null ? null : await readInit(title, `${rendition.id}/${container.init}`);
  let next = 0;
  for (const line of await readJournal(title, journal)) {
    const parsed = parseLine(line, rendition.id);
    if (parsed === null || !('segment' in parsed)) break;
    const { segment } = parsed;
    if (segment.index !== next++) throw damaged(title.name, journal.path, 'it leaves segments out');
    if (segment.index < first) continue;
    const path = segmentPath(journal, segment.file);
    const bytes = await readChecked(title, path, segment);
    const { index } = segment;
    yield {
      index,
      isLast: next === journal.segments,
      closed: { segment: { ...segment, crc32c: segment.crc32c ?? crc32cOf(bytes) }, bytes, init },
      coded: () => container.read(bytes, init, { plan, rendition, index }),
    };
  }
  if (next < journal.segments) throw damaged(title.name, journal.path, 'it ends before its last segment');
}

function readInit(title: Opened, path: string): Promise<Buffer> {
  const file = title.record.files.find((one) => one.path === path);
  if (!file) throw incomplete(title.name, `its record does not name ${path}`);
  return readChecked(title, path, file);
}

/** Its lines, one at a time. */
async function readJournal(title: Opened, journal: RecordedJournal): Promise<Iterable<string>> {
  const bytes = await readChecked(title, journal.path, journal);
  return (function* lines() {
    for (let start = 0, end = bytes.indexOf(10); end >= 0; start = end + 1, end = bytes.indexOf(10, start)) {
      yield bytes.toString('utf8', start, end);
    }
  })();
}

async function readChecked(
  { storage, name }: Opened,
  path: string,
  { bytes: size, crc32c }: { readonly bytes: number; readonly crc32c?: string | undefined },
): Promise<Buffer> {
  const read = await storage.read(path);
  if (read === null) throw incomplete(name, `${printable(path)} is missing`);
  if (read.length !== size) throw damaged(name, path, `it has ${read.length} bytes instead of ${size}`);
  const bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
  if (crc32c !== undefined && crc32cOf(bytes) !== crc32c) throw damaged(name, path, 'its checksum is another one');
  return bytes;
}

function noTitle(name: string, reason: string): MediactlError {
  return new MediactlError('input-unsupported', `${printable(name)} cannot be packaged`, {
    reason,
    hint: 'name the folder of a title that mediactl encode has made',
  });
}

function incomplete(name: string, reason: string): MediactlError {
  return new MediactlError('input-truncated', `the title ${printable(name)} is incomplete`, {
    reason,
    hint: 'complete it by running the encode command again, or fetch it again',
  });
}

function damaged(name: string, path: string, reason: string): MediactlError {
  return new MediactlError('input-unreadable', `${printable(path)} of the title ${printable(name)} is damaged`, {
    reason,
    hint: 'fetch the title again, or encode it again',
  });
}
