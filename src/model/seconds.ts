/** Seconds rounded to whole microseconds: sums of times in doubles have more digits than they know. */
export function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
