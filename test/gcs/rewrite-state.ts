import type { ObjectRecord } from './object-record.js';

/** A rewrite that needs further calls. */
export interface RewriteState {
  readonly source: ObjectRecord;
  done: number;
}
