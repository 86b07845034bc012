import { expect, test } from 'vitest';
import { createChannel, type Channel } from '../../../src/stages/encode/channel.js';

async function drain<T>(channel: Channel<T>, taken: T[] = []): Promise<T[]> {
  for await (const item of channel) taken.push(item);
  return taken;
}

test('gives what was pushed, in order, whether the consumer was there before or comes after', async () => {
  const channel = createChannel<number>();
  channel.push(1);
  const taken: number[] = [];
  const done = drain(channel, taken);
  channel.push(2);
  await new Promise(setImmediate);
  expect(taken).toEqual([1, 2]);
  channel.push(3);
  channel.close();
  expect(await done).toEqual([1, 2, 3]);
});

test('an error comes after what is queued; the first close counts', async () => {
  const channel = createChannel<number>();
  channel.push(1);
  channel.close(new Error('broken'));
  channel.close();
  const taken: number[] = [];
  await expect(drain(channel, taken)).rejects.toThrow('broken');
  expect(taken).toEqual([1]);
});

test('a close wakes a consumer that waits', async () => {
  const quiet = createChannel<number>();
  const done = drain(quiet);
  await new Promise(setImmediate);
  quiet.close();
  expect(await done).toEqual([]);

  const broken = createChannel<number>();
  const failed = drain(broken);
  await new Promise(setImmediate);
  broken.close(new Error('broken'));
  await expect(failed).rejects.toThrow('broken');
});

test('tells how many items wait, each time that changes', async () => {
  const backlog: number[] = [];
  const channel = createChannel<string>((items) => backlog.push(items));
  for (const item of ['a', 'b', 'c']) channel.push(item);
  channel.close();
  await drain(channel);
  expect(backlog).toEqual([1, 2, 3, 2, 1, 0]);
});
