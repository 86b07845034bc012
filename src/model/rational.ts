/**
 * Exact fractions. Frame rates, segment durations and aspects stay rational from probe to playlist:
 * 24000/1001 rounded to 23.976 drifts by 3 ms a segment.
 */
export interface Rational {
  readonly num: number;
  readonly den: number;
}

/** num/den in lowest terms, sign on the numerator. Throws RangeError on a zero denominator or a non-integer. */
export function rational(num: number, den = 1): Rational {
  if (!Number.isSafeInteger(num) || !Number.isSafeInteger(den) || den === 0) {
    throw new RangeError(`not a fraction of safe integers: ${num}/${den}`);
  }
  const divisor = gcd(Math.abs(num), Math.abs(den)) * Math.sign(den);
  return { num: num / divisor || 0, den: den / divisor };
}

/** "30000/1001", "30000:1001" or "25" → Rational; null for anything else, and for a zero denominator ("0/0"). */
export function parseRational(text: string): Rational | null {
  const match = /^(-?\d+)(?:[/:](\d+))?$/.exec(text.trim());
  if (!match) return null;
  const den = Number(match[2] ?? 1);
  return den === 0 ? null : rational(Number(match[1]), den);
}

export function toNumber(value: Rational): number {
  return value.num / value.den;
}

/** "24000/1001", or "25" when whole. */
export function formatRational(value: Rational): string {
  return value.den === 1 ? String(value.num) : `${value.num}/${value.den}`;
}

export function multiply(a: Rational, b: Rational): Rational {
  // Cross-reduce first, so that hours of frames stay far from 2^53.
  const left = gcd(Math.abs(a.num), b.den);
  const right = gcd(Math.abs(b.num), a.den);
  return rational((a.num / left) * (b.num / right), (a.den / right) * (b.den / left));
}

export function divide(a: Rational, b: Rational): Rational {
  return multiply(a, rational(b.den, b.num));
}

/** Negative, zero or positive, as a < b, a = b, a > b. */
export function compare(a: Rational, b: Rational): number {
  return a.num * b.den - b.num * a.den;
}

/**
 * The fraction nearest to `value` among those whose denominator is at most `maxDenominator`, by continued
 * fractions. Throws RangeError for what is not finite.
 */
export function approximate(value: number, maxDenominator: number): Rational {
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
  let rest = Math.abs(value);
  // h/k: the convergents; the last one that fits, and the one before it.
  let [h, k, hBefore, kBefore] = [1, 0, 0, 1];
  for (;;) {
    const whole = Math.floor(rest);
    const kNext = whole * k + kBefore;
    if (kNext > maxDenominator) {
      // A semiconvergent may still fit and be nearer than the last convergent.
      const steps = Math.floor((maxDenominator - kBefore) / k);
      const [hSemi, kSemi] = [steps * h + hBefore, steps * k + kBefore];
      const target = Math.abs(value);
      if (kSemi > 0 && Math.abs(hSemi / kSemi - target) < Math.abs(h / k - target)) [h, k] = [hSemi, kSemi];
      break;
    }
    [h, k, hBefore, kBefore] = [whole * h + hBefore, kNext, h, k];
    if (rest - whole < 1e-12 || Math.abs(h / k - Math.abs(value)) < 1e-12) break;
    rest = 1 / (rest - whole);
  }
  return rational(value < 0 ? -h : h, k);
}

function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a === 0 ? 1 : a;
}
