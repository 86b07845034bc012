import { z } from 'zod';
import { expecting } from './problems.js';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** A number of bytes, or text such as "500M" or "2GiB"; units are binary. */
export function size() {
  const params = expecting('a size of at least 64k, such as 500M or 2G');
  const read = (value: unknown): unknown => parse(value, /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i);
  return z.preprocess(read, z.int(params).min(64 * 1024, params));
}

/** Bytes a second, written like size(); null for "off". "Mb" and "Mbit" are refused, because to many they mean bits. */
export function rate() {
  const params = expecting('bytes a second, at least 8k, such as 10M (10 MiB/s), or off');
  const read = (value: unknown): unknown =>
    value === 'off' ? null : parse(value, /^(\d+(?:\.\d+)?)\s*([kmgtKMGT]?)(?:i?B)?(?:\/s)?$/);
  return z.preprocess(
    read,
    z
      .int(params)
      .min(8 * 1024, params)
      .nullable(),
  );
}

/** Turns text that matches into a number of bytes, and leaves everything else as it is. */
function parse(value: unknown, pattern: RegExp): unknown {
  const [, digits, unit = ''] = pattern.exec(typeof value === 'string' ? value.trim() : '') ?? [];
  return digits === undefined ? value : Math.round(Number(digits) * (UNITS[unit.toLowerCase()] ?? 1));
}
