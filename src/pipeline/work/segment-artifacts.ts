import { join } from 'node:path';
import type { Artifact } from '../../model/artifact.js';
import type { EncodePlan } from '../../model/plan.js';
import type { Journal } from './journal.js';

/** The segments of a title as files to publish, rendition by rendition, streamed from its journals. `folder`: staging. */
export async function* segmentArtifacts(
  { renditions }: EncodePlan,
  journal: Journal,
  folder: string,
): AsyncGenerator<Artifact> {
  for (const { id } of renditions) {
    for await (const { file, bytes, crc32c } of journal.segments(id)) {
      yield { path: `${id}/${file}`, class: 'segment', file: join(folder, id, file), bytes, crc32c };
    }
  }
}
