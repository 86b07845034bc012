import type { InputAddress } from '../../model/source.js';
import type { Delivery } from '../delivery/delivery.js';
import type { PlannedTitle } from '../plan-title.js';
import type { RunContext } from '../run-context.js';
import type { Journal } from '../work/journal.js';
import type { AudioGate } from './audio-gate.js';
import type { DamageTally } from './damage.js';

/** Where a title is made: what is known of it there, and how its segments leave. */
export interface EncodeWork {
  /** The working folder. */
  readonly path: string;
  readonly journal: Journal;
  readonly delivery: Delivery;
  readonly damage: DamageTally;
  /** Of the plan's source. */
  readonly address: InputAddress;
  readonly stallSeconds: number;
}

/** What encoding has to know of a title, and of the run that it is part of. */
export type EncodableTitle = Pick<PlannedTitle, 'plan' | 'schedule' | 'capabilities'>;
export type EncodeContext = Pick<RunContext, 'tools' | 'signal' | 'emit'>;

/** One title that is being encoded. */
export interface Encoding {
  readonly title: EncodableTitle;
  readonly work: EncodeWork;
  readonly run: EncodeContext;
  readonly gate: AudioGate;
}
