import type { AudioTrack, Container, Survey, VideoTrack, Warning } from '../../model/media.js';
import { toMicroseconds } from '../../model/seconds.js';
import type { FfprobeReport } from '../../tools/ffprobe.js';
import { joinContinuations, type LeftContinuation } from './continuations.js';
import type { SurveyFindings } from './survey.js';

/** The streams that are tracks of their own, and what was read of them. */
export interface Surveyed {
  readonly report: FfprobeReport;
  readonly survey: Survey | null;
  /** What goes on with a track and cannot be joined with it. */
  readonly left: readonly LeftContinuation[];
}

/** Takes streams that only go on where another ends out of a report. */
export function applySurvey(report: FfprobeReport, findings: SurveyFindings | null): Surveyed {
  if (findings === null || findings.unmended) return { report, survey: null, left: [] };
  const { reason, closedGaps, mayLeap } = findings;
  const { tracks, joined, left } = mayLeap
    ? joinContinuations(report.streams, findings.tracks)
    : { tracks: findings.tracks, joined: new Set<number>(), left: [] };
  const streams = report.streams.filter(({ index }) => !joined.has(index));
  const programs = report.programs.map((program) => ({
    ...program,
    streams: program.streams.filter(({ index }) => !joined.has(index)),
  }));
  const statedSeconds = report.format.duration;
  return { report: { ...report, streams, programs }, survey: { reason, statedSeconds, tracks, closedGaps }, left };
}

/** A start that was read is taken when the header's is further off than this: else both mean the same. Seconds. */
const SAME_START = 0.05;

/** A track with the start and the length that were read. */
export function withReadTimes<T extends VideoTrack | AudioTrack>(track: T, survey: Survey | null): T {
  const read = survey?.tracks.find(({ index }) => index === track.index);
  if (!read) return track;
  const isSame = Math.abs(read.startSeconds - track.startSeconds) <= SAME_START;
  const startSeconds = isSame ? track.startSeconds : read.startSeconds;
  return { ...track, startSeconds, durationSeconds: toMicroseconds(read.endSeconds - startSeconds) };
}

/** The container with the length of what was read. */
export function withReadLength(container: Container, survey: Survey | null): Container {
  if (!survey || survey.tracks.length === 0) return container;
  const end = Math.max(...survey.tracks.map(({ endSeconds }) => endSeconds));
  return { ...container, durationSeconds: toMicroseconds(end - container.startSeconds), lengthFrom: 'packets' };
}

/** What the user should know of clocks that were mended, and of clocks that could not be. */
export function surveyWarnings(findings: SurveyFindings | null, stated: Container, read: Container): Warning[] {
  if (findings === null) return [];
  return [...clockWarnings(findings), ...missingEnd(stated, read)];
}

// Where clocks may leap, FFmpeg's length is no promise of a header, but the last time less the first.
function missingEnd(stated: Container, read: Container): Warning[] {
  const [promised, found] = [stated.durationSeconds, read.durationSeconds];
  if (stated.discontinuous || promised === null || found === null) return [];
  if (promised - found <= END_TOLERANCE_SECONDS + END_TOLERANCE_SHARE * found) return [];
  const message = `the header says ${promised.toFixed(1)} s, but there are ${found.toFixed(1)} s: the end is missing, or the header is wrong`;
  return [{ code: 'duration-uncertain', message }];
}

const END_TOLERANCE_SECONDS = 0.5;
const END_TOLERANCE_SHARE = 0.002;

function clockWarnings(findings: SurveyFindings): Warning[] {
  if (findings.unmended) {
    const message = 'its clock is reset hundreds of times: video and audio may be out of sync';
    return [{ code: 'clock-broken', message }];
  }
  const { closedGaps } = findings;
  const [first] = closedGaps;
  if (!first) return [];
  const total = closedGaps.reduce((sum, gap) => sum + gap.seconds, 0);
  const at = `${first.atSeconds.toFixed(1)} s`;
  const jumps =
    closedGaps.length === 1
      ? `the clock jumps ahead at ${at} by ${total.toFixed(1)} s`
      : `the clock jumps ahead ${closedGaps.length} times, first at ${at}, by ${total.toFixed(1)} s in all,`;
  const message = `${jumps} with nothing recorded in between: what follows is moved up`;
  return [{ code: 'gap-closed', message, count: closedGaps.length }];
}

/** What goes on with a track in another codec, size or shape, on a PID of its own, is not in the title. */
export function leftWarnings(left: readonly LeftContinuation[], startSeconds: number): Warning[] {
  return left.map(({ index, type, after, atSeconds }) => ({
    code: 'continuation-left-out',
    message: `${type} track ${index} goes on where ${type} track ${after} ends, at ${(atSeconds - startSeconds).toFixed(1)} s, and cannot be joined with it: the title has only one of them`,
  }));
}
