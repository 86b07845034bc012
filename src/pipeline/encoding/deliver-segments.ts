import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Segment } from '../../model/artifact.js';
import { initArtifacts } from '../work/init-artifacts.js';
import type { EncodeWork, Encoding } from './encoding.js';

/** Brings a segment to its place, audio when it is certain to stay. */
export async function pass({ title, work, gate }: Encoding, segment: Segment): Promise<void> {
  const rendition = title.plan.renditions.find(({ id }) => id === segment.rendition);
  switch (rendition?.kind) {
    case 'audio':
      gate.audio(segment);
      break;
    case 'video':
      gate.video(segment);
      await deliver(work, segment);
      break;
    case undefined:
  }
  for (const certain of gate.certain()) await deliver(work, certain);
}

/** What an earlier run has made and not brought to its place. */
export async function deliverStaged(encoding: Encoding): Promise<void> {
  const { title, work, gate } = encoding;
  for (const { path, file, bytes } of await initArtifacts(title.plan, work.path)) {
    await work.delivery.take(path, file, bytes, 'init');
  }
  for (const { id, kind } of title.plan.renditions) {
    for await (const segment of work.journal.segments(id)) {
      if (existsSync(join(work.path, id, segment.file))) await pass(encoding, segment);
      else if (kind === 'video') gate.video(segment);
    }
  }
}

/** Brings a segment to its place now. */
export async function deliver({ delivery, path }: EncodeWork, segment: Segment): Promise<void> {
  const { rendition, file, bytes } = segment;
  await delivery.take(`${rendition}/${file}`, join(path, rendition, file), bytes, 'segment');
}
