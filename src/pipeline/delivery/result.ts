import type { TitleRecord } from '../../model/artifact.js';
import type { ResultEvent, UploadedObject } from '../../model/events.js';
import { MASTER_NAME } from '../../model/title-files.js';
import type { Stored } from '../../storage/storage.js';
import { durationOf } from '../record/record.js';
import type { Place } from './place.js';

/** The final event of a title. */
export function resultOf(made: {
  readonly outcome: ResultEvent['outcome'];
  readonly destination: Pick<Place, 'name' | 'addressesOf'>;
  /** In a bucket: all objects of the title. */
  readonly stored: readonly Stored[];
  readonly record: TitleRecord;
  readonly elapsedSeconds: number;
}): ResultEvent {
  const { record } = made;
  const { name } = made.destination;
  const { playlist, ...addresses } = made.destination.addressesOf(MASTER_NAME, made.stored);
  return {
    type: 'result',
    outcome: made.outcome,
    status: record.status,
    output: name,
    playlist,
    durationSeconds: durationOf(record),
    elapsedSeconds: made.elapsedSeconds,
    bytes: record.files.reduce((sum, { bytes }) => sum + bytes, 0),
    renditions: record.renditions,
    ...addresses,
    warnings: record.warnings,
  };
}

/** A stored object as results and receipts list it. */
export function uploadedObject({ path, bytes, crc32c, generation, headers }: Stored): UploadedObject {
  const { contentType = null, cacheControl = null, metadata = {} } = headers ?? {};
  return { path, bytes, crc32c, generation, contentType, cacheControl, metadata };
}
