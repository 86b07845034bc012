import type { AudioTrack, MediaInfo, VideoTrack } from '../../model/media.js';
import type { InputPlan, MendedTrack } from '../../model/plan.js';
import type { PlanNotes } from './notes.js';

type Used = VideoTrack | AudioTrack;

/** Decides how FFmpeg is to open the source, and how its clocks are mended. `used`: the tracks that renditions are made of. */
export function planInput(media: MediaInfo, used: readonly Used[], notes: PlanNotes): InputPlan {
  const { format, startSeconds, seekable, discontinuous, depth } = media.container;
  const mended = planMending(media, used, notes);
  if (mended.length > 0) return { format, startSeconds, seekable: false, tracksReadTogether: [], mended, depth };
  if (!discontinuous) return { format, startSeconds, seekable, tracksReadTogether: [], mended, depth };
  return {
    format,
    // FFmpeg takes the start of such a container from the tracks it reads, not from all of them.
    startSeconds: Math.max(startSeconds, Math.min(...used.map((track) => track.startSeconds))),
    seekable: false,
    tracksReadTogether: used.map((track) => track.index),
    mended,
    depth,
  };
}

function planMending({ survey }: MediaInfo, used: readonly Used[], notes: PlanNotes): MendedTrack[] {
  const tracks = used.map(({ index }): MendedTrack => {
    const read = survey?.tracks.find((track) => track.index === index);
    return { track: index, parts: read?.parts ?? [{ index, offsetSeconds: 0, breaks: [] }] };
  });
  const breaks = Math.max(0, ...tracks.map(({ parts }) => parts.flatMap((part) => part.breaks).length));
  const joined = tracks.filter(({ parts }) => parts.length > 1);
  const moved = tracks.some(({ parts }) => parts.some(({ offsetSeconds }) => offsetSeconds !== 0));
  if (breaks > 0) {
    const times = breaks === 1 ? 'once' : `${breaks} times`;
    notes.decide('clock', `corrected ${times}`, 'it jumps back or ahead; video and audio continue where they were');
  }
  for (const { track, parts } of joined) {
    const others = parts.slice(1).map(({ index }) => index);
    notes.decide(`track ${track}`, `continues in track ${others.join(', ')}`, 'one begins where the other ends');
  }
  return breaks > 0 || joined.length > 0 || moved ? tracks : [];
}
