import { shellCommand } from '../model/text.js';
import { renderError } from './error-text.js';
import type { Renderer } from './renderer.js';
import { RetryFilter } from './shared-text.js';
import type { Style } from './style.js';

/** Errors on stderr, nothing else; commands too when `verbose`, and that a bucket keeps us waiting when `saysRetries`. */
export function createQuietRenderer(options: {
  stderr: NodeJS.WritableStream;
  style: Style;
  verbose: boolean;
  saysRetries?: boolean | undefined;
  now: () => number;
}): Renderer {
  const { stderr, style, verbose, saysRetries = false } = options;
  const retries = new RetryFilter(options);
  return {
    show: (event) => {
      if (event.type === 'retry' && (verbose || saysRetries)) {
        const text = retries.text(event);
        if (text !== null) stderr.write(`${text}\n`);
      }
      if (verbose && event.type === 'command') stderr.write(`${event.label}: ${shellCommand(event.argv)}\n`);
    },
    resumed: () => {},
    finish: (final) => {
      if (final?.type === 'error') stderr.write(`${renderError(final, style)}\n`);
    },
  };
}
