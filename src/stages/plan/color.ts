import type { VideoTrack } from '../../model/media.js';
import type { OutputColor, PicturePlan } from '../../model/plan.js';
import type { Capabilities } from '../../tools/capabilities.js';
import { TONE_MAP_FILTERS } from '../../tools/ffmpeg/tone-map.js';
import type { PlanNotes } from './notes.js';
import { requireFilter } from './require-feature.js';

export interface ColorPlan {
  readonly input: Pick<
    PicturePlan,
    'toneMap' | 'wideGamut' | 'palette' | 'inputRange' | 'inputMatrix' | 'matrixConversion'
  >;
  readonly output: OutputColor;
}

const BT709: OutputColor = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709' };

/**
 * Decides how the source's colours are read and which tags the title gets. SDR keeps its own tags; HDR, wide gamut and RGB
 * are converted to BT.709; tags that the file lacks are filled in as players would guess them. Throws `tool-lacks-feature` when HDR
 * cannot be tone-mapped.
 */
export function planColor(track: VideoTrack, capabilities: Capabilities, notes: PlanNotes): ColorPlan {
  const range = track.color.range ?? (track.pixelFormat.startsWith('yuvj') || isRgb(track) ? 'pc' : 'tv');
  const plan = chooseColor(track, range, capabilities, notes);
  if (range === 'pc' && !isRgb(track)) {
    notes.decide('range', 'full → limited', 'players expect 16…235; full range would look washed out or too dark');
  }
  return plan;
}

function chooseColor(
  track: VideoTrack,
  inputRange: 'tv' | 'pc',
  capabilities: Capabilities,
  notes: PlanNotes,
): ColorPlan {
  if (track.dynamicRange !== 'sdr') return toneMapped(track.dynamicRange, track, inputRange, capabilities, notes);
  const input = {
    toneMap: null,
    wideGamut: false,
    palette: isPalette(track),
    inputRange,
    inputMatrix: 'bt709',
    matrixConversion: true,
  } as const;
  if (isRgb(track)) {
    notes.decide('colour', 'BT.709', `the source is RGB (${track.pixelFormat}); players take YUV`);
    return { input, output: BT709 };
  }
  if (isWide(track)) return wide(input, capabilities, notes);
  return standard(track, input, notes);
}

function toneMapped(
  transfer: 'pq' | 'hlg',
  track: VideoTrack,
  inputRange: 'tv' | 'pc',
  { filters }: Capabilities,
  notes: PlanNotes,
): ColorPlan {
  const name = transfer === 'pq' ? 'PQ' : 'HLG';
  for (const filter of TONE_MAP_FILTERS) {
    requireFilter(filters, filter, `the source is HDR (${name}), and this FFmpeg cannot tone-map it`, 'it');
  }
  const vision = track.dolbyVision ? `, the base layer of Dolby Vision profile ${track.dolbyVision.profile}` : '';
  notes.decide(
    'dynamic range',
    `${name} → SDR BT.709`,
    `the source is HDR${vision}; unconverted, it looks washed out on SDR screens`,
  );
  const input = {
    toneMap: transfer,
    wideGamut: false,
    palette: false,
    inputRange,
    inputMatrix: 'bt2020',
    matrixConversion: true,
  };
  return { input, output: BT709 };
}

function wide(input: ColorPlan['input'], { filters }: Capabilities, notes: PlanNotes): ColorPlan {
  if (filters.has('zscale')) {
    notes.decide('colour', 'BT.2020 → BT.709', 'few players show 8-bit BT.2020 in the right colours');
    return { input: { ...input, wideGamut: true, inputMatrix: 'bt2020' }, output: BT709 };
  }
  const reason =
    'this FFmpeg has no zscale filter to convert BT.2020 colours; players that ignore the tags show them pale';
  notes.decide('colour', 'BT.2020 kept', reason);
  notes.warn('wide-gamut-kept', reason);
  return {
    input: { ...input, inputMatrix: 'bt2020', matrixConversion: false },
    output: { primaries: 'bt2020', transfer: 'bt2020-10', matrix: 'bt2020nc' },
  };
}

