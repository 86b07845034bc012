import type { Event } from '../model/events.js';
import { createQuietRenderer } from './quiet.js';
import type { Renderer } from './renderer.js';
import type { Style } from './style.js';

/** Version of the contract in docs/json-output.md; grows when a reader of the old one would break. */
export const JSON_VERSION = 1;

/**
 * NDJSON on stdout: one event a line, the final one last. Errors are also told in words on stderr.
 * While the reader is slow, `progress` lines are left out instead of kept in memory.
 */
export function createJsonRenderer(options: {
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  style: Style;
  verbose: boolean;
  columns?: (() => number) | undefined;
  now: () => number;
}): Renderer {
  const { stdout, now } = options;
  const human = createQuietRenderer(options);
  let full = false;
  stdout.on('drain', () => (full = false));
  const line = (event: Event): void => {
    for (const piece of jsonLine(event, now())) full = !stdout.write(piece);
  };
  return {
    show: (event) => {
      human.show(event);
      if (!(full && ['progress', 'survey', 'fetch', 'upload'].includes(event.type))) line(event);
    },
    resumed: () => {},
    finish: (final) => {
      human.finish(final);
      if (final !== null) line(final);
    },
  };
}

/** One line of the contract, newline included: {"v":1,"type":…,"time":…, …}; in pieces, as a result may list 100 000 objects. */
function* jsonLine(event: Event, nowMs: number): Generator<string> {
  const { type, ...rest } = event;
  const head = { v: JSON_VERSION, type, time: new Date(nowMs).toISOString() };
  if (!('objects' in rest) || typeof rest.objects !== 'object') {
    yield `${JSON.stringify({ ...head, ...rest }, rounded)}\n`;
    return;
  }
  const { objects, ...others } = rest;
  let piece = `${JSON.stringify({ ...head, ...others }, rounded).slice(0, -1)},"objects":[`;
  let separator = '';
  for (const object of objects) {
    piece += separator + JSON.stringify(object);
    separator = ',';
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}]}\n`;
}

const PIECE = 1 << 16;

/** Seconds to the millisecond, and rates as finely: more digits than a figure has say nothing. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Math.round(value * 1000) / 1000 : value;
}
