/**
 * The encoders mediactl knows how to drive: what configuration, plan and doctor need to know of each. Its arguments are
 * in tools/encoders; a new encoder is a name and a row here, and a row there.
 */
export const VIDEO_ENCODER_NAMES = ['libx264'] as const;
export const AUDIO_ENCODER_NAMES = ['aac', 'libfdk_aac'] as const;

export type VideoEncoderName = (typeof VIDEO_ENCODER_NAMES)[number];
export type AudioEncoderName = (typeof AUDIO_ENCODER_NAMES)[number];
export type VideoCodec = 'h264';
export type AudioCodec = 'aac';

type Words = readonly [string, ...string[]];

/**
 * Options that a ladder may set, by FFmpeg's names. A list of what is allowed, not of what is forbidden: a ladder is data
 * that may come with somebody else's folder, and FFmpeg has options that write files. Rate, keyframes, threads, formats
 * and mapping are not among them, because the plan owns them: a ladder that could move a keyframe would break the grid.
 */
export interface EncoderOptions {
  /** Those with a closed set of words. */
  readonly choices: Readonly<Record<string, EncoderChoice>>;
  /** Those with any value, which change the picture or the sound and nothing else. */
  readonly options: readonly string[];
}

export interface EncoderChoice {
  readonly words: Words;
  /** Taken where the ladder says nothing; null: the encoder decides. */
  readonly usual: string | null;
  /** For those who write ladders. */
  readonly about?: string;
}

export interface VideoEncoderFacts extends EncoderOptions {
  /** The ladders that come with mediactl encode with it: without it no title can be made. */
  readonly builtIn: boolean;
  readonly codec: VideoCodec;
  /** The codec's name for people: "H.264". */
  readonly label: string;
  /** What the encoder is given, by FFmpeg's names; the first is taken. */
  readonly pixelFormats: Words;
  /** The option that trades speed for size, and its words, fastest first. */
  readonly speed: { readonly option: string; readonly words: Words };
  /** The option for constant quality, and its range; `usual` is what most take for good. */
  readonly quality: { readonly option: string; readonly least: number; readonly most: number; readonly usual: number };
  /** Longest side of a picture that players decode in real time, pixels. */
  readonly longestSide: number;
}

export interface AudioEncoderFacts extends EncoderOptions {
  /** As in VideoEncoderFacts. */
  readonly builtIn: boolean;
  readonly codec: AudioCodec;
  /** The codec's name for people: "AAC". */
  readonly label: string;
  /** Samples in each frame: all frames have as many. */
  readonly samplesPerFrame: number;
}

const X264_SPEEDS: Words = [
  'ultrafast',
  'superfast',
  'veryfast',
  'faster',
  'fast',
  'medium',
  'slow',
  'slower',
  'veryslow',
  'placebo',
];

export const VIDEO_ENCODERS: Readonly<Record<VideoEncoderName, VideoEncoderFacts>> = {
  libx264: {
    builtIn: true,
    codec: 'h264',
    label: 'H.264',
    // 8-bit 4:2:0 only: what every player decodes (Apple HLS authoring 1.4).
    pixelFormats: ['yuv420p'],
    speed: { option: 'preset', words: X264_SPEEDS },
    // At 0 it would be lossless, which none of the profiles below has.
    quality: { option: 'crf', least: 1, most: 51, usual: 22 },
    longestSide: 8192,
    choices: {
      preset: { words: X264_SPEEDS, usual: 'medium', about: 'Speed or small size.' },
      profile: { words: ['baseline', 'main', 'high'], usual: 'high' },
      tune: {
        words: ['film', 'animation', 'grain', 'stillimage', 'psnr', 'ssim', 'fastdecode', 'zerolatency'],
        usual: null,
      },
    },
    options: [
      ...['8x8dct', 'aq-mode', 'aq-strength', 'b-bias', 'b-pyramid', 'b_strategy', 'bf', 'chromaoffset', 'coder'],
      ...['cplxblur', 'deblock', 'direct-pred', 'fast-pskip', 'mbtree', 'me_method', 'me_range', 'mixed-refs'],
      ...['motion-est', 'noise_reduction', 'partitions', 'psy', 'psy-rd', 'qcomp', 'qdiff', 'qmax', 'qmin'],
      ...['rc-lookahead', 'refs', 'subq', 'trellis', 'weightb', 'weightp'],
    ],
  },
};

/** Samples in a frame of AAC-LC (ISO/IEC 14496-3). */
const AAC_LC_FRAME = 1024;

export const AUDIO_ENCODERS: Readonly<Record<AudioEncoderName, AudioEncoderFacts>> = {
  aac: {
    builtIn: true,
    codec: 'aac',
    label: 'AAC',
    samplesPerFrame: AAC_LC_FRAME,
    choices: { profile: { words: ['aac_low'], usual: 'aac_low' } },
    options: ['aac_coder', 'aac_is', 'aac_ms', 'aac_pns', 'aac_tns', 'cutoff'],
  },
  libfdk_aac: {
    builtIn: false,
    codec: 'aac',
    label: 'AAC',
    samplesPerFrame: AAC_LC_FRAME,
    choices: { profile: { words: ['aac_low'], usual: 'aac_low' } },
    options: ['afterburner', 'cutoff'],
  },
};

const ALL_VIDEO = Object.values(VIDEO_ENCODERS);

/** Speeds and qualities of any video encoder, for the settings; the plan holds them against the ladder's encoder. */
export const ANY_SPEED: Words = [
  ...X264_SPEEDS,
  ...ALL_VIDEO.flatMap(({ speed }) => speed.words).filter((word) => !X264_SPEEDS.includes(word)),
];
export const ANY_QUALITY = {
  least: Math.min(...ALL_VIDEO.map(({ quality }) => quality.least)),
  most: Math.max(...ALL_VIDEO.map(({ quality }) => quality.most)),
};
