import { expect, test } from 'vitest';
import type { Event, UploadEvent } from '../../../src/model/events.js';
import { transferOf } from '../../../src/pipeline/delivery/result.js';
import { createUploadMeter, silentMeter, type UploadMeter } from '../../../src/pipeline/delivery/upload-meter.js';
import { Listing } from '../../../src/storage/listing.js';

interface Metered {
  readonly meter: UploadMeter;
  readonly events: UploadEvent[];
  /** Lets so many milliseconds go by. */
  pass(ms: number): void;
  last(): UploadEvent | undefined;
}

function metered(): Metered {
  const events: UploadEvent[] = [];
  let now = 5000;
  const emit = (event: Event): void => {
    if (event.type === 'upload') events.push(event);
  };
  return {
    meter: createUploadMeter(emit, () => now),
    events,
    pass: (ms) => void (now += ms),
    last: () => events.at(-1),
  };
}

const sent = (bytes: number) => ({ type: 'sent', path: 'a', bytes }) as const;

test('sums up what is queued and what is confirmed', () => {
  const { meter, pass, last } = metered();
  meter.queued(100);
  expect(last()).toMatchObject({ objects: 0, bytes: 0, totalObjects: 1, totalBytes: 100, bytesPerSecond: null });
  pass(300);
  meter.queued(50);
  pass(300);
  meter.confirmed(100);
  expect(last()).toMatchObject({ objects: 1, bytes: 100, totalObjects: 2, totalBytes: 150, retries: 0 });
});

test('says it a few times a second, whatever happens in between, and the last word in any case', () => {
  const { meter, events, pass, last } = metered();
  for (let i = 0; i < 1000; i++) {
    meter.queued(1);
    meter.confirmed(1);
    pass(1);
  }
  expect(events.length).toBe(4);
  expect(last()?.objects).toBeLessThan(1000);
  meter.finish();
  expect(last()).toMatchObject({ objects: 1000, bytes: 1000, totalObjects: 1000, totalBytes: 1000 });
});

test('is silent where nothing is uploaded', () => {
  const { meter, events } = metered();
  meter.onEvent(sent(10));
  meter.finish();
  expect(events).toEqual([]);
  silentMeter.queued(1);
  silentMeter.finish();
});

test('the rate is that of the last ten seconds', () => {
  const { meter, pass, last } = metered();
  meter.queued(1e9);
  // 100 kB/s for 20 s, then 1 MB/s for 20 s.
  for (const bytes of [50_000, 500_000]) {
    for (let i = 0; i < 40; i++) {
      meter.onEvent(sent(bytes));
      pass(500);
    }
    meter.finish();
    const rate = last()?.bytesPerSecond ?? 0;
    expect(rate / (2 * bytes)).toBeGreaterThan(0.9);
    expect(rate / (2 * bytes)).toBeLessThan(1.1);
  }
});

test('the rate is not guessed from the first moment', () => {
  const { meter, pass, last } = metered();
  meter.queued(1e9);
  meter.onEvent(sent(50_000));
  pass(400);
  meter.finish();
  expect(last()?.bytesPerSecond).toBeNull();
  pass(200);
  meter.finish();
  expect(last()?.bytesPerSecond).toBe(Math.round(50_000 / 0.6));
});

test('requests that were sent again are counted', () => {
  const { meter, last } = metered();
  meter.queued(1);
  for (const attempt of [1, 2]) meter.onEvent({ type: 'retry', path: 'a', attempt, waitMs: 10, reason: '503' });
  meter.finish();
  expect(last()?.retries).toBe(2);
});

test('that the encoder waits is said at once, and once', () => {
  const { meter, events, last } = metered();
  meter.queued(1);
  meter.waiting(false);
  expect(events).toHaveLength(1);
  meter.waiting(true);
  expect(last()?.waiting).toBe(true);
  meter.waiting(true);
  meter.waiting(false);
  expect(events.map(({ waiting }) => waiting)).toEqual([false, true, false]);
});

test('what was sent, what was only given other headers, and what was there are told apart', () => {
  const { meter, pass, last } = metered();
  const stored = (path: string, bytes: number) => ({ path, bytes, crc32c: null, generation: '1', headers: null });
  for (const bytes of [100, 50, 25, 25]) meter.queued(bytes);
  meter.onEvent({ type: 'stored', stored: stored('a', 100), how: 'there' });
  meter.onEvent({ type: 'stored', stored: stored('b', 50), how: 'patched' });
  meter.onEvent({ type: 'stored', stored: stored('c', 25), how: 'sent' });
  for (const bytes of [100, 50, 25]) meter.confirmed(bytes);
  pass(300);
  meter.finish();
  expect(last()).toMatchObject({ objects: 3, bytes: 175, sentObjects: 1, sentBytes: 25 });
  expect(meter.done()).toEqual({ sent: { objects: 1, bytes: 25 }, patched: { objects: 1, bytes: 50 } });
});

test('of the objects of a title, what was neither sent nor patched was there', () => {
  const listing = new Listing();
  for (const [path, bytes] of [
    ['a', 100],
    ['b', 50],
    ['c', 25],
  ] as const) {
    listing.set({ path, bytes, crc32c: null, generation: '1', headers: null });
  }
  const done = { sent: { objects: 1, bytes: 25 }, patched: { objects: 1, bytes: 50 } };
  expect(transferOf(listing, done)).toEqual({ ...done, there: { objects: 1, bytes: 100 } });
});