function standard(track: VideoTrack, input: ColorPlan['input'], notes: PlanNotes): ColorPlan {
  const { color } = track;
  const guess = guessSdr(track);
  const matrix = usable(color.matrix, SCALE_MATRIX) ?? MATRIX_OF_PRIMARIES[color.primaries ?? ''] ?? guess.matrix;
  if (color.matrix !== null && !(color.matrix in SCALE_MATRIX)) {
    notes.warn(
      'unusual-colour-matrix',
      `the colour matrix ${color.matrix} cannot be converted here; it is treated as ${matrix}`,
    );
  }
  const kept = KEPT_MATRICES.has(matrix);
  const filled = { ...FILL[matrix === 'bt709' || isHigh(track) ? 'high' : matrix === 'bt470bg' ? 'pal' : 'ntsc'] };
  const output = {
    primaries: usable(color.primaries, PRIMARIES) ?? filled.primaries,
    transfer: usable(color.transfer, TRANSFERS) ?? filled.transfer,
    matrix: kept ? matrix : 'bt709',
  };
  const untagged = [color.matrix, color.transfer, color.primaries].filter((part) => part === null).length;
  notes.decide(
    'colour',
    [...new Set([output.primaries, output.transfer, output.matrix])].join('/'),
    untagged === 0 && kept
      ? "the source's own"
      : untagged === 0
        ? 'the nearest that players support'
        : guess.reason(untagged),
  );
  return {
    input: { ...input, inputMatrix: SCALE_MATRIX[matrix] ?? 'bt709', matrixConversion: !kept },
    output,
  };
}

interface Guess {
  readonly matrix: string;
  readonly reason: (untagged: number) => string;
}

// Players guess so: large pictures are BT.709, small ones BT.601, whose primaries differ between 25 and 30 fps countries.
function guessSdr(track: VideoTrack): Guess {
  const some = (untagged: number) => (untagged === 3 ? 'the file does not say' : 'the file says only part of it');
  if (isHigh(track)) return { matrix: 'bt709', reason: (n) => `${some(n)}; usual for this frame size` };
  const pal = [576, 288].includes(track.codedSize.height - track.hiddenLines) && isNear(track, 25);
  const habit = pal ? 'usual for 25 fps television' : 'usual for this frame size';
  return { matrix: pal ? 'bt470bg' : 'smpte170m', reason: (n) => `${some(n)}; ${habit}` };
}

function isHigh({ displaySize, codedSize }: VideoTrack): boolean {
  return Math.min(displaySize.width, displaySize.height) >= 720 || codedSize.width >= 1280;
}

function isNear({ averageFrameRate, realFrameRate }: VideoTrack, rate: number): boolean {
  const { num, den } = averageFrameRate ?? realFrameRate ?? { num: 0, den: 1 };
  return Math.abs(num / den - rate) < 0.1;
}

function isWide({ color }: VideoTrack): boolean {
  return color.primaries === 'bt2020' || (color.primaries === null && (color.matrix ?? '').startsWith('bt2020'));
}

/** RGB, palettes, black-and-white bitmaps, and the XYZ of cinemas, which swscale reads as RGB: no YUV matrix to keep. */
function isRgb({ pixelFormat, color }: VideoTrack): boolean {
  return (
    color.matrix === 'gbr' || /^(?:x2)?(?:rgb|bgr|gbr|argb|abgr|0rgb|0bgr|pal8|bayer|mono[bw]|xyz)/.test(pixelFormat)
  );
}

/** What swscale reads by way of a table of 256 colours, or of a sensor's mosaic: right to RGB only. */
function isPalette({ pixelFormat }: VideoTrack): boolean {
  return /^(?:pal8|(?:rgb|bgr)8|(?:rgb|bgr)4(?:_byte)?|bayer_.*)$/.test(pixelFormat);
}

function usable(tag: string | null, known: ReadonlySet<string> | Readonly<Record<string, string>>): string | null {
  if (tag === null) return null;
  if (known instanceof Set) return known.has(tag) ? tag : null;
  return tag in known ? tag : null;
}

/** Tag of a matrix → the name scale has for its numbers. */
const SCALE_MATRIX: Readonly<Record<string, string>> = {
  bt709: 'bt709',
  smpte170m: 'smpte170m',
  bt470bg: 'smpte170m',
  smpte240m: 'smpte240m',
  fcc: 'fcc',
  bt2020nc: 'bt2020',
  bt2020c: 'bt2020',
};
const KEPT_MATRICES = new Set(['bt709', 'smpte170m', 'bt470bg']);
const MATRIX_OF_PRIMARIES: Readonly<Record<string, string>> = {
  bt709: 'bt709',
  smpte170m: 'smpte170m',
  bt470bg: 'bt470bg',
  smpte432: 'bt709',
};
const PRIMARIES = new Set(['bt709', 'smpte170m', 'bt470bg', 'bt470m', 'smpte240m', 'film', 'smpte431', 'smpte432']);
// BT.470's gammas (2.2, 2.8) are not here: FFmpeg's encoders and filters do not agree on a name for them, and they are
// nearly always old television that was in truth made with the curve all SDR shares.
const TRANSFERS = new Set(['bt709', 'smpte170m', 'smpte240m', 'linear', 'iec61966-2-1', 'bt2020-10', 'bt2020-12']);
const FILL = {
  high: { primaries: 'bt709', transfer: 'bt709' },
  pal: { primaries: 'bt470bg', transfer: 'smpte170m' },
  ntsc: { primaries: 'smpte170m', transfer: 'smpte170m' },
} as const;
