import type { SurveyedTrack } from '../../model/media.js';
import type { FfprobeStream } from '../../tools/ffprobe.js';

/** One that begins earlier than so long before the other's end plays beside it, not after it. Seconds. */
const OVERLAP = 0.5;

/**
 * Joins tracks that go on where another ends (recorders that are given new PIDs in mid-programme): the same codec and
 * shape, and no overlap in time. The joined track has the index of its first part.
 */
export function joinContinuations(
  streams: readonly FfprobeStream[],
  tracks: readonly SurveyedTrack[],
): { readonly tracks: readonly SurveyedTrack[]; readonly joined: ReadonlySet<number> } {
  const kinds = new Map(streams.map((stream) => [stream.index, kindOf(stream)]));
  const joined = new Set<number>();
  const made: SurveyedTrack[] = [];
  for (const track of tracks.toSorted((a, b) => a.startSeconds - b.startSeconds || a.index - b.index)) {
    const kind = kinds.get(track.index) ?? null;
    const at = made.findIndex(
      (other) => kind !== null && kinds.get(other.index) === kind && track.startSeconds >= other.endSeconds - OVERLAP,
    );
    const before = made[at];
    if (before) {
      made[at] = append(before, track);
      joined.add(track.index);
    } else {
      made.push(track);
    }
  }
  return { tracks: made.toSorted((a, b) => a.index - b.index), joined };
}

function append(before: SurveyedTrack, after: SurveyedTrack): SurveyedTrack {
  return {
    index: before.index,
    packets: before.packets + after.packets,
    startSeconds: before.startSeconds,
    endSeconds: Math.max(before.endSeconds, after.endSeconds),
    parts: [...before.parts, ...after.parts],
  };
}

// What can be laid behind each other without a change of shape or codec; null: nobody knows.
function kindOf(stream: FfprobeStream): string | null {
  const { codec_type, codec_name, tags } = stream;
  if (codec_name === null) return null;
  const language = tags['language'] ?? '';
  switch (codec_type) {
    case 'video': {
      const { width, height, pix_fmt, sample_aspect_ratio } = stream;
      return pix_fmt === null ? null : [codec_name, width, height, pix_fmt, sample_aspect_ratio].join(' ');
    }
    case 'audio': {
      const { sample_rate, channels, channel_layout } = stream;
      return sample_rate === null ? null : [codec_name, sample_rate, channels, channel_layout, language].join(' ');
    }
    default:
      return null;
  }
}
