import type { EncodePlan } from '../../model/plan.js';
import type { EncodeSite } from '../../stages/encode/encode-site.js';
import type { Delivery } from '../delivery/delivery.js';
import type { Journal } from '../work/journal.js';
import type { AudioGate } from './audio-gate.js';
import type { DamageTally } from './damage.js';

/** What becomes of what is made: it is noted in the working folder, and brought to where the title is published. */
export interface EncodeOutput {
  readonly journal: Journal;
  readonly delivery: Delivery;
  readonly damage: DamageTally;
}

/** One title that is being encoded. */
export interface Encoding {
  readonly plan: EncodePlan;
  readonly site: EncodeSite;
  readonly output: EncodeOutput;
  readonly gate: AudioGate;
}
