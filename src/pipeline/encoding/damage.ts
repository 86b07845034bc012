import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TitleRecord } from '../../model/artifact.js';
import type { Missing } from '../../model/encode-job.js';
import { parseJsonOrUndefined } from '../../model/json.js';
import type { SourceIdentity, Warning } from '../../model/media.js';
import type { EncodePlan } from '../../model/plan.js';
import { toNumber, type Rational } from '../../model/rational.js';
import { SOURCE_DAMAGED } from '../record/lost-media.js';
import { mostFrequent } from './error-words.js';

/** Errors FFmpeg met while reading the source, counted by kind; kept over an interruption. */
export interface DamageTally {
  add(kind: string): void;
  save(): Promise<void>;
  /** A warning when anything was counted. */
  warning(): Warning | null;
}

const KINDS = 100;

/** Opens the tally of this source kept in the staging folder, or begins a new one. */
export async function openDamage(folder: string, source: SourceIdentity): Promise<DamageTally> {
  const path = join(folder, 'damage.json');
  const key = `${source.fingerprint} ${source.modifiedMs}`;
  const counts = new Map<string, number>(await readCounts(path, key));
  let saved = true;
  return {
    add(kind) {
      if (!counts.has(kind) && counts.size >= KINDS) kind = 'other errors';
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      saved = false;
    },
    async save() {
      if (saved) return;
      saved = true;
      await writeFile(path, JSON.stringify({ key, counts: [...counts] }));
    },
    warning() {
      const kinds = [...counts].sort(([, a], [, b]) => b - a);
      if (kinds.length === 0) return null;
      const count = kinds.reduce((sum, [, n]) => sum + n, 0);
      const found = count === 1 ? 'an error' : `${count} errors`;
      const message = `FFmpeg found ${found} in the source and decoded what it could: ${mostFrequent(kinds)}`;
      return { code: SOURCE_DAMAGED, message, count };
    },
  };
}

async function readCounts(path: string, key: string): Promise<[string, number][]> {
  const text = await readFile(path, 'utf8').catch(() => 'null');
  const { z } = await import('zod');
  const schema = z.object({ key: z.literal(key), counts: z.array(z.tuple([z.string(), z.number()])) });
  const parsed = schema.safeParse(parseJsonOrUndefined(text));
  return parsed.success ? parsed.data.counts : [];
}

/** The damage that the title in place already told of, when this one keeps renditions of it. */
export function keptDamage(plan: EncodePlan, missing: Missing, before: TitleRecord | null): Warning | null {
  const anew = missing.spans.filter(({ first, end }) => first === 0 && end === null);
  if (!before || anew.length === plan.renditions.length) return null;
  if (before.source.fingerprint !== plan.source.fingerprint) return null;
  return before.warnings.find(({ code }) => code === SOURCE_DAMAGED) ?? null;
}

// Headers round; a title this much shorter than promised has lost its end.
const MISSING_SECONDS = 0.5;
const MISSING_SHARE = 0.002;

/** A warning when the title came out shorter than the source's headers promised. */
export function endMissing(plan: EncodePlan, duration: Rational): Warning | null {
  const { expectedSeconds, lengthFrom } = plan.timeline;
  // Where clocks jump, the length is not a promise but the last time minus the first.
  const isRead = lengthFrom === 'packets';
  if (expectedSeconds === null || (plan.input.tracksReadTogether.length > 0 && !isRead)) return null;
  const missing = expectedSeconds - toNumber(duration);
  if (missing <= Math.max(MISSING_SECONDS, expectedSeconds * MISSING_SHARE)) return null;
  if (isRead) {
    const message = `the title ends ${missing.toFixed(1)} s before the ${expectedSeconds.toFixed(1)} s of the source: its last part could not be decoded`;
    return { code: 'ends-early', message };
  }
  return {
    code: 'ends-early',
    message: `the source ends ${missing.toFixed(1)} s before the ${expectedSeconds.toFixed(1)} s its headers announce: its end is missing, or the headers are wrong`,
  };
}
