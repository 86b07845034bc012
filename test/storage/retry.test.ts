import { describe, expect, test } from 'vitest';
import { GaveUp, retryAfterMs, RetryBudget, retrying, waitBefore, type Retry } from '../../src/storage/retry.js';
import { FakeClock } from './clock.js';

const policy = { baseMs: 100, capMs: 1000, floorMs: 0, patienceMs: 10_000 };

function failing(times: number, error = new Error('no')): (attempt: number) => Promise<string> {
  return (attempt) => (attempt > times ? Promise.resolve(`attempt ${attempt}`) : Promise.reject(error));
}

describe('retrying', () => {
  const context = (clock: FakeClock, budget = new RetryBudget()) => ({
    policy,
    budget,
    clock,
    verdictOn: () => ({ retry: true }),
  });

  test('waits longer each time, up to the cap, with jitter from nothing to all of it', async () => {
    for (const [chance, waits] of [
      [0.5, [50, 100, 200, 400, 500, 500]],
      [0, [0, 0, 0, 0, 0, 0]],
    ] as const) {
      const clock = new FakeClock(chance);
      expect(await retrying(failing(6), context(clock))).toBe('attempt 7');
      expect(clock.slept).toEqual(waits);
    }
  });

  test('what is not retryable is thrown at once, as it is', async () => {
    const clock = new FakeClock();
    const error = new Error('forbidden');
    const work = retrying(failing(1, error), { ...context(clock), verdictOn: () => ({ retry: false }) });
    await expect(work).rejects.toBe(error);
    expect(clock.slept).toEqual([]);
  });

  test('Retry-After is kept, longer than the cap if it says so', async () => {
    const clock = new FakeClock();
    await retrying(failing(2), { ...context(clock), verdictOn: () => ({ retry: true, afterMs: 3000 }) });
    expect(clock.slept).toEqual([3050, 3050]);
  });

  test('a Retry-After beyond all patience ends it at once', async () => {
    const clock = new FakeClock();
    const work = retrying(failing(2), { ...context(clock), verdictOn: () => ({ retry: true, afterMs: 3_600_000 }) });
    await expect(work).rejects.toMatchObject({ attempts: 1, why: 'time' });
    expect(clock.slept).toEqual([]);
  });

  test('no attempt begins after the patience is over', async () => {
    const clock = new FakeClock(0.999);
    const started = clock.now();
    const error = new Error('always');
    const work = retrying(failing(Infinity, error), context(clock));
    await expect(work).rejects.toBeInstanceOf(GaveUp);
    await expect(work).rejects.toMatchObject({ why: 'time', cause: error });
    expect(clock.now() - started).toBeGreaterThan(9000);
    expect(clock.now() - started).toBeLessThanOrEqual(10_000);
  });

  test('an attempt that took long before it failed is tried again all the same', async () => {
    const clock = new FakeClock();
    const slow = async (attempt: number): Promise<string> => {
      await clock.sleep(60_000);
      return failing(1)(attempt);
    };
    expect(await retrying(slow, context(clock))).toBe('attempt 2');
  });

  test('some failures deserve less patience', async () => {
    const clock = new FakeClock();
    const work = retrying(failing(99), { ...context(clock), verdictOn: () => ({ retry: true, patienceMs: 200 }) });
    await expect(work).rejects.toMatchObject({ attempts: 3 });
  });

  test('writes to one name stay apart', async () => {
    const clock = new FakeClock(0);
    await retrying(failing(3), { ...context(clock), policy: { ...policy, floorMs: 1000 } });
    expect(clock.slept).toEqual([1000, 1000, 1000]);
  });

  test('the budget is for all together; successes fill it again, up to what it was', async () => {
    const budget = new RetryBudget(3);
    const clock = new FakeClock();
    await retrying(failing(2), context(clock, budget));
    await expect(retrying(failing(3), context(clock, budget))).rejects.toMatchObject({ why: 'budget', attempts: 3 });
    for (let i = 0; i < 10; i++) await retrying(failing(0), context(clock, budget));
    await expect(retrying(failing(9), context(clock, budget))).rejects.toMatchObject({ why: 'budget', attempts: 4 });
  });

  test('an abort ends the waiting and is what is thrown', async () => {
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const clock = new FakeClock();
    const onRetry = (): void => controller.abort(reason);
    const work = retrying(failing(9), { ...context(clock), signal: controller.signal, onRetry });
    await expect(work).rejects.toBe(reason);
    expect(clock.slept).toEqual([]);
  });

  test('each retry is told', async () => {
    const told: Retry[] = [];
    const error = new Error('x');
    await retrying(failing(2, error), { ...context(new FakeClock()), onRetry: (retry) => told.push(retry) });
    expect(told).toEqual([
      { attempt: 1, waitMs: 50, error },
      { attempt: 2, waitMs: 100, error },
    ]);
  });
});

test('the wait never overflows', () => {
  expect(waitBefore(5000, policy, 0.5, null)).toBe(500);
});

test('Retry-After in seconds and as a date, whatever the clock of this machine says', () => {
  expect(retryAfterMs(undefined, undefined)).toBeNull();
  expect(retryAfterMs('7', undefined)).toBe(7000);
  expect(retryAfterMs('Wed, 21 Oct 2015 07:28:00 GMT', 'Wed, 21 Oct 2015 07:27:30 GMT')).toBe(30_000);
  expect(retryAfterMs('Wed, 21 Oct 2015 07:28:00 GMT', 'Wed, 21 Oct 2015 07:29:30 GMT')).toBe(0);
  expect(retryAfterMs('soon', 'Wed, 21 Oct 2015 07:29:30 GMT')).toBeNull();
});
