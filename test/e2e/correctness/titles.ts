import type { ClipName } from '../../../fixtures/clips.js';

export interface Expected {
  /** Frames a second of every rung; null for sound alone. */
  readonly rate: string | null;
  /** Rungs, descending; without it one rung is made, of 180 lines. */
  readonly sizes?: string;
  /** Of every rung; a second figure where FFmpeg versions differ. */
  readonly frames?: number | readonly [number, number];
  /** Matrix the rungs are tagged with. */
  readonly matrix?: 'bt709' | 'smpte170m' | 'bt470bg';
  /** LANGUAGE NAME of each rendition, the default one with a star. A single sound without picture has no such line. */
  readonly sound?: readonly string[];
  /** Codes of the warnings; with any of DAMAGE the title is "damaged". */
  readonly warnings?: readonly string[];
  /** Red, lime, blue, white in the four quarters, each component off by at most this much. */
  readonly corners?: number;
  /** Every component of the middle of the picture, 0 … 255: least and most. */
  readonly grey?: readonly [number, number];
  /** When the picture turns white and when a beep begins, seconds. */
  readonly flashes?: readonly number[];
  readonly beeps?: readonly number[];
  /** A third rung above the source, so that one is made at its own size. */
  readonly tall?: true;
  /** The source has fields; what comes out must have none. */
  readonly fields?: true;
}

const SMALL = '320x180 160x90';
const UPRIGHT = { rate: '25', sizes: '180x320 90x160', frames: 50, sound: ['und Audio*'], corners: 12 };
const FIELDS = {
  rate: '25',
  sizes: '352x288 220x180 110x90',
  frames: 50,
  matrix: 'bt470bg',
  tall: true,
  fields: true,
} as const;
const ONE_TO_THREE = { flashes: [1, 2, 3], beeps: [1, 2, 3] };

