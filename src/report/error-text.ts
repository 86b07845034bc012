import type { ErrorEvent } from '../model/events.js';
import { printable } from '../model/text.js';
import type { Style } from './style.js';
import { wrap } from './wrap.js';

/**
 * An error for people: what failed, why, what to do, then an outside program's last words. Text from outside
 * is escaped; a hint or reason of several lines keeps them, indented under its label. In lines of at most `columns`;
 * a hint that is a command stays on one line, to be copied.
 */
export function renderError(error: ErrorEvent, style: Style, columns = Infinity): string {
  const room = Math.max(LEAST, columns) - LABEL;
  const said = (text: string): string =>
    text
      .split('\n')
      .flatMap((line) => (COMMAND.test(line) ? [printable(line)] : wrap(printable(line), room)))
      .join(`\n${' '.repeat(LABEL)}`);
  const lines = [`${style.bad(style.strong('error:'))} ${said(error.message)}`];
  if (error.reason !== null) lines.push(`  why: ${said(error.reason)}`);
  if (error.hint !== null) lines.push(`  do:  ${said(error.hint)}`);
  for (const line of error.detail) {
    const [first = '', ...rest] = wrap(printable(line), Math.max(LEAST, columns) - DETAIL);
    lines.push(style.faint(`  | ${first}`), ...rest.map((more) => style.faint(`  |   ${more}`)));
  }
  return lines.join('\n');
}

/** Columns of "error: ", "  why: " and "  do:  ". */
const LABEL = 7;
const DETAIL = 6;
/** No terminal is so narrow that a text must be broken more finely. */
const LEAST = 24;
const COMMAND = /^(?:mediactl|gcloud|gsutil|curl|apt-get|brew|export|source) /;
