/**
 * The encoders mediactl knows how to drive, and the options of each that a ladder may set. A list of what is allowed,
 * not of what is forbidden: a ladder is data that may come with somebody else's folder, and FFmpeg has options that
 * write files. Rate, keyframes, threads, formats and mapping are not here because the plan owns them: a ladder that
 * could move a keyframe would break the grid.
 */
export const VIDEO_ENCODERS = ['libx264'] as const;
export const AUDIO_ENCODERS = ['aac', 'libfdk_aac'] as const;

/** 8-bit 4:2:0 only: what every player decodes (Apple HLS authoring 1.4). */
export const H264_PROFILES = ['baseline', 'main', 'high'] as const;

export const X264_TUNES = [
  'film',
  'animation',
  'grain',
  'stillimage',
  'psnr',
  'ssim',
  'fastdecode',
  'zerolatency',
] as const;

/** libx264's options, besides preset, profile and tune, that change the picture and nothing else. */
export const X264_OPTIONS = [
  '8x8dct',
  'aq-mode',
  'aq-strength',
  'b-bias',
  'b-pyramid',
  'b_strategy',
  'bf',
  'chromaoffset',
  'coder',
  'cplxblur',
  'deblock',
  'direct-pred',
  'fast-pskip',
  'mbtree',
  'me_method',
  'me_range',
  'mixed-refs',
  'motion-est',
  'noise_reduction',
  'partitions',
  'psy',
  'psy-rd',
  'qcomp',
  'qdiff',
  'qmax',
  'qmin',
  'rc-lookahead',
  'refs',
  'subq',
  'trellis',
  'weightb',
  'weightp',
] as const;

/** Options of each AAC encoder, besides the profile (always AAC-LC). */
export const AUDIO_OPTIONS: Readonly<Record<(typeof AUDIO_ENCODERS)[number], readonly string[]>> = {
  aac: ['aac_coder', 'aac_is', 'aac_ms', 'aac_pns', 'aac_tns', 'cutoff'],
  libfdk_aac: ['afterburner', 'cutoff'],
};
