/** What a row of `beacon report` can be about. Hours and days are UTC. */
export const REPORT_GROUPS = ['title,hour', 'title,day', 'title', 'hour', 'day'] as const;

export type ReportGroup = (typeof REPORT_GROUPS)[number];

/** The document of `beacon report --json`. */
export interface BeaconReport {
  readonly schema: 'mediactl.beacon-report/1';
  readonly by: ReportGroup;
  /** ISO 8601, UTC; null: all that there is. */
  readonly since: string | null;
  readonly files: number;
  /** Those that are counted in the rows. */
  readonly reports: number;
  /** Those that had come before. */
  readonly repeated: number;
  /** Lines that are no reports, such as the last one of a server that was killed. */
  readonly unreadable: number;
  readonly rows: readonly BeaconRow[];
}

export interface BeaconRow {
  /** Null: of all titles together. */
  readonly title: string | null;
  /** "2026-11-26T18:00Z", "2026-11-26"; null: of all times together. */
  readonly time: string | null;
  /** First pictures that were shown. */
  readonly starts: number;
  /** From the page's beginning to load a title to its first picture; null: there was none. To about 5 %. */
  readonly startupMedianMs: number | null;
  readonly startup95Ms: number | null;
  /** Changes of the rung on screen; the first one is none. */
  readonly switches: number;
  readonly lowBuffers: number;
  readonly stalls: number;
  readonly stallSeconds: number;
  readonly errors: number;
  /** Of these: nothing played any more. */
  readonly fatalErrors: number;
  /** Of sessions that told their end. */
  readonly watchedSeconds: number;
}
