/** Ticks per second of the time stamps in a PES header (ISO/IEC 13818-1 2.4.3.7). */
export const TICKS_PER_SECOND = 90_000;

/** Time stamps have 33 bits: they begin again at 0 after 26.5 hours. */
export const PTS_MODULUS = 2 ** 33;

/** Whether 33-bit time `a` comes before `b`, across the wrap: less than half the circle lies between them. */
export function earlier(a: number, b: number): boolean {
  return a !== b && (b - a + PTS_MODULUS) % PTS_MODULUS < PTS_MODULUS / 2;
}

/** The time that a 33-bit stamp stands for, of all that are whole turns apart: the one nearest to `near`. */
export function nearestTurn(pts: number, near: number): number {
  return pts + Math.round((near - pts) / PTS_MODULUS) * PTS_MODULUS;
}
