import { expect, test } from 'vitest';
import { ahead } from '../../../src/pipeline/finished/ahead.js';

test('items come in order, the next one is begun before it is asked for, and nothing is left open', async () => {
  const begun: number[] = [];
  let closed = false;
  async function* items(): AsyncGenerator<number> {
    try {
      for (let i = 0; i < 5; i++) {
        begun.push(i);
        yield await Promise.resolve(i);
      }
    } finally {
      closed = true;
    }
  }
  const seen: number[] = [];
  for await (const item of ahead(items())) {
    seen.push(item);
    if (item < 4) expect(begun.length).toBeGreaterThan(item + 1);
    if (item === 3) break;
  }
  expect(seen).toEqual([0, 1, 2, 3]);
  expect(closed).toBe(true);
});

test('what one fails with comes in its turn', async () => {
  async function* items(): AsyncGenerator<number> {
    yield await Promise.resolve(1);
    throw new Error('lost');
  }
  const seen: number[] = [];
  await expect(async () => {
    for await (const item of ahead(items())) seen.push(item);
  }).rejects.toThrow('lost');
  expect(seen).toEqual([1]);
});
