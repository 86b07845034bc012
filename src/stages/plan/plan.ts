import type { AudioTrack, Container, MediaInfo, VideoTrack } from '../../model/media.js';
import type { EncodePlan, InputPlan, VideoPlan } from '../../model/plan.js';
import type { Rational } from '../../model/rational.js';
import { pickAudio, planAudio } from './audio.js';
import { planDecode } from './decode.js';
import { videoEncoder } from './encoder.js';
import { planFrameRate } from './frame-rate.js';
import { planGrid } from './grid.js';
import { Ledger } from './notes.js';
import { leaveOtherTracks } from './other-tracks.js';
import { planPicture } from './picture.js';
import { predict } from './prediction.js';
import { planRates } from './rate.js';
import type { PlanRequest } from './request.js';
import { planRungs } from './rungs.js';
import { planTimeline } from './timeline.js';
import { pickVideo, requireTitle } from './tracks.js';
import { sharedParts, videoRenditions, type Shared } from './version.js';

export type { PlanRequest } from './request.js';

/**
 * Decides everything about a title before its first frame is encoded. Pure: the same media and request always give
 * the same plan. Throws MediactlError: `no-streams`, `no-such-track`, `input-unsupported`, `tool-lacks-feature`,
 * `usage`.
 */
export function plan(media: MediaInfo, request: PlanRequest): EncodePlan {
  const ledger = new Ledger();
  ledger.warnings.push(...media.warnings);
  for (const note of request.ladder.notes ?? []) ledger.warn('ladder-note', note);

  const track = pickVideo(media.video, request.capabilities, ledger);
  const sounds = pickAudio(media.audio, request.audioLanguages, ledger);
  requireTitle(media, track, sounds);
  leaveOtherTracks(media, ledger);

  const frameRate = track && planFrameRate(track, request.ladder.video.maxFrameRate, ledger);
  const grid = planGrid(request.ladder.segment, frameRate, ledger);
  const timeline = planTimeline(
    media,
    track,
    sounds.map((sound) => sound.track),
    frameRate,
    ledger,
  );
  const shared = sharedParts(media.source, grid, timeline, request.edition);
  const video = track && frameRate && planVideo(track, frameRate, shared, request, ledger);
  const audio = planAudio(sounds, shared, request, ledger);

  return {
    source: media.source,
    input: planInput(media.container, [...(track ? [track] : []), ...sounds.map((sound) => sound.track)]),
    preset: request.ladder.name,
    packaging: 'hls-ts',
    grid,
    timeline,
    video,
    audio,
    decisions: ledger.decisions,
    leftOut: ledger.leftOut,
    warnings: ledger.warnings,
    prediction: predict(grid, timeline, video?.rungs ?? [], audio),
  };
}

function planInput(container: Container, used: readonly (VideoTrack | AudioTrack)[]): InputPlan {
  const { format, startSeconds, seekable, discontinuous } = container;
  if (!discontinuous) return { format, startSeconds, seekable, readTogether: [] };
  return {
    format,
    // Of such a container FFmpeg takes the earliest of the tracks it reads, not of all.
    startSeconds: Math.max(startSeconds, Math.min(...used.map((track) => track.startSeconds))),
    seekable: false,
    readTogether: used.map((track) => track.index),
  };
}

function planVideo(
  track: VideoTrack,
  frameRate: Rational,
  shared: Shared,
  request: PlanRequest,
  ledger: Ledger,
): VideoPlan {
  const { picture, color } = planPicture(track, frameRate, request.capabilities, ledger);
  const sizes = planRungs(track, request.ladder.video.rungs, request.only, ledger);
  const encoder = videoEncoder(request, ledger);
  const rates = planRates(sizes, request, ledger);
  const rungs = videoRenditions(track.index, shared, picture, color, encoder, rates);
  return { trackIndex: track.index, picture, color, rungs, decode: planDecode(rungs, request, ledger) };
}
