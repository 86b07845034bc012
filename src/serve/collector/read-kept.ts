import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJsonOrUndefined } from '../../model/json.js';
import { parseReports } from '../report-schema.js';
import { KEPT_PREFIX, type KeptReport } from './kept-report.js';

/** Longer lines are none of ours. */
const LONGEST = 64 * 1024;

const facts = z.looseObject({ v: z.literal(1), received: z.iso.datetime(), address: z.string().max(100) });

/** The files of a folder that may have reports of this day ("2026-11-26") or later, in the order of their days. */
export async function keptFiles(folder: string, sinceDay: string | null): Promise<readonly string[]> {
  const pattern = new RegExp(`^${KEPT_PREFIX}-(\\d{4}-\\d\\d-\\d\\d)-[0-9a-f]{8}-\\d+\\.ndjson$`);
  const named = (await readdir(folder)).map((name) => ({ name, day: pattern.exec(name)?.[1] ?? null }));
  const wanted = named.filter(({ day }) => day !== null && (sinceDay === null || day >= sinceDay));
  return wanted.map(({ name }) => join(folder, name)).sort();
}

/** The reports of a file, one at a time; null for each line that is none. Throws the system's errors. */
export async function* readKept(file: string): AsyncGenerator<KeptReport | null> {
  for await (const line of linesOf(file)) yield line === null ? null : parseKept(line);
}

function parseKept(line: string): KeptReport | null {
  const { data } = facts.safeParse(parseJsonOrUndefined(line));
  if (data === undefined) return null;
  const { v, received, address, ...rest } = data;
  const [report] = parseReports([rest]) ?? [];
  return report === undefined ? null : { v, received, address, ...report };
}

/** Null for one that is too long. What follows the last newline is a line that is still being written, or was torn. */
async function* linesOf(file: string): AsyncGenerator<string | null> {
  let rest = '';
  let isTooLong = false;
  for await (const piece of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    const [first = '', ...lines] = piece.split('\n');
    rest += first;
    for (const line of lines) {
      yield isTooLong ? null : rest;
      rest = line;
      isTooLong = false;
    }
    if (rest.length <= LONGEST) continue;
    rest = '';
    isTooLong = true;
  }
  if (rest !== '' || isTooLong) yield null;
}
