import { join } from 'node:path';
import type { TitleRecord } from '../../model/artifact.js';
import type { ResultEvent, UploadedObject } from '../../model/events.js';
import { RECORD_NAME } from '../../model/title-files.js';
import type { Snapshot, Stored } from '../../storage/storage.js';
import { durationOf } from '../record/record.js';
import type { Destination } from './destination.js';

/** The final event of a title. */
export function resultOf(made: {
  readonly outcome: ResultEvent['outcome'];
  readonly destination: Destination;
  /** In a bucket: all objects of the title. */
  readonly stored: readonly Stored[];
  readonly record: TitleRecord;
  readonly elapsedSeconds: number;
}): ResultEvent {
  const { record } = made;
  const { name, bucket } = made.destination;
  return {
    type: 'result',
    outcome: made.outcome,
    status: record.status,
    output: name,
    playlist: bucket ? `${name}/master.m3u8` : join(name, 'master.m3u8'),
    durationSeconds: durationOf(record),
    elapsedSeconds: made.elapsedSeconds,
    bytes: record.files.reduce((sum, { bytes }) => sum + bytes, 0),
    renditions: record.renditions,
    ...(bucket ? { url: `${bucket.url}/master.m3u8`, objects: made.stored.map(uploadedObject) } : {}),
    warnings: record.warnings,
  };
}

/** The objects of a title that is in a bucket, its record included; none where it is in a folder. */
export async function storedOf({ bucket }: Destination, record: TitleRecord, there: Snapshot): Promise<Stored[]> {
  if (!bucket) return [];
  const found: Stored[] = [];
  for (const path of [...record.files.map((file) => file.path), RECORD_NAME]) {
    const stored = await there.get(path);
    if (stored !== null) found.push(stored);
  }
  return found;
}

export function uploadedObject({ path, bytes, crc32c, generation, headers }: Stored): UploadedObject {
  const { contentType = null, cacheControl = null, metadata = {} } = headers ?? {};
  return { path, bytes, crc32c, generation, contentType, cacheControl, metadata };
}
