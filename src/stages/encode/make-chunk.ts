import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodePlan } from '../../model/plan.js';
import type { Rendition } from '../../model/rendition.js';
import type { FfmpegCommand } from '../../tools/ffmpeg/command.js';
import { makePipes } from '../../tools/pipes.js';
import type { RunContext } from '../../tools/run-context.js';
import type { ChunkSpan } from './chunk-span.js';
import type { EncodeSession } from './encode-session.js';
import { withGroup } from './group.js';
import type { GroupListener, GroupOptions } from './member.js';
import type { TrackTotals } from './track.js';
import { watchChunks } from './watch-chunks.js';

/** One chunk of renditions that the same processes make: at least one. */
export interface ChunkWork {
  readonly spans: readonly [ChunkSpan, ...ChunkSpan[]];
  /** The processes, which write into a folder that has one for each rendition. */
  readonly commands: (folder: string) => readonly FfmpegCommand[];
  /** Told of each segment that FFmpeg has closed. */
  readonly onSegment?: (rendition: string) => void;
}

/**
 * Makes one chunk by fresh processes, which live and die together, and yields its segments. Gives how far each rendition
 * reaches. Throws what withGroup throws, and for a segment that is not as planned what trackSegments does.
 */
export async function makeChunk(
  session: EncodeSession,
  { spans, commands, onSegment }: ChunkWork,
  run: RunContext,
): Promise<TrackTotals[]> {
  const [{ rendition, first, start }] = spans;
  const renditions = spans.map((span) => span.rendition);
  const folder = await makeChunkFolders(session, `${rendition.id}.${first}`, renditions);
  const failure = new AbortController();
  const watch = watchChunks(session, spans, folder, failure);
  const processes = commands(folder);
  await makeChunkPipes(processes.flatMap(({ writesTo }) => writesTo));
  tellCommands(processes, run);
  const listener: GroupListener = {
    ...watch.listener,
    onSegment(id, file) {
      watch.listener.onSegment(id, file);
      onSegment?.(id);
    },
  };
  try {
    await withGroup(groupOptions(session, start, run, failure), (group) => group(processes, listener).ended);
  } finally {
    await watch.idle();
  }
  return watch.finish();
}

/** Makes a folder below the session's own for FFmpeg to write into, and one for whole segments of each rendition. */
export async function makeChunkFolders(
  { parts, site }: EncodeSession,
  name: string,
  renditions: readonly Rendition[],
): Promise<string> {
  const own = join(parts, name);
  for (const { id } of renditions) {
    await mkdir(join(own, id), { recursive: true });
    await mkdir(join(site.folder, id), { recursive: true });
  }
  return own;
}

/** Named pipes between the processes of a chunk. Throws MediactlError output-not-writable. */
export async function makeChunkPipes(paths: readonly string[]): Promise<void> {
  await makePipes(paths, 'use a destination on a file system with named pipes, or --decode single-process');
}

export function tellCommands(commands: readonly FfmpegCommand[], { tools, emit }: RunContext): void {
  for (const { label, args } of commands) emit({ type: 'command', label, argv: [tools.ffmpeg, ...args] });
}

/** Of processes that make the title from segment `first` on; they are stopped when `failure` is aborted. */
export function groupOptions(
  { job, site, gate }: EncodeSession,
  first: number,
  { tools, signal }: RunContext,
  failure: AbortController,
): GroupOptions {
  return {
    ffmpeg: tools.ffmpeg,
    address: site.address,
    stallSeconds: site.stallSeconds,
    skipsAhead: skipsAhead(job.plan, first),
    signal: AbortSignal.any([signal, failure.signal]),
    gate,
  };
}

/** Whether a process that makes the title from segment `first` on decodes what is before that without giving anything. */
function skipsAhead({ input, timeline }: EncodePlan, first: number): boolean {
  return !input.seekable && (first > 0 || (timeline.part?.startSeconds ?? 0) > 0);
}
