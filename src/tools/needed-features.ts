import { AUDIO_ENCODERS, VIDEO_ENCODERS } from '../model/encoders.js';

/** Something that ffmpeg is built with or not. */
export interface Feature {
  readonly kind: 'encoder' | 'filter';
  readonly name: string;
  readonly use: string;
  /** Without it no title can be made; otherwise only sources that need it are refused. */
  readonly required: boolean;
}

/** What encode asks of ffmpeg, the indispensable first. Every filter that an argv builder writes is here. */
export const FEATURES: readonly Feature[] = [
  ...encoders(VIDEO_ENCODERS, 'video'),
  ...encoders(AUDIO_ENCODERS, 'audio'),
  { kind: 'filter', name: 'scale', use: 'sizes of the rungs', required: true },
  { kind: 'filter', name: 'fps', use: 'a constant frame rate', required: true },
  { kind: 'filter', name: 'format', use: '8-bit 4:2:0 video', required: true },
  { kind: 'filter', name: 'pad', use: 'frames of another shape on black', required: true },
  { kind: 'filter', name: 'setsar', use: 'square pixels', required: true },
  { kind: 'filter', name: 'setpts', use: 'a timeline that starts at 0', required: true },
  { kind: 'filter', name: 'settb', use: 'times of what is read', required: true },
  { kind: 'filter', name: 'trim', use: 'chunks and parts of the video', required: true },
  { kind: 'filter', name: 'split', use: 'one decode for all rungs', required: true },
  { kind: 'filter', name: 'setparams', use: 'colour tags', required: true },
  { kind: 'filter', name: 'metadata', use: 'the account of what is read', required: true },
  { kind: 'filter', name: 'select', use: 'the account of what is read', required: true },
  { kind: 'filter', name: 'showinfo', use: 'the account of what is read', required: true },
  { kind: 'filter', name: 'nullsink', use: 'the account of what is read', required: true },
  { kind: 'filter', name: 'aresample', use: 'audio rate and sync', required: true },
  { kind: 'filter', name: 'aformat', use: 'stereo audio', required: true },
  { kind: 'filter', name: 'asetpts', use: 'audio in sync with the video', required: true },
  { kind: 'filter', name: 'apad', use: 'silence after audio that ends early', required: true },
  { kind: 'filter', name: 'atrim', use: 'audio that ends with the video', required: true },
  { kind: 'filter', name: 'asplit', use: 'the account of what is read', required: true },
  { kind: 'filter', name: 'aselect', use: 'the account of what is read', required: true },
  { kind: 'filter', name: 'ashowinfo', use: 'the account of what is read', required: true },
  { kind: 'filter', name: 'anullsink', use: 'the account of what is read', required: true },
  { kind: 'filter', name: 'anull', use: 'the account of what is read', required: true },
  { kind: 'filter', name: 'tpad', use: 'holding the last frame while audio continues', required: false },
  { kind: 'filter', name: 'bwdif', use: 'interlaced sources', required: false },
  { kind: 'filter', name: 'idet', use: 'interlaced sources without flags', required: false },
  { kind: 'filter', name: 'tinterlace', use: 'HEVC coded field by field', required: false },
  { kind: 'filter', name: 'crop', use: 'lines of the vertical blanking (IMX)', required: false },
  { kind: 'filter', name: 'transpose', use: 'rotated phone video', required: false },
  { kind: 'filter', name: 'hflip', use: 'mirrored video', required: false },
  { kind: 'filter', name: 'vflip', use: 'upside-down video', required: false },
  { kind: 'filter', name: 'zscale', use: 'HDR sources (colour space)', required: false },
  { kind: 'filter', name: 'lutrgb', use: 'HDR sources (brightness)', required: false },
  { kind: 'filter', name: 'pan', use: 'mono audio', required: false },
  { kind: 'filter', name: 'amix', use: 'left and right as two tracks', required: false },
  { kind: 'filter', name: 'alimiter', use: 'surround audio without clipping', required: false },
  { kind: 'filter', name: 'interleave', use: 'video that goes on in another track', required: false },
  { kind: 'filter', name: 'ainterleave', use: 'audio that goes on in another track', required: false },
  { kind: 'filter', name: 'asettb', use: 'audio that goes on in another track', required: false },
];

function encoders(
  facts: Readonly<Record<string, { readonly label: string; readonly builtIn: boolean }>>,
  use: string,
): Feature[] {
  return Object.entries(facts).flatMap(([name, { label, builtIn }]): Feature[] =>
    builtIn ? [{ kind: 'encoder', name, use: `${label} ${use}`, required: true }] : [],
  );
}
