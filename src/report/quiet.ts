import { shellCommand } from '../model/text.js';
import { renderError } from './error-text.js';
import type { Renderer } from './renderer.js';
import { RetryFilter } from './shared-text.js';
import type { Style } from './style.js';
import { formatSurvey } from './upload-text.js';

/** Errors on stderr, nothing else; commands too when `verbose`, and what keeps us waiting when `saysRetries`. */
export function createQuietRenderer(options: {
  stderr: NodeJS.WritableStream;
  style: Style;
  verbose: boolean;
  saysRetries?: boolean | undefined;
  /** Width to which an error is wrapped; without it, its lines are as long as they are. */
  columns?: (() => number) | undefined;
  now: () => number;
}): Renderer {
  const { stderr, style, verbose, saysRetries = false, now } = options;
  const retries = new RetryFilter(options);
  let saidSurveyMs: number | null = null;
  return {
    show: (event) => {
      if (event.type === 'retry' && (verbose || saysRetries)) {
        const text = retries.text(event);
        if (text !== null) stderr.write(`${text}\n`);
      }
      if (event.type === 'survey' && saysRetries && (saidSurveyMs === null || now() - saidSurveyMs >= SURVEY_MS)) {
        saidSurveyMs = now();
        stderr.write(`${formatSurvey(event)}\n`);
      }
      if (verbose && event.type === 'command') stderr.write(`${event.label}: ${shellCommand(event.argv)}\n`);
    },
    resumed: () => {},
    finish: (final) => {
      if (final?.type === 'error') stderr.write(`${renderError(final, style, options.columns?.())}\n`);
    },
  };
}

const SURVEY_MS = 10_000;
