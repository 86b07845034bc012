import type { TitleRecord } from './artifact.js';

/** The bytes of a mediactl.json. */
export function recordText(record: TitleRecord): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`);
}
