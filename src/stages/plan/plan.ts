import type { MediaInfo, VideoTrack } from '../../model/media.js';
import type { EncodePlan, PicturePlan } from '../../model/plan.js';
import type { VideoRendition } from '../../model/rendition.js';
import { planAudio } from './audio.js';
import { countedTimeline, planCopyTop, type CopiedTitle } from './copy-top.js';
import { videoEncoder } from './encoder.js';
import { planFrameRate } from './frame-rate.js';
import { planGrid } from './grid.js';
import { planInput } from './input.js';
import { PlanNotes } from './notes.js';
import { omitOtherTracks } from './other-tracks.js';
import { planPackaging } from './packaging.js';
import { cutPart } from './part.js';
import { pickAudio } from './pick-audio.js';
import { planPicture } from './picture.js';
import { predict } from './prediction.js';
import { checkProtectable, planProtection } from './protection.js';
import { planRates } from './rate.js';
import type { PlanRequest } from './request.js';
import { planRungs } from './rungs.js';
import { warnOfSoundLeftOut } from './sound-left-out.js';
import { tracksOf } from './sound-pairs.js';
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
  const notes = new PlanNotes();
  notes.warnings.push(...media.warnings);
  for (const note of request.ladder.notes ?? []) notes.warn('ladder-note', note);

  const track = pickVideo(media.video, request.capabilities, notes);
  const picked = pickAudio(media.audio, request, notes);
  const audioTracks = picked.flatMap(tracksOf);
  requireTitle(media, track, audioTracks);
  omitOtherTracks(media, notes);
  warnOfSoundLeftOut(media.audio, audioTracks, notes);

  const frameRate = track && planFrameRate(track, request.ladder.video.maxFrameRate, notes);
  const whole = planTimeline(media, track, audioTracks, frameRate, notes);
  const cut = cutPart(whole, request, frameRate, notes);
  const used = [...(track ? [track] : []), ...audioTracks];
  const decided = track && frameRate && planCopyTop({ media, track, used, frameRate, timeline: cut }, request, notes);
  const copied = decided?.copied ?? null;
  const timeline = copied && frameRate ? countedTimeline(cut, copied, frameRate) : cut;
  const grid = planGrid(request.ladder.segment, frameRate, timeline, notes, copied?.framesPerSegment);
  const { protection } = request;
  if (protection) checkProtectable(request.format);
  const forms = planPackaging(request.format, frameRate);
  const input = planInput(media, used, notes);
  const shared = forms.map((form): Shared => {
    const parts = sharedParts(media.source, grid, timeline, form, input, protection);
    return { packaging: form, protection, parts };
  });
  const picture = track && frameRate && planPicture(media, track, frameRate, request, notes);
  const rungs = track && picture ? planVideo({ track, picture, copied }, shared, request, notes) : [];
  if (!track && request.only !== null) notes.decide('rungs', 'none', NO_VIDEO);
  const renditions = [...rungs, ...planAudio(picked, shared, media.container, request, notes)];

  const locked = protection && planProtection(protection, renditions, notes);
  const packaging = locked ? forms.map((form) => ({ ...form, protection: locked })) : forms;

  const made: EncodePlan = {
    source: media.source,
    input,
    preset: request.ladder.name,
    packaging,
    grid,
    timeline,
    picture,
    renditions,
    decisions: notes.decisions,
    leftOut: notes.leftOut,
    tracksLeftOut: notes.tracksLeftOut.toSorted((a, b) => a.track - b.track),
    warnings: notes.warnings,
    prediction: predict(grid, timeline, renditions),
  };
  return decided ? { ...made, copyTop: decided.copyTop } : made;
}

/** A list of files of both kinds is encoded with one command, so that this is no error. */
const NO_VIDEO = '--only has nothing to choose from: the source has no video';

interface PlannedVideo {
  readonly track: VideoTrack;
  readonly picture: PicturePlan;
  readonly copied: CopiedTitle | null;
}

function planVideo(
  { track, picture, copied }: PlannedVideo,
  shared: readonly Shared[],
  request: PlanRequest,
  notes: PlanNotes,
): VideoRendition[] {
  const sizes = planRungs(track, request.ladder.video, request.only, notes);
  const encoder = videoEncoder(request, notes);
  const rates = planRates(sizes, request, notes);
  return videoRenditions(shared, picture, encoder, rates, copied?.copy);
}
