/** ITU-T H.264, table A-1: level_idc, macroblocks a second, macroblocks a picture. */
const LEVELS: readonly (readonly [level: number, rate: number, picture: number])[] = [
  [30, 40_500, 1620],
  [31, 108_000, 3600],
  [32, 216_000, 5120],
  [40, 245_760, 8192],
  [41, 245_760, 8192],
  [42, 522_240, 8704],
  [50, 589_824, 22_080],
  [51, 983_040, 36_864],
  [52, 2_073_600, 36_864],
  [60, 4_177_920, 139_264],
];

/** What every player of the last ten years decodes. */
const ALWAYS = 41;

/** The highest level that a copied stream of this size and rate may state: players refuse by it (Apple HLS authoring 1.11). */
export function highestLevel(width: number, height: number, framesPerSecond: number): number {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const least = LEVELS.find(([, rate, picture]) => blocks <= picture && blocks * framesPerSecond <= rate);
  return Math.max(ALWAYS, least?.[0] ?? 62);
}

/** 41 → "4.1". */
export function levelName(level: number): string {
  return (level / 10).toFixed(1);
}
