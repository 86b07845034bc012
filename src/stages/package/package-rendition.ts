import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import type { Artifact, AudioMeasure, RenditionMeasure, Segment, VideoMeasure } from '../../model/artifact.js';
import type { Rendition } from '../../model/rendition.js';
import { PlaylistClock, RateMeter } from './figures.js';
import {
  iframeEntry,
  iframeMicros,
  iframePlaylistHead,
  mediaPlaylistHead,
  PLAYLIST_END,
  segmentEntry,
} from './media-playlist.js';
import { PlaylistFile } from './playlist-file.js';

export const INDEX = 'index.m3u8';
export const IFRAMES = 'iframes.m3u8';

export interface RenditionSource {
  /** The rendition's own folder. */
  readonly folder: string;
  readonly segments: AsyncIterable<Segment>;
  /** RFC 6381. */
  readonly codecs: string;
  /** EXT-X-TARGETDURATION of the title. */
  readonly targetSeconds: number;
  /** Told of each segment, in order. */
  readonly onSegment: (artifact: Artifact) => void;
}

/**
 * Writes a rendition's playlists while its segments pass by, and measures it.
 * Throws MediactlError('grid-broken') for a gap in the segments, none at all, or a video segment without an IDR at
 * its start.
 */
export async function packageRendition(
  rendition: Rendition,
  source: RenditionSource,
): Promise<{ measure: RenditionMeasure; playlists: Artifact[] }> {
  const { targetSeconds } = source;
  const index = await PlaylistFile.create(join(source.folder, INDEX));
  const iframes = rendition.kind === 'video' ? await PlaylistFile.create(join(source.folder, IFRAMES)) : null;
  try {
    await index.write(mediaPlaylistHead(targetSeconds));
    await iframes?.write(iframePlaylistHead(targetSeconds));

    const clock = new PlaylistClock();
    const rate = new RateMeter(targetSeconds);
    const iframeRate = new RateMeter(targetSeconds);
    const sum = { segments: 0, frames: 0, bytes: 0, longest: 0, iframes: 0 };
    for await (const segment of source.segments) {
      checkPlace(rendition, segment, sum.segments);
      const micros = clock.advance(segment.duration);
      await index.write(segmentEntry(segment, micros));
      rate.add(segment.bytes, micros);
      if (iframes) {
        const lengths = iframeMicros(segment, rendition.timescale, micros);
        for (const [i, keyframe] of segment.keyframes.entries()) {
          await iframes.write(iframeEntry(segment, keyframe, lengths[i] ?? 0));
          iframeRate.add(keyframe.bytes, lengths[i] ?? 0);
        }
      }
      sum.segments++;
      sum.frames += segment.frames;
      sum.bytes += segment.bytes;
      sum.longest = Math.max(sum.longest, micros);
      sum.iframes += segment.keyframes.length;
      source.onSegment(artifact(rendition, source, segment.file, 'segment', segment.bytes));
    }
    if (sum.segments === 0) throw new MediactlError('grid-broken', `${rendition.name} has no segment`);

    await index.write(PLAYLIST_END);
    await index.commit();
    await iframes?.write(PLAYLIST_END);
    await iframes?.commit();
    return {
      measure: measureOf(
        rendition,
        {
          id: rendition.id,
          name: rendition.name,
          codecs: source.codecs,
          segments: sum.segments,
          frames: sum.frames,
          bytes: sum.bytes,
          duration: clock.total,
          longestSegmentSeconds: sum.longest / 1e6,
          ...rate.rates,
        },
        { count: sum.iframes, ...iframeRate.rates },
      ),
      playlists: [
        artifact(rendition, source, INDEX, 'media-playlist', index.bytes),
        ...(iframes ? [artifact(rendition, source, IFRAMES, 'media-playlist', iframes.bytes)] : []),
      ],
    };
  } finally {
    await index.discard();
    await iframes?.discard();
  }
}

function measureOf(
  rendition: Rendition,
  figures: Omit<AudioMeasure, 'kind' | 'width' | 'height' | 'iframes'>,
  iframes: VideoMeasure['iframes'],
): RenditionMeasure {
  switch (rendition.kind) {
    case 'video':
      return { ...figures, kind: 'video', width: rendition.width, height: rendition.height, iframes };
    case 'audio':
      return { ...figures, kind: 'audio', width: null, height: null, iframes: null };
  }
}

function checkPlace(rendition: Rendition, segment: Segment, index: number): void {
  if (segment.index !== index) {
    throw new MediactlError('grid-broken', `segment ${index} of ${rendition.name} is missing`, {
      reason: `segment ${segment.index} comes in its place`,
    });
  }
  if (rendition.kind === 'video' && segment.keyframes[0]?.time !== segment.start) {
    throw new MediactlError('grid-broken', `segment ${index} of ${rendition.name} does not begin with an IDR picture`);
  }
}

function artifact(
  rendition: Rendition,
  source: RenditionSource,
  name: string,
  kind: Artifact['class'],
  bytes: number,
): Artifact {
  return { path: `${rendition.id}/${name}`, class: kind, file: join(source.folder, name), bytes };
}
