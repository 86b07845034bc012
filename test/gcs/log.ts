import type { Kind } from './route.js';

/** One request, as the log keeps it. */
export interface LogEntry {
  readonly number: number;
  /** Milliseconds since 1970, by the machine's clock, of the first byte. */
  readonly time: number;
  readonly method: string;
  readonly url: string;
  readonly kind: Kind | 'unknown';
  readonly bucket: string;
  readonly object: string;
  /** Which connection it came on; a reused one has the same number. */
  readonly connection: number;
  /** Requests under way when this one began, itself included. */
  readonly inFlight: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null while under way; 0 when the connection ended without an answer. */
  status: number | null;
  bytesIn: number;
  bytesOut: number;
  /** From the first byte to the end of the answer. */
  milliseconds: number | null;
  /** Types of the faults that were injected. */
  readonly faults: string[];
}

/** A change that was made to an object. */
export interface Write {
  readonly time: number;
  readonly operation: string;
  readonly bucket: string;
  readonly object: string;
  readonly generation: string | null;
  readonly metageneration: string | null;
}

export interface Counts {
  readonly requests: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly mostInFlight: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly writes: number;
  readonly faults: Readonly<Record<string, number>>;
}

const KEPT_HEADERS = [
  'authorization',
  'content-length',
  'content-range',
  'content-type',
  'range',
  'x-goog-hash',
  'x-goog-user-project',
  'x-goog-api-client',
  'user-agent',
];

export class RequestLog {
  entries: LogEntry[] = [];
  writes: Write[] = [];
  connections = 0;
  #inFlight = 0;
  #mostInFlight = 0;
  #number = 0;

  open(
    request: Pick<LogEntry, 'method' | 'url' | 'kind' | 'bucket' | 'object' | 'connection'>,
    headers: NodeJS.Dict<string | string[]>,
  ): LogEntry {
    this.#inFlight++;
    this.#mostInFlight = Math.max(this.#mostInFlight, this.#inFlight);
    const kept: Record<string, string> = {};
    for (const name of KEPT_HEADERS) {
      const value = headers[name];
      if (value !== undefined) kept[name] = String(value);
    }
    if (kept['authorization'] !== undefined) kept['authorization'] = kept['authorization'].replace(/ .*/, ' …');
    const entry: LogEntry = {
      number: ++this.#number,
      time: Date.now(),
      ...request,
      inFlight: this.#inFlight,
      headers: kept,
      status: null,
      bytesIn: 0,
      bytesOut: 0,
      milliseconds: null,
      faults: [],
    };
    this.entries.push(entry);
    return entry;
  }

  close(entry: LogEntry, status: number): void {
    if (entry.milliseconds !== null) return;
    entry.status = status;
    entry.milliseconds = Date.now() - entry.time;
    this.#inFlight--;
  }

  clear(): void {
    this.entries = [];
    this.writes = [];
    this.connections = 0;
    this.#mostInFlight = this.#inFlight;
  }

  counts(): Counts {
    const sum = (of: (entry: LogEntry) => number): number =>
      this.entries.reduce((total, entry) => total + of(entry), 0);
    return {
      requests: this.entries.length,
      byKind: tally(this.entries.map((entry) => entry.kind)),
      byStatus: tally(this.entries.map((entry) => String(entry.status))),
      connections: this.connections,
      mostInFlight: this.#mostInFlight,
      bytesIn: sum((entry) => entry.bytesIn),
      bytesOut: sum((entry) => entry.bytesOut),
      writes: this.writes.length,
      faults: tally(this.entries.flatMap((entry) => entry.faults)),
    };
  }
}

function tally(words: readonly string[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const word of words) counted[word] = (counted[word] ?? 0) + 1;
  return counted;
}
