import type { BeaconRow, ReportGroup } from '../../model/beacon-report.js';
import { Durations } from './durations.js';
import type { KeptReport } from './kept-report.js';
import { SeenReports } from './seen-reports.js';

/** Rows that are counted apart; titles that come after that are counted together. */
const MOST_ROWS = 100_000;
const SESSIONS = 100_000;
const OTHERS = '(other titles)';

/** Counts reports by title and time. Memory grows with the rows, and not with the reports. */
export class Summary {
  reports = 0;
  repeated = 0;
  readonly #by: ReportGroup;
  readonly #seen = new SeenReports(SESSIONS);
  readonly #rows = new Map<string, Row>();

  constructor(by: ReportGroup) {
    this.#by = by;
  }

  add(report: KeptReport): void {
    if (!this.#seen.isNew(report)) return void this.repeated++;
    this.reports++;
    const row = this.#rowFor(report);
    switch (report.event) {
      case 'startup':
        row.starts++;
        row.startups.add(report.milliseconds);
        break;
      case 'quality_switch':
        // The first rung is a beginning, and no switch.
        if (report.from !== null) row.switches++;
        break;
      case 'low_buffer':
        row.lowBuffers++;
        break;
      case 'stall':
        row.stalls++;
        row.stallMs += report.milliseconds;
        break;
      case 'error':
        row.errors++;
        if (report.fatal) row.fatalErrors++;
        break;
      case 'ended':
      case 'left':
        // Both tell the whole session.
        row.watchedSeconds += this.#seen.growth(report, report.watchedSeconds);
    }
  }

  /** By title, then by time. */
  rows(): readonly BeaconRow[] {
    const rows = [...this.#rows.values()].sort((a, b) => compare(a.title, b.title) || compare(a.time, b.time));
    return rows.map(({ startups, stallMs, watchedSeconds, ...counts }) => ({
      ...counts,
      startupMedianMs: startups.quantile(0.5),
      startup95Ms: startups.quantile(0.95),
      stallSeconds: Math.round(stallMs) / 1000,
      watchedSeconds: Math.round(watchedSeconds * 1000) / 1000,
    }));
  }

  #rowFor({ title, received }: KeptReport): Row {
    const time = this.#by.endsWith('hour')
      ? `${received.slice(0, 13)}:00Z`
      : this.#by.endsWith('day')
        ? received.slice(0, 10)
        : null;
    const named = this.#by.startsWith('title') ? title : null;
    const key = JSON.stringify([named, time]);
    const there = this.#rows.get(key);
    if (there !== undefined) return there;
    if (named !== null && named !== OTHERS && this.#rows.size >= MOST_ROWS) return this.#rowOfOthers(time);
    return this.#newRow(key, named, time);
  }

  #rowOfOthers(time: string | null): Row {
    const key = JSON.stringify([OTHERS, time]);
    return this.#rows.get(key) ?? this.#newRow(key, OTHERS, time);
  }

  #newRow(key: string, title: string | null, time: string | null): Row {
    const row = {
      title,
      time,
      starts: 0,
      startups: new Durations(),
      switches: 0,
      lowBuffers: 0,
      stalls: 0,
      stallMs: 0,
      errors: 0,
      fatalErrors: 0,
      watchedSeconds: 0,
    };
    this.#rows.set(key, row);
    return row;
  }
}

interface Row {
  readonly title: string | null;
  readonly time: string | null;
  readonly startups: Durations;
  starts: number;
  switches: number;
  lowBuffers: number;
  stalls: number;
  stallMs: number;
  errors: number;
  fatalErrors: number;
  watchedSeconds: number;
}

function compare(a: string | null, b: string | null): number {
  const [left, right] = [a ?? '', b ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}
