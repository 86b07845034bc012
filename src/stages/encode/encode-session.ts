import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodeJob } from '../../model/encode-job.js';
import type { RunContext } from '../../tools/run-context.js';
import { createChannel, type Channel } from './channel.js';
import type { EncodeItem } from './encode-item.js';
import type { EncodeSite } from './encode-site.js';
import { createGate, type Gate } from './gate.js';
import { createInits, type Inits } from './inits.js';
import { createPace, type Pace } from './pace.js';
import { createSpeedometer, type Speedometer } from './speed.js';

/** A job that is being done: all that lives only as long as that. */
export interface EncodeSession {
  readonly job: EncodeJob;
  readonly site: EncodeSite;
  /** Where FFmpeg writes; this session's own. */
  readonly parts: string;
  /** What is made, for whoever takes it. */
  readonly items: Channel<EncodeItem>;
  /** Shut while nobody comes for the items. */
  readonly gate: Gate;
  readonly pace: Pace;
  readonly speedometer: Speedometer;
  readonly inits: Inits;
}

/** To be closed when no process writes any more. Throws the system's errors where the folder cannot be written. */
export async function openSession(job: EncodeJob, site: EncodeSite, { emit }: RunContext): Promise<EncodeSession> {
  const gate = createGate();
  const plenty = backlog(job.missing.spans.length);
  const items = createChannel<EncodeItem>((waiting) => {
    if (waiting >= plenty) gate.set(true);
    else if (waiting === 0) gate.set(false);
  });
  return {
    job,
    site,
    parts: await makeParts(site.folder),
    items,
    gate,
    pace: createPace(),
    speedometer: createSpeedometer(job.plan, job.missing.doneSeconds, emit),
    inits: createInits(site.folder, (init) => items.push({ kind: 'init', init })),
  };
}

/** Removes what FFmpeg wrote and nobody wants; what cannot be removed is removed by the next run. */
export async function closeSession({ parts }: EncodeSession): Promise<void> {
  await rm(parts, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

// All renditions may close a segment at the same moment; more than that means that nobody comes for them.
const BACKLOG_PER_SPAN = 2;
const MANY = 3;

function backlog(spans: number): number {
  return BACKLOG_PER_SPAN * Math.max(MANY, spans);
}

/**
 * How many segments of each of so many renditions may be on disk before FFmpeg is suspended, though nobody comes for
 * them: those that wait, one that is measured, and one that is written, of each of so many chunks side by side.
 */
export function segmentsAhead(renditions: number, chunksAtOnce: number): number {
  return Math.ceil(backlog(renditions) / Math.max(1, renditions)) + 2 * chunksAtOnce;
}

const PARTS = 'parts-';

/**
 * A folder that no other run has had: an FFmpeg that outlived a killed run, because its guard was killed as well,
 * must not write among the files of this one. Removes what killed runs left.
 */
async function makeParts(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (name.startsWith(PARTS)) await rm(join(folder, name), { recursive: true, force: true });
  }
  return mkdtemp(join(folder, PARTS));
}
