import type { StartEvent } from '../model/events.js';
import { printable, shellCommand } from '../model/text.js';
import { renderError } from './error-text.js';
import { formatClock, formatPercent, formatSpeed } from './format.js';
import { describeListening, describePlayback, describeServing } from './playback-text.js';
import { Progress } from './progress.js';
import type { Renderer } from './renderer.js';
import { renderResult, renderWarning } from './result-text.js';
import {
  collectSizes,
  describeInput,
  describeKept,
  describeStart,
  describeSummary,
  RetryFilter,
  WarningFilter,
} from './shared-text.js';
import type { Style } from './style.js';
import { formatFetch, formatSurvey, formatUpload } from './upload-text.js';

const QUIET_MS = 30_000;
const STEP = 0.1;
const LEAST_MS = 2000;

/**
 * Sparse lines on stderr for files and CI logs: the start, each tenth but at most every few seconds, else every half minute,
 * warnings, the result.
 */
export function createLogRenderer(options: {
  stderr: NodeJS.WritableStream;
  columns: () => number;
  /** Width to which an error is wrapped; without it, its lines are as long as they are. */
  wrapAt?: (() => number) | undefined;
  style: Style;
  verbose: boolean;
  now: () => number;
}): Renderer {
  const { stderr, style, now } = options;
  const startedMs = now();
  const line = (text: string): boolean => stderr.write(`[${formatClock((now() - startedMs) / 1000)}] ${text}\n`);
  const warnings = new WarningFilter();
  const retries = new RetryFilter(options);
  let start: StartEvent | null = null;
  let progress: Progress | null = null;
  let saidMs = startedMs;
  let saidStep = 0;
  let saidUploadMs = startedMs;
  let saidFetchMs = startedMs;
  let saidSurveyMs: number | null = null;

  const sayProgress = (): void => {
    if (progress === null) return;
    const { fraction, seconds, speed, etaSeconds } = progress.total(now());
    const step = fraction === null ? 0 : Math.floor(fraction / STEP + 1e-9);
    // Also of a short clip not ten lines in a second.
    if (now() - saidMs < (step > saidStep ? LEAST_MS : QUIET_MS)) return;
    saidMs = now();
    saidStep = Math.max(step, saidStep);
    const where = fraction === null ? `${formatClock(seconds)} done` : formatPercent(fraction);
    const pace = speed === null ? '' : `, ${formatSpeed(speed)}`;
    const eta = etaSeconds === null || fraction === 1 ? '' : `, ETA ${formatClock(Math.ceil(etaSeconds))}`;
    line(`${where}${pace}${eta}`);
  };

  return {
    show: (event) => {
      switch (event.type) {
        case 'start':
          start = event;
          progress = new Progress(event, now());
          saidStep = Math.floor((progress.total(now()).fraction ?? 0) / STEP);
          line(describeStart(event, style));
          break;
        case 'progress':
          progress?.update(event, now());
          sayProgress();
          break;
        case 'segment':
          progress?.segment(event);
          sayProgress();
          break;
        case 'warning':
          if (warnings.isNew(event)) line(renderWarning(event, style));
          break;
        case 'command':
          if (options.verbose) line(`${printable(event.label)}: ${shellCommand(event.argv)}`);
          break;
        case 'retry': {
          const text = retries.text(event);
          if (text !== null) line(text);
          break;
        }
        case 'input':
          line(describeInput(event));
          break;
        case 'summary':
          stderr.write(`${describeSummary(event)}\n`);
          break;
        case 'kept':
          line(describeKept(event));
          break;
        case 'survey':
          if (saidSurveyMs !== null && now() - saidSurveyMs < QUIET_MS) break;
          saidSurveyMs = now();
          line(formatSurvey(event));
          break;
        case 'fetch':
          if (now() - saidFetchMs < QUIET_MS) break;
          saidFetchMs = now();
          line(`fetching the source: ${formatFetch(event)}`);
          break;
        case 'upload':
          if (event.totalObjects === event.objects || now() - saidUploadMs < QUIET_MS) break;
          saidUploadMs = now();
          line(formatUpload(event));
          break;
        case 'stage':
          if (event.stage === 'fetch') line('fetching the source');
          if (event.stage === 'package') line('packaging');
          break;
        case 'serving':
          stderr.write(`${describeServing(event, style)}\n`);
          break;
        case 'playback':
          line(describePlayback(event, style));
          break;
        case 'listening':
          stderr.write(`${describeListening(event, style)}\n`);
          break;
        case 'result':
        case 'error':
          break;
      }
    },
    resumed: () => {},
    finish: (final) => {
      if (final?.type === 'error') stderr.write(`${renderError(final, style, options.wrapAt?.())}\n`);
      if (final?.type === 'result')
        stderr.write(
          `${renderResult(final, collectSizes(start), options.columns(), style, (each) => warnings.isNew(each))}\n`,
        );
    },
  };
}
