import type { SurveyedTrack } from '../../model/media.js';
import type { FfprobeStream } from '../../tools/ffprobe.js';

/** One that begins earlier than so long before the other's end plays beside it, not after it. Seconds. */
const OVERLAP = 0.5;

/** What begins so soon after another's end goes on with it. Seconds. */
const SOON = 5;

/** A track that goes on with another and cannot be joined with it. */
export interface LeftContinuation {
  readonly index: number;
  readonly type: 'video' | 'audio';
  /** The track that it goes on with, and where. */
  readonly after: number;
  readonly atSeconds: number;
}

/**
 * Joins tracks that go on where another ends (recorders that are given new PIDs in mid-programme): the same codec, pictures
 * of one shape, and no overlap in time. The joined track has the index of its first part.
 */
export function joinContinuations(
  streams: readonly FfprobeStream[],
  tracks: readonly SurveyedTrack[],
): {
  readonly tracks: readonly SurveyedTrack[];
  readonly joined: ReadonlySet<number>;
  readonly left: readonly LeftContinuation[];
} {
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
  return { tracks: made.toSorted((a, b) => a.index - b.index), joined, left: leftOf(streams, made) };
}

function leftOf(streams: readonly FfprobeStream[], tracks: readonly SurveyedTrack[]): LeftContinuation[] {
  const types = new Map(
    streams.map(({ index, codec_type, tags }) => [index, `${codec_type} ${tags['language'] ?? ''}`]),
  );
  return tracks.flatMap((track) => {
    const type = types.get(track.index)?.split(' ')[0];
    if (type !== 'video' && type !== 'audio') return [];
    const before = tracks.find(
      ({ index, endSeconds }) => types.get(index) === types.get(track.index) && isNext(track.startSeconds - endSeconds),
    );
    // It would play beside another one.
    const isBeside = tracks.some(
      (other) =>
        other !== track &&
        types.get(other.index) === types.get(track.index) &&
        other.startSeconds < track.startSeconds &&
        other.endSeconds > track.startSeconds + SOON,
    );
    if (!before || isBeside || before.startSeconds >= track.startSeconds) return [];
    return [{ index: track.index, type, after: before.index, atSeconds: track.startSeconds }];
  });
}

/** Of the seconds from the end of one to the start of the other. */
function isNext(gap: number): boolean {
  return gap >= -OVERLAP && gap < SOON;
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

// What can be laid behind each other without a change of codec, or of the pictures' shape; null: nobody knows.
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
      // Channels and rate may change within a track, too.
      return stream.sample_rate === null ? null : [codec_name, language].join(' ');
    }
    default:
      return null;
  }
}
