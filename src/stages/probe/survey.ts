import type { ClosedGap, SurveyedTrack } from '../../model/media.js';
import type { Source } from '../../model/source.js';
import { readPackets } from '../../tools/ffprobe-packets.js';
import type { FfprobeReport, FfprobeStream } from '../../tools/ffprobe.js';
import type { Toolbox } from '../../tools/toolbox.js';
import type { Structure } from './container-structure.js';
import { isCover } from './cover.js';
import { mendClocks } from './mend-clocks.js';
import { collectRuns } from './packet-runs.js';
import { readTiming } from './timing.js';

/** Ends of tracks may differ from the container's by a frame or two, and by rounding. Seconds. */
const AGREES = 0.5;

// Clocks that may break: FFmpeg's AVFMT_TS_DISCONT, and what servers record as it comes.
const LEAPING = new Set(['mpegts', 'mpeg']);
const LIVE = new Set(['flv', 'live_flv', 'kux']);

/** What reading all packets has shown. */
export interface SurveyFindings {
  /** Why the headers were not enough. */
  readonly reason: string;
  readonly tracks: readonly SurveyedTrack[];
  readonly closedGaps: readonly ClosedGap[];
  /** Tracks may go on in others, with clocks of their own. */
  readonly mayLeap: boolean;
  /** Streams that have packets. */
  readonly indices: readonly number[];
  /** Its clock breaks so often that nothing can be made of it. */
  readonly unmended: boolean;
}

/**
 * Reads a source to its end where its headers cannot be relied on for the length of each track; null where they can. A
 * remote one, too, however large: it is read at least once more to be encoded, and what its packets do not show is guessed.
 * `onProgress`: how far it has been read, bytes. Errors as readPackets.
 */
export async function surveySource(
  input: Source,
  tools: Toolbox,
  { report, structure }: { readonly report: FfprobeReport; readonly structure: Structure | null },
  {
    signal,
    onProgress,
  }: { readonly signal?: AbortSignal | undefined; readonly onProgress?: (bytes: number) => void } = {},
): Promise<SurveyFindings | null> {
  const reason = reasonToSurvey(report, structure);
  if (reason === null) return null;
  const names = report.format.format_name.split(',');
  const used = mediaOf(report);
  // A track that shows itself late is not in the report yet.
  const others = new Set(report.streams.filter((stream) => !used.includes(stream)).map(({ index }) => index));
  const mayLeap = names.some((name) => LEAPING.has(name));
  const collector = collectRuns(mayLeap);
  await readPackets(
    input.address,
    tools,
    (packet, at) => {
      if (at !== null) onProgress?.(at);
      if (!others.has(packet.stream)) collector.add(packet);
    },
    signal,
  );
  const found = collector.result();
  const sound = new Set(used.flatMap(({ index, codec_type }) => (codec_type === 'audio' ? [index] : [])));
  const clocks = mendClocks(found, sound, mayLeap);
  const { tracks, closedGaps } = clocks;
  return { reason, tracks, closedGaps, mayLeap, indices: [...found.runs.keys()], unmended: found.tooMany };
}

/** Why the headers are not enough; null when they are. */
export function reasonToSurvey(report: FfprobeReport, structure: Structure | null): string | null {
  const names = report.format.format_name.split(',');
  const media = mediaOf(report);
  if (media.length === 0) return null;
  if (names.some((name) => LEAPING.has(name) || LIVE.has(name))) return 'clocks in such files may jump';
  if (structure?.family === 'mp4' && structure.isFragmented) return 'no header gives the lengths of fragments';
  // One track ends where it ends.
  if (media.length === 1 || !media.some(({ codec_type }) => codec_type === 'video')) return null;
  // The sound of DV is within its pictures.
  if (media.some(({ codec_name }) => codec_name === 'dvvideo')) return null;
  const untold = media.filter((stream) => readTiming(stream, report.format).durationSeconds === null);
  if (untold.length > 0) return 'the header does not say how long each track is';
  const { start_time, duration } = report.format;
  if (duration === null || duration <= 0) return 'the header does not say how long the file is';
  const timings = report.streams.map((stream) => readTiming(stream, report.format));
  const ends = timings.flatMap(({ startSeconds, durationSeconds }) =>
    durationSeconds === null ? [] : [startSeconds + durationSeconds],
  );
  const differ = Math.abs((start_time ?? 0) + duration - Math.max(...ends)) > AGREES;
  return differ ? 'the header contradicts itself about the length' : null;
}

function mediaOf({ streams }: FfprobeReport): FfprobeStream[] {
  return streams.filter(
    (stream) =>
      (stream.codec_type === 'video' && !isCover(stream, streams)) ||
      (stream.codec_type === 'audio' && stream.codec_name !== null),
  );
}
