import type { Emit, Transfer } from '../../model/events.js';
import type { StorageEvent } from '../../storage/storage-event.js';
import { tellRetries } from '../tell-retries.js';

/** Sums up what the storage does into `upload` events, a few a second; what it does again it tells at once. */
export interface UploadMeter {
  readonly onEvent: (event: StorageEvent) => void;
  /** So many more bytes, or objects, are to go. */
  queued(bytes: number): void;
  /** One that was queued is confirmed. */
  confirmed(bytes: number): void;
  waiting(isWaiting: boolean): void;
  /** The last word, where anything was uploaded. */
  finish(): void;
  /** What was sent, and what was only given other headers, in this run so far. */
  done(): Pick<Transfer, 'sent' | 'patched'>;
}

/** Of a place to which nothing is uploaded. */
export const silentMeter: UploadMeter = {
  onEvent: () => {},
  queued: () => {},
  confirmed: () => {},
  waiting: () => {},
  finish: () => {},
  done: () => ({ sent: { objects: 0, bytes: 0 }, patched: { objects: 0, bytes: 0 } }),
};

const EVERY_MS = 250;
const WINDOW_MS = 10_000;

export function createUploadMeter(emit: Emit, now: () => number = () => performance.now()): UploadMeter {
  const state = { objects: 0, bytes: 0, totalObjects: 0, totalBytes: 0, retries: 0, waiting: false };
  const samples: { readonly ms: number; readonly sent: number }[] = [];
  const done = { sent: { objects: 0, bytes: 0 }, patched: { objects: 0, bytes: 0 } };
  const again = tellRetries(emit);
  let sent = 0;
  let saidMs = Number.NEGATIVE_INFINITY;
  const rate = (): number | null => {
    const first = samples[0];
    const seconds = first ? (now() - first.ms) / 1000 : 0;
    return first && seconds > 0.5 ? Math.round((sent - first.sent) / seconds) : null;
  };
  const say = (): void => {
    saidMs = now();
    const { objects: sentObjects, bytes: sentBytes } = done.sent;
    emit({ type: 'upload', ...state, sentObjects, sentBytes, bytesPerSecond: rate() });
  };
  const changed = (): void => {
    if (now() - saidMs >= EVERY_MS) say();
  };
  return {
    onEvent(event) {
      if (event.type === 'retry') {
        state.retries++;
        again(event);
      }
      if (event.type === 'sent') {
        samples.push({ ms: now(), sent });
        sent += event.bytes;
        while (samples.length > 2 && now() - (samples[0]?.ms ?? 0) > WINDOW_MS) samples.shift();
      }
      if (event.type === 'stored' && event.how !== 'there') {
        done[event.how].objects++;
        done[event.how].bytes += event.stored.bytes;
      }
      if (state.totalObjects > 0) changed();
    },
    queued(bytes) {
      state.totalObjects++;
      state.totalBytes += bytes;
      changed();
    },
    confirmed(bytes) {
      state.objects++;
      state.bytes += bytes;
      changed();
    },
    waiting(isWaiting) {
      if (state.waiting === isWaiting) return;
      state.waiting = isWaiting;
      say();
    },
    finish() {
      if (state.totalObjects > 0) say();
    },
    done: () => structuredClone(done),
  };
}
