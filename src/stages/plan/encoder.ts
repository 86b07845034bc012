import { MediactlError } from '../../errors.js';
import { VIDEO_ENCODERS, type VideoEncoderName } from '../../model/encoders.js';
import type { VideoRendition } from '../../model/rendition.js';
import { nearest } from '../../model/text.js';
import type { PlanNotes } from './notes.js';
import type { PlanRequest } from './request.js';
import { requireEncoder } from './require-feature.js';

export type Encoder = Pick<VideoRendition, 'codec' | 'encoder' | 'options'>;

/**
 * The ladder's encoder at the speed that was asked for. Throws `tool-lacks-feature` when FFmpeg lacks the encoder, and
 * `usage` for a speed that it does not have.
 */
export function videoEncoder({ ladder, encoderPreset, capabilities }: PlanRequest, notes: PlanNotes): Encoder {
  const { codec, encoder, options } = ladder.video;
  requireEncoder(capabilities.encoders, encoder, ladder.name);
  const { speed } = VIDEO_ENCODERS[encoder];
  if (encoderPreset === null) {
    const usual = options[speed.option];
    notes.decide('encoder', usual === undefined ? encoder : `${encoder} ${usual}`, `the ladder "${ladder.name}"`);
    return { codec, encoder, options };
  }
  if (!speed.words.includes(encoderPreset)) throw unknownSpeed(encoder, encoderPreset);
  notes.decide('encoder', `${encoder} ${encoderPreset}`, 'set with --encoder-preset');
  return { codec, encoder, options: { ...options, [speed.option]: encoderPreset } };
}

function unknownSpeed(encoder: VideoEncoderName, name: string): MediactlError {
  const { words } = VIDEO_ENCODERS[encoder].speed;
  const near = nearest(name, words);
  return new MediactlError('usage', `${encoder} has no preset "${name}"`, {
    hint: `${near === null ? '' : `did you mean "${near}"? Else `}choose from ${words.join(', ')}`,
  });
}
