import { seededRandom } from './random.js';
import type { Kind } from './route.js';

/** What can go wrong. Sizes are bytes. */
export type Fault =
  /** An error answer. before (default): nothing is read or stored; after: all was stored, and the answer still says this. */
  | {
      type: 'status';
      status: number;
      when?: 'before' | 'after';
      reason?: string;
      message?: string;
      retryAfter?: string;
    }
  /** The connection is reset: before the body is read, after `afterBytes` of it (default half a MiB), or when all was stored. */
  | { type: 'reset'; when: 'before-body' | 'mid-body' | 'after-store'; afterBytes?: number }
  /** Stored, but the answer never comes. */
  | { type: 'lost-ack' }
  /** The answer never comes, nothing stored: never-answer takes the whole body, stop-reading stops after `afterBytes` (default 0). */
  | { type: 'stall'; when: 'never-answer' | 'stop-reading'; afterBytes?: number }
  /** The answer stops after `afterBytes` of its body (default 0) and the connection stays open. */
  | { type: 'stall-download'; afterBytes?: number }
  | { type: 'slow-upload'; bytesPerSecond: number }
  | { type: 'slow-download'; bytesPerSecond: number }
  /** Of a resumable chunk only `keepBytes` (rounded down to 256 KiB) are kept; Range says so. */
  | { type: 'short-308'; keepBytes: number }
  /** The answer's body ends after `afterBytes`, by an orderly end or a reset; Content-Length promised all. */
  | { type: 'truncate'; afterBytes: number; how?: 'close' | 'reset' }
  /** One bit of the body changes on the way in or out. */
  | { type: 'corrupt'; direction: 'upload' | 'download' }
  | { type: 'latency'; milliseconds: number }
  /** The bucket and all in it is gone when the request is looked at. */
  | { type: 'delete-bucket' }
  /** All upload sessions end. */
  | { type: 'expire-sessions' };

export type KindOrGroup = Kind | 'any' | 'upload' | 'write' | 'read';

export interface FaultRule {
  readonly fault: Fault;
  /** All given must fit. `path`, `object` and `contentRange` are regular expressions; names are decoded, the path is not. */
  readonly match?: {
    readonly method?: string;
    readonly path?: string;
    readonly bucket?: string;
    readonly object?: string;
    readonly contentRange?: string;
    readonly kind?: KindOrGroup | readonly KindOrGroup[];
  };
  /** How often at most. Default: once, or without end where a probability is given. */
  readonly count?: number;
  /** How many fitting requests pass first. */
  readonly skip?: number;
  /** Of a fitting request being hit, 0 to 1; drawn from `seed` (default 1). */
  readonly probability?: number;
  readonly seed?: number;
}

export interface InjectedFault {
  readonly rule: number;
  readonly time: number;
  readonly request: number;
  readonly kind: string;
  readonly bucket: string;
  readonly object: string;
  readonly fault: Fault;
}

interface Target {
  readonly number: number;
  readonly method: string;
  readonly url: string;
  readonly kind: string;
  readonly bucket: string;
  readonly object: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface ActiveRule {
  readonly id: number;
  readonly rule: FaultRule;
  readonly random: () => number;
  readonly fits: (target: Target) => boolean;
  seen: number;
  fired: number;
}

export class FaultEngine {
  injected: InjectedFault[] = [];
  #rules: ActiveRule[] = [];
  #lastId = 0;

  add(rule: FaultRule): number {
    const random = seededRandom(rule.seed ?? 1);
    this.#rules.push({ id: ++this.#lastId, rule, random, fits: matcher(rule), seen: 0, fired: 0 });
    return this.#lastId;
  }

  /** Without an id: all. */
  remove(id?: number): void {
    this.#rules = id === undefined ? [] : this.#rules.filter((active) => active.id !== id);
  }

  list(): { id: number; rule: FaultRule; seen: number; fired: number }[] {
    return this.#rules.map(({ id, rule, seen, fired }) => ({ id, rule, seen, fired }));
  }

  /** The faults that hit this request. Each rule has its own random numbers, so one rule does not move another's. */
  fire(target: Target): Fault[] {
    const hits: Fault[] = [];
    for (const active of this.#rules) {
      const { rule } = active;
      if (!active.fits(target)) continue;
      active.seen++;
      if (active.seen <= (rule.skip ?? 0)) continue;
      if (active.fired >= (rule.count ?? (rule.probability === undefined ? 1 : Infinity))) continue;
      if (rule.probability !== undefined && active.random() >= rule.probability) continue;
      active.fired++;
      hits.push(rule.fault);
      const { number: request, kind, bucket, object } = target;
      this.injected.push({ rule: active.id, time: Date.now(), request, kind, bucket, object, fault: rule.fault });
    }
    return hits;
  }
}

const READS = ['object-get', 'object-media', 'object-list', 'bucket-get', 'xml-get', 'xml-head'];
const UPLOADS = [
  'insert-media',
  'insert-multipart',
  'resumable-start',
  'resumable-chunk',
  'resumable-final',
  'xml-put',
];
const WRITES = [
  ...UPLOADS,
  ...['object-patch', 'object-update', 'object-delete', 'object-restore', 'compose', 'rewrite', 'copy', 'xml-delete'],
];
const GROUPS: Readonly<Record<string, readonly string[]>> = { read: READS, upload: UPLOADS, write: WRITES };

function matcher({ match = {} }: FaultRule): (target: Target) => boolean {
  const path = match.path === undefined ? null : new RegExp(match.path);
  const object = match.object === undefined ? null : new RegExp(match.object);
  const range = match.contentRange === undefined ? null : new RegExp(match.contentRange);
  const named = match.kind === undefined ? ['any'] : [match.kind].flat();
  const kinds = new Set(named.flatMap((kind) => GROUPS[kind] ?? [kind]));
  return (target) =>
    (match.method === undefined || match.method === target.method) &&
    (match.bucket === undefined || match.bucket === target.bucket) &&
    (kinds.has('any') || kinds.has(target.kind)) &&
    (path === null || path.test(target.url)) &&
    (object === null || object.test(target.object)) &&
    (range === null || range.test(target.headers['content-range'] ?? ''));
}
