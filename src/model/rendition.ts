import type { VideoCopy } from './copy.js';
import type { AudioCodec, AudioEncoderName, VideoCodec, VideoEncoderName } from './encoders.js';
import type { ContainerName } from './packaging.js';

/**
 * One encoded form of the title, in a folder of its own. A closed union: every place that treats kinds differently
 * branches by `switch`, so the linter names each of them when a kind is added.
 */
export type Rendition = VideoRendition | AudioRendition;

/** What every kind of rendition has. */
interface RenditionBase {
  /** Folder of the rendition: name, "-", version. */
  readonly id: string;
  /** "720p", "audio-en". Renditions of one name are one encoded stream in several containers. */
  readonly name: string;
  /**
   * Eight hex digits over everything the rendition's bytes depend on (source, grid, packaging, picture, size, encoder
   * and its options). Other bytes, other name: a cached segment is never wrong.
   */
  readonly version: string;
  /** The files that its segments are. */
  readonly container: ContainerName;
  /** Ticks per second of the times in its segments; the container sets it. */
  readonly timescale: number;
}

/** One rung of the ladder. */
export interface VideoRendition extends RenditionBase {
  readonly kind: 'video';
  readonly width: number;
  readonly height: number;
  readonly codec: VideoCodec;
  readonly encoder: VideoEncoderName;
  readonly options: Readonly<Record<string, string>>;
  readonly rate: VideoRate;
  /** Its segments are the source's own packets; not there: they are encoded. */
  readonly copy?: VideoCopy;
}

/** Bits per second, and bits for the buffer. */
export type VideoRate =
  | { readonly mode: 'crf'; readonly crf: number; readonly maxBitrate: number; readonly bufferBits: number }
  | { readonly mode: 'abr'; readonly bitrate: number; readonly maxBitrate: number; readonly bufferBits: number };

/** One audio track of the source, or two as left and right. */
export interface AudioRendition extends RenditionBase {
  readonly kind: 'audio';
  readonly trackIndex: number;
  /** A second track of one channel, which becomes the right channel; the first becomes the left. */
  readonly rightTrackIndex: number | null;
  /** Where the track starts on the container's timeline by its header, seconds. */
  readonly startSeconds: number;
  /** BCP 47. */
  readonly language: string;
  /** NAME in the multivariant playlist; unique in the title. */
  readonly label: string;
  readonly isDefault: boolean;
  /** HLS CHARACTERISTICS, e.g. "public.accessibility.describes-video". */
  readonly characteristics: string | null;
  readonly codec: AudioCodec;
  readonly encoder: AudioEncoderName;
  /** In each of its frames. */
  readonly samplesPerFrame: number;
  readonly options: Readonly<Record<string, string>>;
  readonly bitrate: number;
  readonly sampleRate: number;
  readonly channels: number;
  /** Channels of the source track. */
  readonly sourceChannels: number;
  /** The channels have no places (sixteen of a recorder): the first two are taken for left and right. */
  readonly discrete: boolean;
  /** More channels in than out: folded down. */
  readonly downmix: boolean;
  /**
   * Peaks above this are brought down to it, 1 being full scale: where channels are folded, or might be in mid-stream,
   * the sum must not clip. Null: there is nothing to fold.
   */
  readonly limit: number | null;
}

interface HasRenditions {
  readonly renditions: readonly Rendition[];
}

/** The rungs of a plan, descending by size. */
export function videoOf({ renditions }: HasRenditions): VideoRendition[] {
  return renditions.filter((rendition) => rendition.kind === 'video');
}

/** The rungs that are encoded. */
export function encodedOf(rungs: readonly VideoRendition[]): VideoRendition[] {
  return rungs.filter(({ copy }) => copy === undefined);
}

/** The audio renditions of a plan. */
export function audioOf({ renditions }: HasRenditions): AudioRendition[] {
  return renditions.filter((rendition) => rendition.kind === 'audio');
}

/** The encoded streams among renditions, each with the renditions that it becomes, in their order. */
export function streamsOf<R extends Pick<Rendition, 'kind' | 'name'>>(renditions: readonly R[]): R[][] {
  const streams = new Map<string, R[]>();
  for (const rendition of renditions) {
    const key = `${rendition.kind} ${rendition.name}`;
    streams.set(key, [...(streams.get(key) ?? []), rendition]);
  }
  return [...streams.values()];
}