/** What becomes of each clip. */
export const TITLES: Partial<Record<ClipName, Expected>> = {
  film24: { rate: '24000/1001', sizes: SMALL, frames: 72, sound: ['und Audio*'] },
  ntsc30: { rate: '30000/1001', frames: 90 },
  fps5994: { rate: '60000/1001', sizes: SMALL, frames: 180 },
  fps120: { rate: '60', frames: 60, sound: [] },
  fps1: { rate: '1', frames: 5 },
  fps73: { rate: '73/10', frames: 30 },
  vfrPhone: { rate: '30', frames: [117, 119] },
  vfrScreen: {
    rate: '48000/1001',
    sizes: '240x180 120x90',
    frames: [238, 240],
    flashes: [1, 2, 3, 4],
    beeps: [1, 2, 3, 4],
  },
  oneFrame: { rate: '25', frames: 1, sound: [] },
  onePicture: { rate: '25', frames: 100 },

  rotated90: UPRIGHT,
  mirroredRotated: UPRIGHT,
  interlacedBffMpeg2: FIELDS,
  interlacedTffH264: FIELDS,
  interlacedDvNtsc: {
    rate: '30000/1001',
    sizes: SMALL,
    frames: 15,
    matrix: 'smpte170m',
  },
  odd444: { sound: [], rate: '25', tall: true, sizes: '320x240 240x180 120x90', frames: 25 },
  rgbLossless: { sound: [], rate: '25', matrix: 'bt709', corners: 12 },
  sdr12: { sound: [], rate: '25', frames: 25 },
  // Pure BT.2020 colours, brighter than any display: they may lose brightness, not their place.
  hdr10: { rate: '25', frames: 50, matrix: 'bt709', corners: 60 },
  wideGamut: { sound: [], rate: '25', matrix: 'bt709', corners: 12 },
  // BT.2408's diffuse white belongs a little below the white of SDR; untouched it would be 148 and 191.
  greyPq: { rate: '25', sound: [], matrix: 'bt709', grey: [216, 230] },
  fullRange: { sound: [], rate: '25', corners: 12 },
  bt601: { sound: [], rate: '30000/1001', sizes: '240x180 120x90', frames: 30, matrix: 'smpte170m', corners: 12 },
  gif: { sound: [], rate: '10', sizes: '160x120 120x90', frames: 10, matrix: 'bt709' },

  languages: {
    rate: '25',
    frames: [100, 104],
    sound: ['en Original*', 'fr Français', 'ja 日本語'],
    warnings: ['subtitles-left-out'],
  },
  commentary: { rate: '25', frames: 75, sound: ['en English*', 'en Director'] },
  loud51: { rate: null, sound: [] },
  audioLonger: { rate: '25', frames: 100, flashes: [1], beeps: [1, 2, 3] },
  audioShorter: { rate: '25', frames: 100, flashes: [1, 2, 3], beeps: [1] },
  audioLate: { rate: '25', frames: 100, ...ONE_TO_THREE },
  videoLate: { rate: '25', frames: [100, 102], flashes: [1.02, 2.02, 3.02], beeps: [1.02, 2.02, 3.02] },
  silentTail: { rate: '25', frames: 53 },
  audioOnly: { rate: null, sound: [] },
  soundLanguages: { rate: null, sound: ['en English*', 'de Deutsch'] },
  coverMp3: { rate: null, sound: [] },

  twoVideos: { rate: '25', frames: 50 },
  audioFirst: { rate: '25', frames: 50 },
  timecode: { rate: '25', frames: 50 },
  editList: { rate: '25', frames: [62, 63], flashes: [0.5, 1.5], beeps: [0.5, 1.5] },
  fragmented: { rate: '25', frames: [75, 76] },
  transport: { rate: '25', frames: 100, ...ONE_TO_THREE },
  transportWrap: { rate: '25', frames: 100, ...ONE_TO_THREE },
  transportLateSound: { rate: '25', frames: 100, ...ONE_TO_THREE },
  transportSpliced: {
    rate: '25',
    frames: [148, 152],
    warnings: ['gap-closed', 'sound-missing'],
    flashes: [1, 2, 3, 4, 5],
    beeps: [1, 2, 4, 5],
  },
  transportRepeated: { rate: '25', frames: [149, 151], flashes: [1, 2, 3, 4, 5], beeps: [1, 2, 3, 4, 5] },
  transportCut: { rate: '25', frames: [80, 90] },
  programStream: { rate: '25', sizes: '220x180 110x90', frames: 50 },
  flashVideo: { rate: '25', frames: 50, flashes: [1], beeps: [1] },
  windowsMedia: { rate: '25', frames: 50, flashes: [1], beeps: [1] },
  xvid: { rate: '25', frames: [75, 76], flashes: [1.04, 2.04], beeps: [1.02, 2.02] },
  motionJpeg: { rate: '25', frames: 25 },
  prores: { rate: '25', frames: 25 },
  rawH264: { rate: '25', frames: 50, sound: [] },
  webm: { rate: '25', frames: 25 },
  mkvLive: { rate: '25', frames: 75 },

  webmNoLength: { rate: '25', frames: [100, 102], flashes: [1], beeps: [1, 2, 3] },
  flashFallsBack: { rate: '25', frames: [150, 152], flashes: [1, 2, 3, 4, 5], beeps: [1, 2, 3, 4, 5] },
  fragmentsLie: { rate: '25', frames: [25, 26], warnings: ['duration-uncertain'] },
  transportNewPids: { rate: '25', frames: [149, 151], flashes: [1, 2, 3, 4, 5], beeps: [1, 2, 3, 4, 5] },
  pictureLate: { rate: '25', frames: [350, 352], flashes: [13], beeps: [1, 11, 12, 13] },
  transportPictureLate: { rate: '25', frames: [350, 352], flashes: [13], beeps: [1, 11, 12, 13] },

  truncatedFaststart: { rate: '25', frames: [45, 60], warnings: ['input-truncated', 'ends-early', 'source-damaged'] },
  truncatedTransport: { rate: '25', frames: [45, 60], warnings: ['input-truncated'] },
  truncatedMkv: { rate: '25', frames: [55, 70], warnings: ['input-truncated', 'ends-early', 'source-damaged'] },
  truncatedAvi: { rate: '25', frames: [50, 70], warnings: ['input-truncated'] },
  damagedMiddle: { rate: '25', frames: [95, 101], warnings: ['source-damaged'] },
  damagedTransport: { rate: '25', frames: [95, 101], warnings: ['source-damaged'] },
  lyingLong: { rate: '25', frames: 100, warnings: ['duration-uncertain'] },
  lyingMkvLong: { rate: '25', frames: 100, warnings: ['duration-uncertain'] },
  lyingMkvShort: { rate: '25', frames: 100 },
};

/** Warnings that make a title "damaged". */
export const DAMAGE = [
  ...['input-truncated', 'ends-early', 'source-damaged'],
  ...['pictures-lost', 'pictures-missing', 'pictures-dropped', 'pictures-doubled', 'picture-starts-late'],
  ...['picture-length', 'sound-missing', 'sound-dropped', 'sound-starts-late', 'sound-length'],
];

/** Clips that are refused, and by which error. */
export const REFUSED: Partial<Record<ClipName, string>> = {
  noMoov: 'input-truncated',
  encrypted: 'input-encrypted',
  unknownCodec: 'input-unsupported',
  zeroBytes: 'input-empty',
  text: 'input-not-media',
  poserHls: 'input-forbidden',
  poserConcat: 'input-forbidden',
  poserConcatBare: 'input-forbidden',
  poserSdp: 'input-forbidden',
  poserDash: 'input-forbidden',
};
