import type { CopyReason, CopyTop, VideoCopy, VideoPackets } from '../../model/copy.js';
import type { AudioTrack, MediaInfo, VideoTrack } from '../../model/media.js';
import type { Timeline } from '../../model/plan.js';
import { toNumber, type Rational } from '../../model/rational.js';
import { toMicroseconds } from '../../model/seconds.js';
import { headerReasons, needsTags } from './copy-headers.js';
import { judgePackets } from './copy-packets.js';
import { videoCuts } from './grid.js';
import { planInput } from './input.js';
import { PlanNotes } from './notes.js';
import { planPicture } from './picture.js';
import { planRates } from './rate.js';
import type { PlanRequest } from './request.js';
import { planRungs } from './rungs.js';

export interface CopyDecision {
  readonly copyTop: CopyTop;
  /** Null: all rungs are encoded. */
  readonly copied: CopiedTitle | null;
}

/** What follows for the title from copying its top rung. */
export interface CopiedTitle {
  readonly copy: VideoCopy;
  readonly frames: number;
  readonly framesPerSegment: number;
}

/** The source, and what is decided of its title so far. */
export interface CopyWish {
  readonly media: MediaInfo;
  readonly track: VideoTrack;
  /** All tracks that become renditions. */
  readonly used: readonly (VideoTrack | AudioTrack)[];
  readonly frameRate: Rational;
  readonly timeline: Timeline;
}

/**
 * Whether the source's video fits the top rung as it is, so that its packets are cut instead of encoded, and on which grid.
 * While `request.packets` is null, and headers have nothing against it, the reason is that they are `unread`. Null: it was not
 * asked for.
 */
export function planCopyTop(wish: CopyWish, request: PlanRequest, notes: PlanNotes): CopyDecision | null {
  if (!request.copyTop) return null;
  const { media, track, used, frameRate, timeline } = wish;
  // What these decide is said where the title is planned.
  const unsaid = new PlanNotes();
  const picture = planPicture(media, track, frameRate, request, unsaid);
  const sizes = planRungs(track, request.ladder.video, request.only, unsaid);
  const [rung] = planRates(sizes, request, unsaid);
  const input = planInput(media, used, unsaid);
  if (!rung) return null;
  const inHeaders = headerReasons({ track, input, timeline, picture, rung, request });
  if (inHeaders.length > 0) return refused(rung.name, inHeaders, notes);
  const packets: VideoPackets | null = request.packets;
  if (packets === null) return refused(rung.name, [UNREAD], unsaid);
  const { framesPerSegment: wanted } = videoCuts(request.ladder.segment, frameRate);
  const { reasons, average, peak, ...fits } = judgePackets(packets, {
    timeline,
    frameRate,
    framesPerSegment: wanted,
    rung,
  });
  if (reasons.length > 0) return refused(rung.name, reasons, notes);
  const rates = `${Math.round(average / 1000)} kb/s on average, ${Math.round(peak / 1000)} at most`;
  notes.decide('copy', `${rung.name} is the source's video`, `it fits as it is: ${rates}, keyframes on the grid`);
  return {
    copyTop: { rung: rung.name, copied: true, reasons: [] },
    copied: { copy: { track: track.index, reorder: packets.reorder, tag: needsTags(track) }, ...fits },
  };
}

const UNREAD: CopyReason = { code: 'unread', message: 'its packets have not been read', at: null };

/** Whether nothing but its packets, which are not read yet, may keep the source from being copied. */
export function needsPackets(copyTop: CopyTop | undefined): boolean {
  return copyTop?.reasons.some(({ code }) => code === UNREAD.code) === true;
}

function refused(rung: string, reasons: readonly CopyReason[], notes: PlanNotes): CopyDecision {
  const texts = reasons.map(({ message, at }) => (at === null ? message : `${message}, at ${clock(at)}`));
  notes.decide('copy', `no: ${rung} is encoded`, texts.join('; '));
  return { copyTop: { rung, copied: false, reasons }, copied: null };
}

/** 83.5 → "0:01:23.5". */
function clock(seconds: number): string {
  const whole = Math.round(seconds * 1000);
  const rest = Number(((whole % 60_000) / 1000).toFixed(3));
  const minutes = String(Math.floor(whole / 60_000) % 60).padStart(2, '0');
  return `${Math.floor(whole / 3_600_000)}:${minutes}:${rest < 10 ? '0' : ''}${rest}`;
}

/** The timeline of a title whose frames have been counted. */
export function countedTimeline(timeline: Timeline, { frames }: CopiedTitle, frameRate: Rational): Timeline {
  const expectedSeconds = toMicroseconds(frames / toNumber(frameRate));
  return { ...timeline, expectedSeconds, expectedFrames: frames, countedFrames: frames };
}
