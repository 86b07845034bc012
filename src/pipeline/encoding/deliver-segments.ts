import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Segment } from '../../model/artifact.js';
import { initArtifacts } from '../work/init-artifacts.js';
import type { Encoding } from './encoding.js';

/** Brings a segment to its place, audio when it is certain to stay. */
export async function pass(encoding: Encoding, segment: Segment): Promise<void> {
  const { plan, gate } = encoding;
  const rendition = plan.renditions.find(({ id }) => id === segment.rendition);
  switch (rendition?.kind) {
    case 'audio':
      gate.audio(segment);
      break;
    case 'video':
      gate.video(segment);
      await deliver(encoding, segment);
      break;
    case undefined:
  }
  for (const certain of gate.certain()) await deliver(encoding, certain);
}

/** What an earlier run has made and not brought to its place. */
export async function deliverStaged(encoding: Encoding): Promise<void> {
  const { plan, site, output, gate } = encoding;
  for (const { path, file, bytes } of await initArtifacts(plan, site.folder)) {
    await output.delivery.take(path, file, bytes, 'init');
  }
  for (const { id, kind } of plan.renditions) {
    for await (const segment of output.journal.segments(id)) {
      if (existsSync(join(site.folder, id, segment.file))) await pass(encoding, segment);
      else if (kind === 'video') gate.video(segment);
    }
  }
}

/** Brings a segment to its place now. */
export async function deliver({ site, output }: Pick<Encoding, 'site' | 'output'>, segment: Segment): Promise<void> {
  const { rendition, file, bytes } = segment;
  await output.delivery.take(`${rendition}/${file}`, join(site.folder, rendition, file), bytes, 'segment');
}
