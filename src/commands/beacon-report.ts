import { resolve } from 'node:path';
import { MediactlError } from '../errors.js';
import { asReadError } from '../errors/disk.js';
import type { BeaconReport, BeaconRow, ReportGroup } from '../model/beacon-report.js';
import { printable } from '../model/text.js';
import { count, formatClock, formatLength } from '../report/format.js';
import { layOutTable, type Column } from '../report/table.js';
import { keptFiles, readKept } from '../serve/collector/read-kept.js';
import { Summary } from '../serve/collector/summary.js';
import type { CommandContext } from './context.js';

export interface BeaconReportOptions {
  readonly by: ReportGroup;
  /** Milliseconds since 1970; null: all that there is. */
  readonly since: number | null;
  readonly columns: number;
}

/**
 * `mediactl beacon report DIR`: what players have reported, as a table or one JSON document. Reads one line at a time.
 * Throws MediactlError input-not-found, input-unreadable.
 */
export async function beaconReport(
  folder: string,
  { by, since, columns }: BeaconReportOptions,
  { settings, cwd, signal }: CommandContext,
): Promise<string> {
  const path = resolve(cwd, folder);
  const from = since === null ? null : new Date(since).toISOString();
  const summary = new Summary(by);
  let unreadable = 0;
  const files = await keptFiles(path, from?.slice(0, 10) ?? null).catch((error: unknown) => {
    throw asReadError(error, folder);
  });
  if (files.length === 0 && from === null) throw nothingThere(folder);
  for (const file of files) {
    try {
      for await (const report of readKept(file)) {
        signal.throwIfAborted();
        if (report === null) unreadable++;
        else if (from === null || report.received >= from) summary.add(report);
      }
    } catch (error) {
      throw asReadError(error, file);
    }
  }
  const { reports, repeated } = summary;
  const report: BeaconReport = {
    schema: 'mediactl.beacon-report/1',
    by,
    since: from,
    files: files.length,
    reports,
    repeated,
    unreadable,
    rows: summary.rows(),
  };
  return settings.output.json ? JSON.stringify(report, null, 2) : tableOf(report, columns);
}

function tableOf({ by, reports, unreadable, rows }: BeaconReport, columns: number): string {
  const shown = COLUMNS.filter(
    ({ is }) => is === null || by.split(',').some((word) => (word === 'title' ? 'title' : 'time') === is),
  );
  const cells = rows.map((row) => shown.map(({ cell }) => cell(row)));
  const table = layOutTable(shown, cells, columns);
  const skipped = unreadable === 0 ? '' : `, ${count(unreadable, 'line')} could not be read`;
  return [...(rows.length === 0 ? [] : [...table, '']), `${count(reports, 'report')}${skipped}`].join('\n');
}

interface ReportColumn extends Column {
  /** Shown only where rows are about that. */
  readonly is: 'title' | 'time' | null;
  readonly cell: (row: BeaconRow) => string;
}

const COLUMNS: readonly ReportColumn[] = [
  { title: 'TITLE', align: 'left', is: 'title', cell: ({ title }) => printable(title ?? '') },
  { title: 'UTC', align: 'left', is: 'time', cell: ({ time }) => (time ?? '').replace('T', ' ').replace('Z', '') },
  number('STARTS', ({ starts }) => starts),
  { title: 'START-UP', align: 'right', is: null, cell: ({ startupMedianMs }) => lengthOf(startupMedianMs) },
  { title: '95 %', align: 'right', is: null, spare: 2, cell: ({ startup95Ms }) => lengthOf(startup95Ms) },
  number('SWITCHES', ({ switches }) => switches),
  number('LOW BUFFER', ({ lowBuffers }) => lowBuffers),
  number('STALLS', ({ stalls }) => stalls),
  { title: 'STALLED', align: 'right', is: null, spare: 3, cell: ({ stallSeconds }) => formatLength(stallSeconds) },
  number('ERRORS', ({ errors }) => errors),
  { title: 'WATCHED', align: 'right', is: null, spare: 1, cell: ({ watchedSeconds }) => formatClock(watchedSeconds) },
];

function number(title: string, value: (row: BeaconRow) => number): ReportColumn {
  return { title, align: 'right', is: null, cell: (row) => String(value(row)) };
}

function lengthOf(milliseconds: number | null): string {
  return milliseconds === null ? '-' : `${(milliseconds / 1000).toFixed(2)} s`;
}

function nothingThere(folder: string): MediactlError {
  return new MediactlError('input-not-found', `there are no reports in ${printable(folder)}`, {
    reason: 'no file there is called as `beacon serve` calls them, reports-DAY-….ndjson',
    hint: `collect some first: mediactl beacon serve ${printable(folder)}`,
  });
}
