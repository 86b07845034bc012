import { join } from 'node:path';
import type { TitleRecord } from '../model/artifact.js';
import type { ResultEvent } from '../model/events.js';
import { toNumber } from '../model/rational.js';

/** The final event of a title. */
export function resultOf(made: {
  readonly outcome: ResultEvent['outcome'];
  /** Absolute path of the title's folder. */
  readonly output: string;
  readonly record: TitleRecord;
  readonly elapsedSeconds: number;
}): ResultEvent {
  const { record } = made;
  return {
    type: 'result',
    outcome: made.outcome,
    status: record.status,
    output: made.output,
    playlist: join(made.output, 'master.m3u8'),
    durationSeconds: Math.max(0, ...record.renditions.map(({ duration }) => toNumber(duration))),
    elapsedSeconds: made.elapsedSeconds,
    bytes: record.files.reduce((sum, { bytes }) => sum + bytes, 0),
    renditions: record.renditions,
    warnings: record.warnings,
  };
}
