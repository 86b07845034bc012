import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import type { Segment } from '../../model/artifact.js';
import type { EncodePlan } from '../../model/plan.js';
import { multiply, rational, toNumber } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';
import { AAC_FRAME } from '../../tools/ffmpeg/audio.js';
import { scanTransportStream } from '../../tools/mpegts/scan.js';

/** A closed segment with what its bytes say about it. */
export interface MeasuredSegment {
  readonly segment: Segment;
  /** It reaches the grid's next boundary: only the title's last segment may be short. */
  readonly full: boolean;
  /** RFC 6381; video only, from the SPS. */
  readonly codecs: string | null;
}

/**
 * Reads a closed segment and checks it against the grid. Throws `grid-broken` when it does not begin at its
 * boundary, holds too many frames, or does not begin with an IDR: such a segment must not reach a player.
 */
export async function measureSegment(
  plan: EncodePlan,
  rendition: Rendition,
  folder: string,
  file: string,
): Promise<MeasuredSegment> {
  const index = Number.parseInt(file, 10);
  const path = join(folder, rendition.id, file);
  const bytes = await readFile(path);
  const scan = scanTransportStream(bytes);
  const broken = (reason: string): MediactlError =>
    new MediactlError('grid-broken', `segment ${index} of ${rendition.name} is not what was planned`, {
      reason,
      hint: 'this is a fault of mediactl or of this FFmpeg version; please report it with the output of "mediactl plan"',
    });
  const offset = Math.round(plan.packaging.zeroSeconds * 90_000);
  const boundary = Math.round(index * toNumber(multiply(plan.grid.segmentSeconds, rational(90_000))));
  if (rendition.kind === 'video') {
    const { framesPerSegment, frameRate } = plan.grid;
    if (!scan.video || framesPerSegment === null || frameRate === null) throw broken('it has no video');
    const { frames, firstPts, keyframes } = scan.video;
    const startTicks = boundary + ticksBetween(boundary + offset, firstPts);
    if (Math.abs(startTicks - boundary) > 1) throw broken(`it begins at tick ${startTicks}, not ${boundary}`);
    if (frames > framesPerSegment) throw broken(`it holds ${frames} frames, more than ${framesPerSegment}`);
    if (keyframes[0]?.pts !== firstPts) throw broken('it does not begin with an IDR picture');
    return {
      full: frames === framesPerSegment,
      codecs: scan.video.codecs,
      segment: {
        rendition: rendition.id,
        index,
        file,
        bytes: bytes.length,
        startTicks,
        frames,
        duration: multiply(rational(frames), rational(frameRate.den, frameRate.num)),
        keyframes: keyframes.map((k) => ({
          offset: k.offset,
          bytes: k.bytes,
          ticks: startTicks + ticksBetween(firstPts, k.pts),
        })),
      },
    };
  }
  if (!scan.audio) throw broken('it has no audio');
  const { frames, firstPts } = scan.audio;
  const startTicks = boundary + ticksBetween(boundary + offset, firstPts);
  const frameTicks = (AAC_FRAME * 90_000) / rendition.sampleRate;
  // The very first frame is the encoder's priming, one frame before 0.
  if (startTicks < boundary - (index === 0 ? frameTicks : 0) - 1 || startTicks > boundary + frameTicks + 1) {
    throw broken(`it begins at tick ${startTicks}, not within a frame of ${boundary}`);
  }
  const next = Math.round((index + 1) * toNumber(multiply(plan.grid.segmentSeconds, rational(90_000))));
  return {
    full: startTicks + frames * frameTicks >= next - 1,
    codecs: null,
    segment: {
      rendition: rendition.id,
      index,
      file,
      bytes: bytes.length,
      startTicks,
      frames,
      duration: rational(frames * AAC_FRAME, rendition.sampleRate),
      keyframes: [],
    },
  };
}

/** From one time stamp to another, the short way round: MPEG-TS time stamps have 33 bits and wrap after 26.5 hours. */
function ticksBetween(from: number, to: number): number {
  const forward = (((to - from) % WRAP) + WRAP) % WRAP;
  return forward < WRAP / 2 ? forward : forward - WRAP;
}

const WRAP = 2 ** 33;
