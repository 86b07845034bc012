import type { Rational } from '../../../model/rational.js';

const MICROS = 1_000_000n;

/**
 * Seconds as xs:duration: "PT6.006S". Microseconds, rounded up: players cut off what reaches over the end that a manifest
 * says, so that it must not say less than there is.
 */
export function isoDuration({ num, den }: Rational): string {
  const micros = (BigInt(num) * MICROS + BigInt(den) - 1n) / BigInt(den);
  const fraction = String(micros % MICROS)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `PT${micros / MICROS}${fraction && `.${fraction}`}S`;
}
