import { MediactlError } from '../../errors.js';
import type { MediaInfo, VideoTrack } from '../../model/media.js';
import type { Capabilities } from '../../tools/capabilities.js';
import type { PlanNotes } from './notes.js';

/**
 * Picks the title's one video track: the file's default, else the one with the most pixels, else the first. Null when
 * there is none. Throws `input-unsupported` when there are video tracks and none can be decoded: nobody means a title of
 * the audio alone.
 */
export function pickVideo(
  tracks: readonly VideoTrack[],
  capabilities: Capabilities,
  notes: PlanNotes,
): VideoTrack | null {
  const motion = tracks.filter((track) => track.role === 'motion');
  const obstacles = new Map(motion.map((track) => [track, obstacle(track, capabilities)]));
  const usable = motion.filter((track) => obstacles.get(track) === null).toSorted(byPreference);
  const [chosen] = usable;
  const [first] = motion;
  if (first && !chosen) {
    throw new MediactlError('input-unsupported', `the video (${first.codec || 'unknown codec'}) cannot be encoded`, {
      reason: obstacles.get(first)?.reason ?? 'it cannot be decoded',
      hint: obstacles.get(first)?.hint ?? 'convert the source with the program that made it, then try again',
    });
  }
  for (const track of tracks) leaveOut(track, chosen ?? null, obstacles.get(track)?.reason ?? null, notes);
  if (chosen) {
    const { width, height } = chosen.displaySize;
    const reason = motion.length > 1 ? `${whyPreferred(chosen, usable)}, of ${motion.length}` : 'the only one';
    notes.decide('video track', `track ${chosen.index}: ${chosen.codec} ${width}×${height}`, reason);
  }
  return chosen ?? null;
}

/** Throws `no-streams` when there is nothing to make a title from. */
export function requireTitle(media: MediaInfo, video: VideoTrack | null, audioTracks: readonly unknown[]): void {
  if (video || audioTracks.length > 0) return;
  const silentReason =
    media.audio.length > 0 ? 'it has audio, but none that can be decoded' : 'it contains neither video nor audio';
  throw new MediactlError('no-streams', 'there is nothing to encode in this file', {
    reason: silentReason,
    hint: 'see what it contains: mediactl probe FILE',
  });
}

interface Obstacle {
  readonly reason: string;
  readonly hint: string;
}

function obstacle(track: VideoTrack, { decoders }: Capabilities): Obstacle | null {
  if (!decoders.has(track.codec)) {
    return {
      reason: `this FFmpeg has no decoder for ${track.codec || 'its codec'}`,
      hint: 'use an FFmpeg with more decoders, or convert the source',
    };
  }
  if (track.displaySize.width < 1 || track.displaySize.height < 1) {
    return {
      reason: 'its header does not give a frame size',
      hint: 'the file may be damaged: does it play elsewhere?',
    };
  }
  return dolbyVisionObstacle(track);
}

// The base layer of profile 5 (and of AV1's 10.0) has a colour space of its own: decoded as anything else, it is green
// and purple. Profiles 4 and 7 always have a usable base layer, whatever their compatibility id says.
function dolbyVisionObstacle({ dolbyVision }: VideoTrack): Obstacle | null {
  if (!dolbyVision) return null;
  const { profile, baseLayerCompatibility } = dolbyVision;
  if (profile !== 5 && (baseLayerCompatibility !== 0 || profile === 4 || profile === 7)) return null;
  return {
    reason: `Dolby Vision profile ${profile} has no HDR10, HLG or SDR base layer that FFmpeg could show in the right colours`,
    hint: 'export it as HDR10, HLG, SDR or Dolby Vision profile 8 and encode that',
  };
}

function byPreference(a: VideoTrack, b: VideoTrack): number {
  return Number(b.isDefault) - Number(a.isDefault) || pixels(b) - pixels(a) || a.index - b.index;
}

function whyPreferred(chosen: VideoTrack, usable: readonly VideoTrack[]): string {
  const rivals = usable.filter((track) => track !== chosen);
  if (rivals.length === 0) return 'the only one that can be decoded';
  if (chosen.isDefault && !rivals.some((track) => track.isDefault)) return "the file's default";
  if (rivals.every((track) => track.isDefault !== chosen.isDefault || pixels(track) < pixels(chosen)))
    return 'the largest';
  return 'the first of several equal ones';
}

function pixels({ displaySize }: VideoTrack): number {
  return displaySize.width * displaySize.height;
}

function leaveOut(track: VideoTrack, chosen: VideoTrack | null, obstacleReason: string | null, notes: PlanNotes): void {
  if (track === chosen) return;
  const { width, height } = track.displaySize;
  const what = `video track ${track.index} (${track.codec} ${width}×${height})`;
  const { index, codec, language } = track;
  const known = { track: index, codec, language };
  if (track.role === 'cover') {
    const reason = 'a still image attached to the file (cover art), not video';
    return notes.omitTrack(what, { kind: 'cover', code: 'cover-art', reason, ...known });
  }
  if (obstacleReason !== null) {
    notes.warn('video-track-unusable', `video track ${index} is left out: ${obstacleReason}`);
    return notes.omitTrack(what, { kind: 'video', code: 'undecodable', reason: obstacleReason, ...known });
  }
  const reason = `a title has one video track; track ${chosen?.index ?? '?'} was chosen`;
  notes.omitTrack(what, { kind: 'video', code: 'second-picture', reason, ...known });
}
