/** A chapter of a source, on the container's timeline. */
export interface Chapter {
  readonly startSeconds: number;
  readonly endSeconds: number | null;
  readonly title: string | null;
}

/** How bright an HDR10 video says that it is, candela per square metre; null: not said. CTA-861.3, SMPTE ST 2086. */
export interface ContentLight {
  /** The brightest pixel of all. */
  readonly maxCll: number | null;
  /** The brightest frame's average. */
  readonly maxFall: number | null;
  /** The brightest that the display showed on which it was mastered. */
  readonly masteringPeak: number | null;
}
