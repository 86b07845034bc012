import { AUDIO_ENCODERS, VIDEO_ENCODERS } from '../model/encoders.js';

/** Something that ffmpeg is built with or not. */
export interface Feature {
  readonly kind: 'encoder' | 'filter';
  readonly name: string;
  readonly use: string;
  /** Without it no title can be made; otherwise only sources that need it are refused. */
  readonly required: boolean;
}

/** What encode asks of ffmpeg, the indispensable first. */
export const FEATURES: readonly Feature[] = [
  ...encoders(VIDEO_ENCODERS, 'video of every rung'),
  ...encoders(AUDIO_ENCODERS, 'sound'),
  { kind: 'filter', name: 'scale', use: 'sizes of the rungs', required: true },
  { kind: 'filter', name: 'fps', use: 'a constant frame rate', required: true },
  { kind: 'filter', name: 'format', use: '8-bit 4:2:0 pictures', required: true },
  { kind: 'filter', name: 'setsar', use: 'square pixels', required: true },
  { kind: 'filter', name: 'setpts', use: 'a timeline that starts at 0', required: true },
  { kind: 'filter', name: 'split', use: 'one decode for all rungs', required: true },
  { kind: 'filter', name: 'setparams', use: 'colour tags', required: true },
  { kind: 'filter', name: 'aresample', use: 'sound rate and sync', required: true },
  { kind: 'filter', name: 'aformat', use: 'stereo sound', required: true },
  { kind: 'filter', name: 'asetpts', use: 'sound in step with the picture', required: true },
  { kind: 'filter', name: 'apad', use: 'silence after sound that ends early', required: true },
  { kind: 'filter', name: 'atrim', use: 'sound that ends with the picture', required: true },
  { kind: 'filter', name: 'tpad', use: 'holding the last picture while sound goes on', required: false },
  { kind: 'filter', name: 'bwdif', use: 'interlaced sources', required: false },
  { kind: 'filter', name: 'transpose', use: 'turned phone video', required: false },
  { kind: 'filter', name: 'hflip', use: 'mirrored video', required: false },
  { kind: 'filter', name: 'vflip', use: 'video upside down', required: false },
  { kind: 'filter', name: 'zscale', use: 'HDR sources (colour space)', required: false },
  { kind: 'filter', name: 'lutrgb', use: 'HDR sources (brightness)', required: false },
  { kind: 'filter', name: 'pan', use: 'mono sound', required: false },
  { kind: 'filter', name: 'alimiter', use: 'surround sound without clipping', required: false },
];

function encoders(
  facts: Readonly<Record<string, { readonly label: string; readonly builtIn: boolean }>>,
  use: string,
): Feature[] {
  return Object.entries(facts).flatMap(([name, { label, builtIn }]): Feature[] =>
    builtIn ? [{ kind: 'encoder', name, use: `${label} ${use}`, required: true }] : [],
  );
}
