import type { FaultRule, InjectedFault } from './faults.js';
import type { JsonObject } from './json.js';
import { runLifecycle } from './lifecycle.js';
import type { Counts, LogEntry, Write } from './log.js';
import { objectResource } from './object-record.js';
import type { BucketOptions, Settings, Token } from './options.js';
import type { World } from './world.js';

/** What tests tell and ask the server besides the API: POST /_fake/NAME with the argument as JSON. */
export type ControlHandlers = ReturnType<typeof controlHandlers>;

export interface RequestFilter {
  readonly kind?: string;
  readonly bucket?: string;
  readonly object?: string;
  readonly status?: number;
}

export function controlHandlers(world: World) {
  return {
    /** @returns the rule's number */
    addFault: (rule: FaultRule): number => world.faults.add(rule),
    /** Null: all rules. */
    removeFault: (id: number | null): null => {
      world.faults.remove(id ?? undefined);
      return null;
    },
    /** The rules with how many requests fitted (`seen`) and were hit (`fired`). */
    faultRules: (): { id: number; rule: FaultRule; seen: number; fired: number }[] => world.faults.list(),
    injected: (): InjectedFault[] => world.faults.injected,
    /** In order of arrival. */
    requests: (filter: RequestFilter | null): LogEntry[] =>
      world.log.entries.filter((entry) => fits(entry, filter ?? {})),
    /** Every change that was made to an object, in order. */
    writes: (filter: { bucket?: string; object?: string } | null): Write[] =>
      world.log.writes.filter(
        (write) =>
          (filter?.bucket === undefined || filter.bucket === write.bucket) &&
          (filter?.object === undefined || filter.object === write.object),
      ),
    /** The shortest time in milliseconds between two changes of one object name, null when none changed twice. */
    shortestWriteGap: (): { object: string; milliseconds: number } | null => shortestGap(world.log.writes),
    counts: (): Counts => world.log.counts(),
    /** Forgets requests, writes and injected faults; buckets, objects and rules stay. */
    clearLog: (): null => {
      world.log.clear();
      world.faults.injected = [];
      return null;
    },
    settings: (changes: Partial<Settings> | null): Settings => (world.settings = { ...world.settings, ...changes }),
    /** Moves the server's clock. @returns its time */
    advanceClock: (milliseconds: number): number => {
      world.clock.advance(milliseconds);
      return world.clock.now();
    },
    createBucket: (bucket: BucketOptions): null => {
      world.addBucket(bucket);
      return null;
    },
    /** With everything in it, at once. */
    deleteBucket: (name: string): boolean => world.buckets.delete(name),
    /** Live objects as resources, in the order of names; not counted as a request. */
    objects: (bucket: string): JsonObject[] =>
      (world.buckets.get(bucket)?.objects.sorted() ?? []).map((record) => objectResource(record, '', 'noAcl')),
    addToken: (token: Token): null => {
      world.tokens.set(token.token, token);
      return null;
    },
    /** Ends all upload sessions. @returns how many there were */
    expireSessions: (): number => expireSessions(world),
    /** @returns what lifecycle rules did */
    runLifecycle: (): string[] => runLifecycle(world),
    /** Of the server's process: bytes, and milliseconds of CPU since its start. */
    usage: (): { rss: number; cpuMs: number } => {
      const { user, system } = process.cpuUsage();
      return { rss: process.memoryUsage.rss(), cpuMs: (user + system) / 1000 };
    },
  };
}

export function expireSessions(world: World): number {
  const open = [...world.sessions.values()].filter((session) => session.finished === null);
  for (const session of open) session.expires = 0;
  return open.length;
}

function fits(entry: LogEntry, filter: RequestFilter): boolean {
  return (
    (filter.kind === undefined || filter.kind === entry.kind) &&
    (filter.bucket === undefined || filter.bucket === entry.bucket) &&
    (filter.object === undefined || filter.object === entry.object) &&
    (filter.status === undefined || filter.status === entry.status)
  );
}

function shortestGap(writes: readonly Write[]): { object: string; milliseconds: number } | null {
  const last = new Map<string, number>();
  let shortest: { object: string; milliseconds: number } | null = null;
  for (const { bucket, object, time } of writes) {
    const name = `${bucket}/${object}`;
    const before = last.get(name);
    last.set(name, time);
    if (before === undefined) continue;
    if (!shortest || time - before < shortest.milliseconds) shortest = { object: name, milliseconds: time - before };
  }
  return shortest;
}
