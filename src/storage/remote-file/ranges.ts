import type { ServerResponse } from 'node:http';

export interface Range {
  /** Bytes, `end` not included. */
  readonly start: number;
  readonly end: number;
  readonly partial: boolean;
}

/** One range (RFC 9110, 14.1.2); what is not understood gets the whole, what lies outside null. */
export function parseRange(text: string | undefined, bytes: number): Range | null {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(text ?? '') ?? [];
  if (from === '' && to === '') return { start: 0, end: bytes, partial: false };
  const start = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? bytes : Math.min(bytes, Number(to) + 1);
  return start < end ? { start, end, partial: true } : null;
}

/** Until more may be written, or nobody reads any more. */
export function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
