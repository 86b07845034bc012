import type { PlaybackReport } from '../../model/playback.js';

/** A line of the files of `beacon serve`. */
export type KeptReport = PlaybackReport & {
  readonly v: 1;
  /** When it came, by the clock of the server: ISO 8601, UTC. */
  readonly received: string;
  /** Who sent it: a name of the day, or the address where addresses are kept. */
  readonly address: string;
};

/** What the files are called: reports-DAY-RUN-NUMBER.ndjson. */
export const KEPT_PREFIX = 'reports';
