import type { AudioTrack, Container, MediaInfo, Survey, VideoTrack } from '../../model/media.js';
import type { Timeline } from '../../model/plan.js';
import { toNumber, type Rational } from '../../model/rational.js';
import { toMicroseconds } from '../../model/seconds.js';
import type { PlanNotes } from './notes.js';

/** Audio that starts at least this long before the video is kept and plays over the first frame; less is cut off. Seconds. */
const EARLY_AUDIO = 0.1;
/** Audio that goes on at least this long after the video is kept and plays over the last frame; less is cut off. Seconds. */
const LATE_AUDIO = 0.1;
/** Nobody notices that two ends differ by less than this. Seconds. */
const UNNOTICED = 0.05;

/**
 * Decides where the title begins on the container's timeline and how long it is expected to be. Video and audio stay in
 * step: audio that starts late is preceded by silence, and video that starts late by its first frame. `audioTracks`: those
 * that become renditions.
 */
export function planTimeline(
  { container, source, survey }: Pick<MediaInfo, 'container' | 'source' | 'survey'>,
  video: VideoTrack | null,
  audioTracks: readonly AudioTrack[],
  frameRate: Rational | null,
  notes: PlanNotes,
): Timeline {
  const origin = planOrigin(video, audioTracks, notes);
  const pictureEnd = video && pictureEndOf(video, container);
  const hold = video && pictureEnd !== null ? planHold(video, pictureEnd, audioTracks, notes) : 0;
  const end = video ? pictureEnd : audioEndOf(audioTracks, container);
  const length = end === null ? null : end + hold - origin;
  const { lengthFrom } = container;
  const mayLie = lengthFrom === 'doubtful-headers' || (container.discontinuous && lengthFrom === 'headers');
  const believed = length !== null && length > 0 && !(mayLie && isTooThin(length, source.bytes));
  const expectedSeconds = believed ? toMicroseconds(length) : null;
  if (expectedSeconds === null)
    notes.decide('length', 'unknown', 'the headers do not say; the end of the source decides');
  else if (survey) sayRead(survey, expectedSeconds, notes);
  return {
    originSeconds: origin,
    expectedSeconds,
    lengthFrom,
    expectedFrames:
      frameRate && expectedSeconds !== null ? Math.max(1, Math.round(expectedSeconds * toNumber(frameRate))) : null,
    holdLastFrameSeconds: hold,
    part: null,
  };
}

/** A length that gives a bitrate below this is not believed: the header lies, or the clock has leapt. Bits per second. */
const LEAST_BITRATE = 32_000;

function isTooThin(seconds: number, bytes: number): boolean {
  return (bytes * 8) / seconds < LEAST_BITRATE;
}

function sayRead({ reason, statedSeconds }: Survey, expected: number, notes: PlanNotes): void {
  const differs = statedSeconds !== null && Math.abs(statedSeconds - expected) > 2 * UNNOTICED;
  const stated = differs ? `, which claims ${show(statedSeconds)}` : '';
  notes.decide('length', show(expected), `read to the end: ${reason}${stated}`);
}

function planOrigin(video: VideoTrack | null, audioTracks: readonly AudioTrack[], notes: PlanNotes): number {
  const earliestAudio = Math.min(...audioTracks.map((track) => track.startSeconds));
  if (!video) {
    if (earliestAudio !== 0) notes.decide('start', show(earliestAudio), 'where the audio starts; it becomes 0');
    return earliestAudio;
  }
  const start = video.startSeconds;
  if (start - earliestAudio > EARLY_AUDIO) {
    const lead = show(start - earliestAudio);
    notes.decide(
      'start',
      show(earliestAudio),
      `the audio starts ${lead} before the video; the first frame is shown until then`,
    );
    return earliestAudio;
  }
  if (start !== 0) {
    const cut = start > earliestAudio ? `; ${show(start - earliestAudio)} of audio before it is cut` : '';
    notes.decide('start', show(start), `where the video starts; it becomes 0${cut}`);
  }
  return start;
}

function planHold(video: VideoTrack, pictureEnd: number, audioTracks: readonly AudioTrack[], notes: PlanNotes): number {
  for (const track of audioTracks) describeAudio(track, video, pictureEnd, notes);
  // The lengths are compared only where both are the tracks' own: a container's may be that of a subtitle track.
  if (video.durationSeconds === null) return 0;
  const overhang = Math.max(0, ...audioTracks.map((track) => (endOf(track) ?? -Infinity) - pictureEnd));
  if (overhang > LATE_AUDIO) {
    notes.decide(
      'end',
      `the last frame is held ${show(overhang)}`,
      `the audio continues ${show(overhang)} after the video`,
    );
    return toMicroseconds(overhang);
  }
  if (overhang > UNNOTICED) notes.decide('end', 'with the video', `the last ${show(overhang)} of audio are cut`);
  return 0;
}

function describeAudio(track: AudioTrack, video: VideoTrack, pictureEnd: number, notes: PlanNotes): void {
  const late = track.startSeconds - video.startSeconds;
  const name = `audio track ${track.index}`;
  if (late > UNNOTICED) notes.decide(name, `silence for ${show(late)} first`, 'it starts after the video');
  const end = endOf(track);
  if (end !== null && video.durationSeconds !== null && pictureEnd - end > UNNOTICED) {
    notes.decide(name, `silence for ${show(pictureEnd - end)} at the end`, 'it ends before the video');
  }
}

function pictureEndOf(video: VideoTrack, container: Container): number | null {
  return endOf(video) ?? containerEnd(container);
}

function audioEndOf(audioTracks: readonly AudioTrack[], container: Container): number | null {
  const ends = audioTracks.map(endOf);
  const known = ends.filter((end) => end !== null);
  return known.length === ends.length && known.length > 0 ? Math.max(...known) : containerEnd(container);
}

// A length of 0 means that the header was never filled in.
function endOf({ startSeconds, durationSeconds }: VideoTrack | AudioTrack): number | null {
  return durationSeconds !== null && durationSeconds > 0 ? startSeconds + durationSeconds : null;
}

function containerEnd({ startSeconds, durationSeconds }: Container): number | null {
  return durationSeconds !== null && durationSeconds > 0 ? startSeconds + durationSeconds : null;
}

function show(seconds: number): string {
  return `${Number(seconds.toFixed(3))} s`;
}
