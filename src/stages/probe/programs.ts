import type { FfprobeReport, FfprobeStream } from '../../tools/ffprobe.js';

/**
 * A transport stream may carry several programs (channels). The one with the biggest picture is the title, the first
 * of equals; its tracks belong together. Gives the streams of the others; none where there is only one program.
 */
export function streamsOfOtherPrograms({
  programs,
  streams,
}: Pick<FfprobeReport, 'programs' | 'streams'>): Set<number> {
  const members = programs.map((program) => program.streams.map(({ index }) => index));
  const filled = members.filter((indexes) => indexes.length > 0);
  if (filled.length < 2) return new Set();
  const byIndex = new Map(streams.map((stream) => [stream.index, stream]));
  const weightOf = (indexes: readonly number[]) => Math.max(...indexes.map((index) => weight(byIndex.get(index))));
  const main = filled.reduce((best, candidate) => (weightOf(candidate) > weightOf(best) ? candidate : best));
  return new Set(filled.flat().filter((index) => !main.includes(index)));
}

// Any picture outweighs sound, sound outweighs nothing.
function weight(stream: FfprobeStream | undefined): number {
  if (stream?.codec_type === 'video') return 1 + (stream.width ?? 0) * (stream.height ?? 0);
  return stream?.codec_type === 'audio' && (stream.sample_rate ?? 0) > 0 ? 0.5 : 0;
}
