import type { ErrorEvent } from '../model/events.js';
import { printable } from '../model/text.js';
import type { Style } from './style.js';

/**
 * An error for people: what failed, why, what to do, then an outside program's last words. Text from outside
 * is escaped; a hint or reason of several lines keeps them, indented under its label.
 */
export function renderError(error: ErrorEvent, style: Style): string {
  const lines = [`${style.bad(style.strong('error:'))} ${escapeLines(error.message, '       ')}`];
  if (error.reason !== null) lines.push(`  why: ${escapeLines(error.reason, '       ')}`);
  if (error.hint !== null) lines.push(`  do:  ${escapeLines(error.hint, '       ')}`);
  if (error.detail.length > 0) {
    lines.push(...error.detail.map((line) => style.faint(`  | ${printable(line)}`)));
  }
  return lines.join('\n');
}

function escapeLines(text: string, indent: string): string {
  return text.split('\n').map(printable).join(`\n${indent}`);
}
