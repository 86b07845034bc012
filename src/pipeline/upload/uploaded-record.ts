import type { TitleRecord } from '../../model/artifact.js';

/**
 * The record of a title of a folder as an upload of it writes it: with the checksums that a bucket keeps, and without
 * what the folder keeps of older versions, which is not part of this one.
 */
export function uploadedRecord(
  { kept: _kept, ...title }: TitleRecord,
  sumOf: (path: string) => string | undefined,
): TitleRecord {
  const summed = <T extends { readonly path: string }>(file: T): T & { readonly crc32c?: string } => {
    const crc32c = sumOf(file.path);
    return crc32c === undefined ? file : { ...file, crc32c };
  };
  return {
    ...title,
    schema: 'mediactl.title/2',
    renditions: title.renditions.map((rendition) =>
      rendition.journal ? { ...rendition, journal: summed(rendition.journal) } : rendition,
    ),
    files: title.files.map(summed),
  };
}
