import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { forEachBounded } from '../../src/storage/bounded.js';

test('all items, never more at once than the limit', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await forEachBounded(
    Array.from({ length: 50 }, (_, index) => index),
    4,
    async (item) => {
      most = Math.max(most, ++running);
      await sleep(item % 3);
      running--;
      done.push(item);
    },
  );
  expect(most).toBe(4);
  expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
});

test('after a failure nothing more starts, and what runs is awaited', async () => {
  const finished: number[] = [];
  const work = forEachBounded([1, 2, 3, 4, 5, 6], 2, async (item) => {
    await sleep(item === 1 ? 30 : 1);
    if (item === 2) throw new Error('two');
    finished.push(item);
  });
  await expect(work).rejects.toThrow('two');
  expect(finished).toEqual([1]);
});

test('the next item is pulled only when there is room, and a failing source is passed on', async () => {
  let pulled = 0;
  let started = 0;
  async function* source(): AsyncGenerator<number> {
    for (; pulled < 6;) yield pulled++;
    throw new Error('source');
  }
  const work = forEachBounded(source(), 2, async () => {
    expect(pulled - started++).toBeLessThanOrEqual(1);
    await sleep(2);
  });
  await expect(work).rejects.toThrow('source');
  expect(started).toBe(6);
});
