import type { Source } from '../../model/source.js';
import type { FfprobeStream } from '../../tools/ffprobe.js';
import type { Toolbox } from '../../tools/toolbox.js';
import { readPictureTimes } from './picture-times.js';
import { sampleCombing, sampleFrames, type Sampled } from './sample-pictures.js';
import { readFlags, readScan } from './scan-type.js';
import type { SeenPictures } from './tracks.js';
import { asMostPictures, asWovenFields } from './usual-picture.js';

/**
 * Looks at some of a track's pictures, at all of their times where the rate varies: `stream` is then what most of them are.
 * Errors as ffprobe and readPackets.
 */
export async function seePictures(
  input: Source,
  tools: Toolbox,
  sampled: Sampled,
  signal?: AbortSignal,
): Promise<SeenPictures & { readonly stream: FfprobeStream }> {
  const frames = await sampleFrames(input, tools, sampled, signal);
  const stream = asMostPictures(sampled.stream, frames);
  const scan = readScan(stream, frames);
  const combing = await sampleCombing(input, tools, { ...sampled, stream }, scan, signal);
  const flags = readFlags(frames);
  const isFilm = (flags?.pulledDown ?? 'no') !== 'no';
  const times = scan.kind === 'progressive' && !isFilm ? await readPictureTimes(input, tools, stream, signal) : null;
  return { scan, flags, combing, times, stream: scan.kind === 'fields' ? asWovenFields(stream) : stream };
}
