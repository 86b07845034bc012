import type { Container } from '../../model/media.js';
import type { FfprobeFormat } from '../../tools/ffprobe.js';
import type { Structure } from './container-structure.js';

/** What holds for the file as a whole. `isDoubtful`: there is reason not to rely on its headers. */
export function toContainer(format: FfprobeFormat, structure: Structure | null, isDoubtful = false): Container {
  const names = format.format_name.split(',');
  return {
    format: format.format_name,
    durationSeconds: format.duration !== null && format.duration > 0 ? format.duration : null,
    bitRate: format.bit_rate !== null && format.bit_rate > 0 ? format.bit_rate : null,
    lengthFrom: isDoubtful ? 'doubtful-headers' : 'headers',
    startSeconds: format.start_time ?? 0,
    discontinuous: names.some((name) => JUMPING.has(name)),
    seekable: names.some((name) => INDEXED.has(name))
      ? structure?.hasIndex === true
      : names.some((name) => COUNTED.has(name)),
    depth: null,
  };
}

// FFmpeg's AVFMT_TS_DISCONT: clocks wrap, and recordings are spliced.
const JUMPING = new Set(['mpegts', 'mpeg', 'ogg']);
// Seekable as far as there is an index of key frames.
const INDEXED = new Set(['mov', 'matroska']);
// Uncompressed sound: the byte follows from the time.
const COUNTED = new Set(['wav', 'w64', 'aiff', 'au']);
