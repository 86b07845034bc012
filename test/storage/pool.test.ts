import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Pool } from '../../src/storage/pool.js';

function gauge(): { enter: (bytes: number) => void; leave: (bytes: number) => void; tasks: number; bytes: number } {
  let [tasks, bytes] = [0, 0];
  const most = { tasks: 0, bytes: 0 };
  return {
    enter: (size) => {
      most.tasks = Math.max(most.tasks, ++tasks);
      most.bytes = Math.max(most.bytes, (bytes += size));
    },
    leave: (size) => {
      tasks--;
      bytes -= size;
    },
    get tasks() {
      return most.tasks;
    },
    get bytes() {
      return most.bytes;
    },
  };
}

async function fill(pool: Pool, sizes: readonly number[], order: number[] = []): Promise<ReturnType<typeof gauge>> {
  const used = gauge();
  const work = sizes.map((size, i) =>
    pool.run(size, async () => {
      order.push(i);
      used.enter(size);
      await sleep(1 + (i % 3));
      used.leave(size);
    }),
  );
  await Promise.all(work);
  return used;
}

test('so many tasks at once, and no more', async () => {
  expect((await fill(new Pool({ tasks: 4, bytes: 1000 }), Array(50).fill(1))).tasks).toBe(4);
});

test('so many bytes at once, and no more', async () => {
  const used = await fill(new Pool({ tasks: 100, bytes: 10 }), [3, 3, 3, 3, 9, 1, 10, 4, 4, 4]);
  expect(used.bytes).toBeLessThanOrEqual(10);
  expect(used.bytes).toBeGreaterThan(8);
});

test('what is larger than all the room runs alone', async () => {
  const used = await fill(new Pool({ tasks: 8, bytes: 10 }), [5, 500, 5]);
  expect(used).toMatchObject({ tasks: 1, bytes: 500 });
});

test('a large one is not starved by small ones behind it', async () => {
  const order: number[] = [];
  await fill(new Pool({ tasks: 8, bytes: 10 }), [6, 10, 1, 1, 1, 1], order);
  expect(order).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a failure makes room', async () => {
  const pool = new Pool({ tasks: 1, bytes: 1 });
  const failed = pool.run(1, () => Promise.reject(new Error('x')));
  const next = pool.run(1, () => Promise.resolve('next'));
  await expect(failed).rejects.toThrow('x');
  expect(await next).toBe('next');
});

test('after an abort what waits does not begin', async () => {
  const pool = new Pool({ tasks: 1, bytes: 1 });
  const controller = new AbortController();
  const first = pool.run(1, () => sleep(5), controller.signal);
  const second = pool.run(1, () => expect.unreachable(), controller.signal);
  controller.abort(new Error('stop'));
  await first;
  await expect(second).rejects.toThrow('stop');
});
