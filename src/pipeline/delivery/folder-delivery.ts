import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Artifact, TitleArtifacts } from '../../model/artifact.js';
import { crc32cOfFile } from '../../storage/crc32c.js';
import { publishedIn } from '../work/published.js';
import { checkPublished, checkStaged } from './check-delivered.js';
import type { Delivery } from './delivery.js';

/** To the folder `title` beside the working folder: all is moved there when it is complete. */
export function folderDelivery(workFolder: string, title: string): Delivery {
  let checked: Pick<TitleArtifacts, 'files'> = { files: [] };
  return {
    published: publishedIn(title),
    failed: new AbortController().signal,
    stagedBytes: Infinity,
    shared: null,
    take: () => Promise.resolve(),
    settle: () => Promise.resolve(),
    async check(artifacts) {
      checked = artifacts;
      await checkStaged(workFolder, artifacts);
      const files: Artifact[] = [];
      // Segments were summed when they were made.
      for (const file of artifacts.files) files.push(await withChecksum(file, title));
      return { files, segments: artifacts.segments };
    },
    checkPublished: () => checkPublished(title, checked),
    stop: () => {},
    close: () => Promise.resolve(),
  };
}

/** So that a byte that changes later is found. A run that was killed may have moved the file to its place. */
async function withChecksum(artifact: Artifact, title: string): Promise<Artifact> {
  const { path, file, bytes } = artifact;
  const where = existsSync(file) ? file : join(title, path);
  if (!existsSync(where)) return artifact;
  const sum = await crc32cOfFile(where);
  return sum.bytes === bytes ? { ...artifact, crc32c: sum.crc32c } : artifact;
}
