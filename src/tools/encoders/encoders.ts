import type { AudioEncoderName, VideoEncoderName } from '../../model/encoders.js';
import type { AudioRendition, VideoRendition } from '../../model/rendition.js';
import { aac } from './aac.js';
import type { AudioEncoder, VideoEncoder } from './encoder.js';
import { x264 } from './x264.js';

const VIDEO: Readonly<Record<VideoEncoderName, VideoEncoder>> = { libx264: x264 };
const AUDIO: Readonly<Record<AudioEncoderName, AudioEncoder>> = { aac, libfdk_aac: aac };

export function videoEncoderOf({ encoder }: Pick<VideoRendition, 'encoder'>): VideoEncoder {
  return VIDEO[encoder];
}

export function audioEncoderOf({ encoder }: Pick<AudioRendition, 'encoder'>): AudioEncoder {
  return AUDIO[encoder];
}
