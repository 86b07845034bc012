import type { Span } from './chunk.js';
import type { EncodePlan } from './plan.js';
import type { Rational } from './rational.js';

/**
 * What is to be encoded of a title. It is the same after JSON, and all that decides bytes is in it: whoever does it, of
 * whatever spans, gets the same segments. How it is done is none of it (see EncodeSite).
 */
export interface EncodeJob {
  readonly plan: EncodePlan;
  readonly missing: Missing;
  /** Where audio ends on the title's timeline, seconds; null: where the source's sound ends. */
  readonly audioEnd: Rational | null;
}

/** What of a title is not made yet. */
export interface Missing {
  readonly spans: readonly Span[];
  /** Per rendition id: what is made already, seconds. */
  readonly doneSeconds: Readonly<Record<string, number>>;
}
