import { z } from 'zod';
import { expecting } from './problems.js';

/** Seconds, as a number or as text: "83.5", "1:23.5" or "0:01:23.5". */
export function clockTime() {
  const params = expecting('seconds or h:mm:ss, such as 83.5 or 0:01:23.5');
  return z.preprocess(read, z.number(params).min(0, params).max(LONGEST, params));
}

/** A hundred days, seconds. */
const LONGEST = 8_640_000;

function read(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  const [, hours = '0', minutes, seconds] = /^(?:(\d+):(?=\d\d:))?(\d+):([0-5]\d(?:\.\d+)?)$/.exec(text) ?? [];
  if (seconds === undefined) return /^\d+(\.\d+)?$/.test(text) ? Number(text) : value;
  if (hours !== '0' && Number(minutes) > 59) return value;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
