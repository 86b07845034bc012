import type { Size } from '../model/media.js';
import type { InputAddress } from '../model/source.js';
import { inputSafetyArgs } from './input-safety.js';
import { capture } from './process.js';
import type { Toolbox } from './toolbox.js';

/** Pictures that follow each other in a track. */
export interface PictureSample {
  /** FFmpeg's stream index. */
  readonly stream: number;
  /** Where the first of them is, or a key frame before it, seconds from the container's start; 0: the first there is. */
  readonly at: number;
  readonly count: number;
  readonly size: Size;
}

const TIME_LIMIT_MS = 60_000;

/**
 * Decodes a few pictures as luma, a byte a pixel, brought to `size` by leaving columns and lines out. Fewer where the
 * track ends or cannot be decoded. Throws `tool-missing`, and the signal's reason.
 */
export async function readGrayPictures(
  address: InputAddress,
  tools: Toolbox,
  { stream, at, count, size }: PictureSample,
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  const { width, height } = size;
  const args = [
    ...['-nostdin', '-v', 'error', '-threads', '1', '-noautorotate'],
    // From a key frame on, so that nothing is decoded in vain.
    ...(at > 0 ? ['-noaccurate_seek', '-ss', at.toFixed(3)] : []),
    ...inputSafetyArgs(address),
    ...['-i', address.url, '-map', `0:${stream}`, '-frames:v', String(count)],
    ...['-vf', `scale=${width}:${height}:flags=neighbor,format=gray`, '-f', 'rawvideo', '-'],
  ];
  tools.onLook?.([tools.ffmpeg, ...args]);
  const options = { timeoutMs: TIME_LIMIT_MS, env: address.env, encoding: 'latin1' } as const;
  const { stdout } = await capture(tools.ffmpeg, args, signal === undefined ? options : { signal, ...options });
  const bytes = Buffer.from(stdout, 'latin1');
  const each = width * height;
  return Array.from({ length: Math.floor(bytes.length / each) }, (_, i) => bytes.subarray(i * each, (i + 1) * each));
}
