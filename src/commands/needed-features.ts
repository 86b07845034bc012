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
  ...encoders(VIDEO_ENCODERS, 'video'),
  ...encoders(AUDIO_ENCODERS, 'audio'),
  { kind: 'filter', name: 'scale', use: 'sizes of the rungs', required: true },
  { kind: 'filter', name: 'fps', use: 'a constant frame rate', required: true },
  { kind: 'filter', name: 'format', use: '8-bit 4:2:0 video', required: true },
  { kind: 'filter', name: 'setsar', use: 'square pixels', required: true },
  { kind: 'filter', name: 'setpts', use: 'a timeline that starts at 0', required: true },
  { kind: 'filter', name: 'split', use: 'one decode for all rungs', required: true },
  { kind: 'filter', name: 'setparams', use: 'colour tags', required: true },
  { kind: 'filter', name: 'aresample', use: 'audio rate and sync', required: true },
  { kind: 'filter', name: 'aformat', use: 'stereo audio', required: true },
  { kind: 'filter', name: 'asetpts', use: 'audio in sync with the video', required: true },
  { kind: 'filter', name: 'apad', use: 'silence after audio that ends early', required: true },
  { kind: 'filter', name: 'atrim', use: 'audio that ends with the video', required: true },
  { kind: 'filter', name: 'tpad', use: 'holding the last frame while audio continues', required: false },
  { kind: 'filter', name: 'bwdif', use: 'interlaced sources', required: false },
  { kind: 'filter', name: 'transpose', use: 'rotated phone video', required: false },
  { kind: 'filter', name: 'hflip', use: 'mirrored video', required: false },
  { kind: 'filter', name: 'vflip', use: 'upside-down video', required: false },
  { kind: 'filter', name: 'zscale', use: 'HDR sources (colour space)', required: false },
  { kind: 'filter', name: 'lutrgb', use: 'HDR sources (brightness)', required: false },
  { kind: 'filter', name: 'pan', use: 'mono audio', required: false },
  { kind: 'filter', name: 'alimiter', use: 'surround audio without clipping', required: false },
];

function encoders(
  facts: Readonly<Record<string, { readonly label: string; readonly builtIn: boolean }>>,
  use: string,
): Feature[] {
  return Object.entries(facts).flatMap(([name, { label, builtIn }]): Feature[] =>
    builtIn ? [{ kind: 'encoder', name, use: `${label} ${use}`, required: true }] : [],
  );
}
