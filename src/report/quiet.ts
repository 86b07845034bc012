import { shellCommand } from '../model/text.js';
import { renderError } from './error-text.js';
import type { Renderer } from './renderer.js';
import type { Style } from './style.js';

/** Errors on stderr, nothing else (commands too when `verbose`). */
export function createQuietRenderer(options: {
  stderr: NodeJS.WritableStream;
  style: Style;
  verbose: boolean;
}): Renderer {
  const { stderr, style, verbose } = options;
  return {
    show: (event) => {
      if (verbose && event.type === 'command') stderr.write(`${event.label}: ${shellCommand(event.argv)}\n`);
    },
    resumed: () => {},
    finish: (final) => {
      if (final?.type === 'error') stderr.write(`${renderError(final, style)}\n`);
    },
  };
}
