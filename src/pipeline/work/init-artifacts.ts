import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../errors.js';
import type { Artifact } from '../../model/artifact.js';
import type { EncodePlan } from '../../model/plan.js';
import { containerOf } from '../../tools/containers/containers.js';

/** The initialization segments that are there of a title's renditions, as files to publish. `folder`: staging. */
export async function initArtifacts({ renditions }: EncodePlan, folder: string): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const rendition of renditions) {
    const { init } = containerOf(rendition);
    if (init === null) continue;
    const path = `${rendition.id}/${init}`;
    const file = join(folder, path);
    const bytes = await sizeOf(file);
    if (bytes !== null) artifacts.push({ path, class: 'init', file, bytes });
  }
  return artifacts;
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
