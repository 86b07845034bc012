import type { AudioTrack, Container, MediaInfo, VideoTrack } from '../../model/media.js';
import type { Timeline } from '../../model/plan.js';
import { toNumber, type Rational } from '../../model/rational.js';
import type { PlanNotes } from './notes.js';

/** Sound that starts this much before the picture is heard, over the first picture; less is cut off. Seconds. */
const EARLY_SOUND = 0.1;
/** Sound that goes on this much after the picture is heard, over the last picture; less is cut off. Seconds. */
const LATE_SOUND = 0.1;
/** Two ends nearer than this are the same to an ear and an eye. Seconds. */
const UNNOTICED = 0.05;

/**
 * Where the title begins on the container's timeline and how long it is expected to be. Picture and sound keep their
 * distance: what starts late gets silence, or the first picture early. `sounds` are the chosen tracks.
 */
export function planTimeline(
  { container, source }: Pick<MediaInfo, 'container' | 'source'>,
  video: VideoTrack | null,
  sounds: readonly AudioTrack[],
  frameRate: Rational | null,
  notes: PlanNotes,
): Timeline {
  const origin = planOrigin(video, sounds, notes);
  const pictureEnd = video && pictureEndOf(video, container);
  const hold = video && pictureEnd !== null ? planHold(video, pictureEnd, sounds, notes) : 0;
  const end = video ? pictureEnd : soundEndOf(sounds, container);
  const length = end === null ? null : end + hold - origin;
  const believed = length !== null && length > 0 && !(container.discontinuous && isJump(length, source.bytes));
  const expectedSeconds = believed ? microseconds(length) : null;
  if (expectedSeconds === null)
    notes.decide('length', 'unknown', 'the headers do not say; the end of the source decides');
  return {
    originSeconds: origin,
    expectedSeconds,
    expectedFrames:
      frameRate && expectedSeconds !== null ? Math.max(1, Math.round(expectedSeconds * toNumber(frameRate))) : null,
    holdLastFrameSeconds: hold,
  };
}

/** Less than this is no programme but a clock that jumped between its first time and its last. Bits per second. */
const LEAST_BITRATE = 32_000;

function isJump(seconds: number, bytes: number): boolean {
  return (bytes * 8) / seconds < LEAST_BITRATE;
}

function planOrigin(video: VideoTrack | null, sounds: readonly AudioTrack[], notes: PlanNotes): number {
  const earliestSound = Math.min(...sounds.map((track) => track.startSeconds));
  if (!video) {
    if (earliestSound !== 0) notes.decide('start', show(earliestSound), 'where the sound starts; it becomes 0');
    return earliestSound;
  }
  const start = video.startSeconds;
  if (start - earliestSound > EARLY_SOUND) {
    const lead = show(start - earliestSound);
    notes.decide(
      'start',
      show(earliestSound),
      `the sound starts ${lead} before the picture; the first picture is held until its time`,
    );
    return earliestSound;
  }
  if (start !== 0) {
    const cut = start > earliestSound ? `; ${show(start - earliestSound)} of sound before it is cut` : '';
    notes.decide('start', show(start), `where the picture starts; it becomes 0${cut}`);
  }
  return start;
}

function planHold(video: VideoTrack, pictureEnd: number, sounds: readonly AudioTrack[], notes: PlanNotes): number {
  for (const sound of sounds) describeSound(sound, video, pictureEnd, notes);
  // Only where both lengths are the tracks' own: a container's length may be that of a subtitle.
  if (video.durationSeconds === null) return 0;
  const overhang = Math.max(0, ...sounds.map((sound) => (endOf(sound) ?? -Infinity) - pictureEnd));
  if (overhang > LATE_SOUND) {
    notes.decide(
      'end',
      `the last picture is held ${show(overhang)}`,
      `the sound goes on ${show(overhang)} after the picture`,
    );
    return microseconds(overhang);
  }
  if (overhang > UNNOTICED) notes.decide('end', 'with the picture', `the sound's last ${show(overhang)} are cut`);
  return 0;
}

function describeSound(sound: AudioTrack, video: VideoTrack, pictureEnd: number, notes: PlanNotes): void {
  const late = sound.startSeconds - video.startSeconds;
  const name = `sound ${sound.index}`;
  if (late > UNNOTICED) notes.decide(name, `silence for ${show(late)} first`, 'it starts after the picture');
  const end = endOf(sound);
  if (end !== null && video.durationSeconds !== null && pictureEnd - end > UNNOTICED) {
    notes.decide(name, `silence for ${show(pictureEnd - end)} at the end`, 'it ends before the picture');
  }
}

function pictureEndOf(video: VideoTrack, container: Container): number | null {
  return endOf(video) ?? containerEnd(container);
}

function soundEndOf(sounds: readonly AudioTrack[], container: Container): number | null {
  const ends = sounds.map(endOf);
  const known = ends.filter((end) => end !== null);
  return known.length === ends.length && known.length > 0 ? Math.max(...known) : containerEnd(container);
}

// A length of 0 is a header that was never filled in.
function endOf({ startSeconds, durationSeconds }: VideoTrack | AudioTrack): number | null {
  return durationSeconds !== null && durationSeconds > 0 ? startSeconds + durationSeconds : null;
}

function containerEnd({ startSeconds, durationSeconds }: Container): number | null {
  return durationSeconds !== null && durationSeconds > 0 ? startSeconds + durationSeconds : null;
}

function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

function show(seconds: number): string {
  return `${Number(seconds.toFixed(3))} s`;
}
