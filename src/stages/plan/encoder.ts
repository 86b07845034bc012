import { MediactlError } from '../../errors.js';
import type { VideoRendition } from '../../model/rendition.js';
import { nearest } from '../../model/text.js';
import type { PlanNotes } from './notes.js';
import type { PlanRequest } from './request.js';
import { requireEncoder } from './require-feature.js';

export type Encoder = Pick<VideoRendition, 'codec' | 'encoder' | 'options'>;

const X264_PRESETS = [
  ...['ultrafast', 'superfast', 'veryfast', 'faster', 'fast'],
  ...['medium', 'slow', 'slower', 'veryslow', 'placebo'],
];

/**
 * The ladder's encoder with the speed preset that was asked for. Throws `tool-lacks-feature` when FFmpeg lacks it, and
 * `usage` for a preset that x264 does not know.
 */
export function videoEncoder({ ladder, encoderPreset, capabilities }: PlanRequest, notes: PlanNotes): Encoder {
  const { codec, encoder, options } = ladder.video;
  requireEncoder(capabilities.encoders, encoder, ladder.name);
  if (encoderPreset === null) {
    const speed = options['preset'] === undefined ? encoder : `${encoder} ${options['preset']}`;
    notes.decide('encoder', speed, `the ladder "${ladder.name}"`);
    return { codec, encoder, options };
  }
  if (encoder === 'libx264' && !X264_PRESETS.includes(encoderPreset)) throw unknownPreset(encoderPreset);
  notes.decide('encoder', `${encoder} ${encoderPreset}`, 'asked for with --encoder-preset');
  return { codec, encoder, options: { ...options, preset: encoderPreset } };
}

function unknownPreset(name: string): MediactlError {
  const near = nearest(name, X264_PRESETS);
  return new MediactlError('usage', `x264 has no preset "${name}"`, {
    hint: `${near === null ? '' : `Did you mean "${near}"? `}It has: ${X264_PRESETS.join(', ')}`,
  });
}
