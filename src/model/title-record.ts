import type { TitleRecord } from './artifact.js';
import { presentFiles } from './files-and-journals.js';

/** The bytes of a mediactl.json. */
export function recordText(record: TitleRecord): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`);
}

/** Of all files of the title but its record, bytes. */
export function recordBytes(record: TitleRecord): number {
  const { files, journals } = presentFiles(record);
  const inJournals = record.renditions.filter(({ journal }) => journal !== undefined);
  return [...files, ...journals, ...inJournals].reduce((sum, { bytes }) => sum + bytes, 0);
}
