import type { TitleRecord } from '../../model/artifact.js';
import { publicPlan, publicSource } from '../record/public-source.js';

/**
 * The record of a title of a folder as an upload of it writes it: with the checksums that a bucket keeps, without what the
 * folder keeps of older versions, which is not part of this one, and without the paths that older records have.
 */
export function uploadedRecord(
  { kept: _kept, ...title }: TitleRecord,
  sumOf: (path: string) => string | undefined,
): TitleRecord {
  const summed = <T extends { readonly path: string }>(file: T): T & { readonly crc32c?: string } => {
    const crc32c = sumOf(file.path);
    return crc32c === undefined ? file : { ...file, crc32c };
  };
  const source = publicSource(title.source);
  return {
    ...title,
    schema: 'mediactl.title/2',
    source,
    plan: publicPlan(title.plan, source),
    renditions: title.renditions.map((rendition) =>
      rendition.journal ? { ...rendition, journal: summed(rendition.journal) } : rendition,
    ),
    files: title.files.map(summed),
  };
}
