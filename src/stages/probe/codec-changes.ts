import type { Warning } from '../../model/media.js';
import type { FfprobeReport, FfprobeStream } from '../../tools/ffprobe.js';
import type { RandomAccess, Structure } from './container-structure.js';
import { readDescriptions } from './mp4-structure.js';
import { findCodecChanges } from './program-maps.js';

/**
 * What is to be said of tracks that become another codec in mid-file: FFmpeg opens one decoder for each. `structure`: of the
 * file. Throws the signal's reason.
 */
export async function codecWarnings(
  file: RandomAccess,
  structure: Structure | null,
  { streams }: Pick<FfprobeReport, 'streams'>,
  signal?: AbortSignal,
): Promise<Warning[]> {
  const media = streams.filter(({ codec_type }) => codec_type === 'video' || codec_type === 'audio');
  switch (structure?.family) {
    case 'mpegts': {
      const changes = await findCodecChanges(file, signal);
      return media.flatMap((stream) => {
        const own = changes.filter(({ pid }) => pid === Number(stream.id ?? NaN));
        const [first] = own;
        if (!first) return [];
        const share = Math.round((100 * first.at) / Math.max(1, file.bytes));
        return [warning(stream, `${first.from} to ${first.to}, at ${share} % of the file`, own.length)];
      });
    }
    case 'mp4': {
      const tracks = await readDescriptions(file);
      return media.flatMap((stream) => {
        const codecs = [...new Set((tracks[stream.index] ?? []).map((type) => SAME.get(type) ?? type))];
        return codecs.length < 2 ? [] : [warning(stream, codecs.join(' to '), codecs.length - 1)];
      });
    }
    default:
      return [];
  }
}

function warning({ codec_type, index }: FfprobeStream, change: string, count: number): Warning {
  const message = `the codec of ${codec_type} track ${index} changes in mid-stream, from ${change}: only the first is decoded`;
  return { code: 'codec-changes', message, count };
}

/** Descriptions that one decoder takes. */
const SAME: ReadonlyMap<string, string> = new Map([
  ['avc3', 'avc1'],
  ['hev1', 'hvc1'],
  ['dvh1', 'hvc1'],
  ['dvhe', 'hvc1'],
  ['dva1', 'avc1'],
  ['dvav', 'avc1'],
  ['encv', 'avc1'],
  ['twos', 'sowt'],
]);
