import { expect, test } from 'vitest';
import type { Clock } from '../../src/storage/clock.js';
import { Throttle } from '../../src/storage/throttle.js';
import { FakeClock } from './clock.js';

test('many who ask at once wait in turn, each as long as those before it need', async () => {
  const waits: number[] = [];
  const still: Clock = { now: () => 0, random: () => 0, sleep: (ms) => Promise.resolve(void waits.push(ms)) };
  const throttle = new Throttle(10_000, still);
  await Promise.all(Array.from({ length: 10 }, () => throttle.take(1000)));
  expect(waits).toEqual([100, 200, 300, 400, 500, 600, 700, 800]);
});

test('over a while it is the rate, whatever the pieces; a slow sender is not held up', async () => {
  for (const [piece, between, seconds] of [
    [1000, 0, 10],
    [999, 0, 10],
    [100_000, 0, 10],
    [1000, 5, 10],
    [1000, 50, 50],
  ] as const) {
    const clock = new FakeClock();
    const started = clock.now();
    const throttle = new Throttle(100_000, clock);
    for (let sent = 0; sent < 1_000_000; sent += piece) {
      await throttle.take(piece);
      await clock.sleep(between);
    }
    const took = (clock.now() - started) / 1000 + piece / 100_000;
    expect(took).toBeGreaterThan(seconds - 0.15);
    expect(took).toBeLessThan(seconds + 1.1);
  }
});

test('what was not sent for a minute is not sent at once', async () => {
  const clock = new FakeClock();
  const throttle = new Throttle(1000, clock);
  await throttle.take(1000);
  await clock.sleep(60_000);
  const started = clock.now();
  for (let i = 0; i < 10; i++) await throttle.take(1000);
  expect(clock.now() - started).toBeGreaterThanOrEqual(8900);
});

test('an abort ends the wait', async () => {
  const controller = new AbortController();
  const throttle = new Throttle(1, new FakeClock());
  await throttle.take(1000);
  controller.abort(new Error('Ctrl-C'));
  await expect(throttle.take(1, controller.signal)).rejects.toThrow('Ctrl-C');
});

test.each([
  [8192, 4096, 2],
  [1024 ** 2, 128 * 1024, 16],
  [10 * 1024 ** 2, 256 * 1024, 32],
])('%i bytes a second: pieces of %i bytes, %i requests at once', (rate, piece, jobs) => {
  const throttle = new Throttle(rate, new FakeClock());
  expect(throttle.pieceBytes).toBe(piece);
  expect(throttle.requestsAtOnce(32)).toBe(jobs);
  expect(throttle.requestsAtOnce(1)).toBe(1);
});
