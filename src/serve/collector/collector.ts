import { Counter, Histogram, type Registry } from 'prom-client';
import { parseJsonOrUndefined } from '../../model/json.js';
import type { PlaybackReport } from '../../model/playback.js';
import { answer } from '../answers.js';
import { AddressNames } from '../http/address-names.js';
import { readBody } from '../http/body.js';
import { answerProblem } from '../http/problem.js';
import { dayOf } from '../http/rotated-files.js';
import type { Asked, Route } from '../http/service.js';
import { parseReports } from '../report-schema.js';
import type { KeptReport } from './kept-report.js';
import { SeenReports } from './seen-reports.js';

export interface CollectorOptions {
  readonly registry: Registry;
  /** Addresses are kept as they are. */
  readonly keepAddresses: boolean;
  /** Milliseconds since 1970; Date.now. */
  readonly today: () => number;
  /** Whole lines: resolves when they are kept. */
  readonly keep: (lines: string) => Promise<void>;
  /** They could not be kept. */
  readonly onTrouble: (error: unknown) => void;
}

/** Of a batch; the page sends at most 100 reports, play 200. */
const LARGEST = 256 * 1024;
const SESSIONS = 20_000;

/** Takes batches of reports, checks and keeps them. A batch is answered (204) when it is in a file. */
export function createCollector(options: CollectorOptions): Route {
  const names = new AddressNames();
  const seen = new SeenReports(SESSIONS);
  const count = collectorMetrics(options.registry);
  return async ({ request, response, address }: Asked) => {
    if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
      return answerProblem(response, { status: 415, title: 'application/json is wanted' });
    }
    const body = await readBody(request, LARGEST);
    if (body === null) return answerProblem(response, { status: 413, title: 'a batch has at most 256 KiB' });
    const reports = parseReports(parseJsonOrUndefined(body.toString('utf8')));
    if (reports === null) return answerProblem(response, { status: 400, title: 'these are no reports' });
    const now = options.today();
    const received = new Date(now).toISOString();
    const name = options.keepAddresses ? address : names.nameOf(address, dayOf(now));
    const fresh = reports.filter((report) => seen.isNew(report));
    const kept = fresh.map((report): KeptReport => ({ v: 1, received, address: name, ...report }));
    try {
      if (kept.length > 0) await options.keep(kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
    } catch (error) {
      // Sent again, they are new.
      for (const report of fresh) seen.forget(report);
      options.onTrouble(error);
      return answerProblem(response, { status: 503, title: 'reports cannot be kept at the moment', retryAfter: 30 });
    }
    for (const report of fresh) count(report);
    answer(response, 204, '');
  };
}

/** No label is a title: whoever posts can name as many as they like. Those are in `beacon report`. */
function collectorMetrics(registry: Registry): (report: PlaybackReport) => void {
  const registers = [registry];
  const reports = new Counter({
    name: 'mediactl_beacon_reports_total',
    help: 'Reports that were kept, by what happened.',
    labelNames: ['event', 'player', 'format'],
    registers,
  });
  const startup = new Histogram({
    name: 'mediactl_beacon_startup_seconds',
    help: 'From the beginning of loading a title to its first picture.',
    buckets: [0.25, 0.5, 1, 2, 4, 8, 16],
    registers,
  });
  const stalled = new Counter({
    name: 'mediactl_beacon_stall_seconds_total',
    help: 'Time for which playback stood still.',
    registers,
  });
  return (report) => {
    reports.inc({ event: report.event, player: report.player, format: report.format });
    if (report.event === 'startup') startup.observe(report.milliseconds / 1000);
    if (report.event === 'stall') stalled.inc(report.milliseconds / 1000);
  };
}
