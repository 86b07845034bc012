import { AAC_SAMPLE_RATES } from '../coded/aac-rates.js';
import type { AacFormat } from '../coded/coded-segment.js';
import { makeBox } from './boxes.js';
import { descriptor } from './codecs.js';

/** The sound that the descriptors of an `esds` tell (ISO/IEC 14496-1, 7.2.6); null where it is not AAC of this kind. */
export function readAudioConfig(descriptors: Buffer): AacFormat | null {
  const stream = descriptor(descriptors, 0x03);
  const decoder = descriptor(stream.subarray(3), 0x04);
  const [first = 0, second = 0] = descriptor(decoder.subarray(13), 0x05);
  const sampleRate = AAC_SAMPLE_RATES[((first & 7) << 1) | (second >>> 7)];
  const objectType = first >>> 3;
  if (decoder[0] !== 0x40 || sampleRate === undefined || objectType === 31) return null;
  return { objectType, sampleRate, channels: (second >>> 3) & 0xf };
}

/** Extension that says that there is no SBR (1.6.5.3): without it a decoder of AAC-LC has to look for it. */
const NO_SBR = [0x56, 0xe5, 0];

/** An `esds` box as FFmpeg writes it: lengths of four bytes, `bitrate` (bits a second) for average and highest alike. */
export function writeEsds({ objectType, sampleRate, channels }: AacFormat, bitrate: number): Buffer {
  const rate = AAC_SAMPLE_RATES.indexOf(sampleRate);
  if (rate === -1) throw new RangeError(`AAC has no number for ${sampleRate} Hz`);
  const config = [(objectType << 3) | (rate >>> 1), ((rate & 1) << 7) | (channels << 3), ...NO_SBR];
  const rates = Buffer.alloc(8);
  rates.writeUInt32BE(bitrate, 0);
  rates.writeUInt32BE(bitrate, 4);
  // Object type "MPEG-4 audio", stream type "audio", no size of the buffer.
  const decoder = described(0x04, [0x40, 0x15, 0, 0, 0, ...rates, ...described(0x05, config)]);
  return makeBox('esds', Buffer.from([0, 0, 0, 0, ...described(0x03, [0, 1, 0, ...decoder, ...described(0x06, [2])])]));
}

function described(tag: number, content: readonly number[]): number[] {
  return [tag, 0x80, 0x80, 0x80, content.length, ...content];
}
