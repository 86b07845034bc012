import { MediactlError } from '../../errors.js';
import { diskFull } from '../../errors/disk.js';
import type { Span } from '../../model/chunk.js';
import type { EncodeJob } from '../../model/encode-job.js';
import type { Rendition } from '../../model/rendition.js';
import type { RunContext } from '../../tools/run-context.js';
import { freeBytes } from '../../tools/space.js';
import { encodeAudio } from './encode-audio.js';
import type { EncodeItem } from './encode-item.js';
import { closeSession, openSession, type EncodeSession } from './encode-session.js';
import type { EncodeSite } from './encode-site.js';
import { encodeVideo } from './encode-video.js';

/**
 * Encodes what is missing of a job chunk by chunk, and yields each segment as it closes, measured and in its place. Audio
 * runs beside video. While the consumer does not come for what is ready, FFmpeg is suspended. Throws what withGroup throws;
 * when the consumer stops early, all processes are stopped.
 */
export async function* encode(job: EncodeJob, site: EncodeSite, run: RunContext): AsyncGenerator<EncodeItem> {
  const session = await openSession(job, site, run);
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const { spans } = job.missing;
  const lanes = Object.entries(LANES).map(async ([name, make]) => {
    const own = spans.filter(({ rendition }) => laneOf(rendition) === name);
    await make(session, own, { ...run, signal }).catch(async (error: unknown) => {
      const failure = await orDiskFull(error, site.folder);
      stop.abort(failure);
      throw failure;
    });
  });
  const all = Promise.allSettled(lanes).then(async () => {
    // Whoever waits for segments must hear of the end.
    await closeSession(session);
    if (signal.aborted) session.items.close(reasonOf(signal));
    else session.items.close();
  });
  try {
    yield* session.items;
  } finally {
    stop.abort(new Error('no longer wanted'));
    await all;
  }
}

/** Makes spans chunk by chunk, by processes of one kind; called with none as well. All have ended before it throws. */
type Lane = (session: EncodeSession, spans: readonly Span[], run: RunContext) => Promise<void>;

type LaneName = 'video' | 'audio';

/** The ways in which renditions are made, side by side. */
const LANES: Readonly<Record<LaneName, Lane>> = { video: encodeVideo, audio: encodeAudio };

function laneOf(rendition: Rendition): LaneName {
  switch (rendition.kind) {
    case 'video':
      return 'video';
    case 'audio':
      return 'audio';
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

// What a disk has left when a write of FFmpeg's failed: less than it writes at once.
const NOTHING_LEFT = 1 << 18;

const TORN: ReadonlySet<string> = new Set(['encode-failed', 'grid-broken']);

/** FFmpeg may close a segment that it could not write, without a word: the torn segment is noticed first. */
async function orDiskFull(error: unknown, folder: string): Promise<unknown> {
  if (!(error instanceof MediactlError) || !TORN.has(error.code)) return error;
  return (await freeBytes(folder)) < NOTHING_LEFT ? diskFull(folder, error) : error;
}
