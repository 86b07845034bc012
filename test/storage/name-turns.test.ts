import { expect, test } from 'vitest';
import { NameTurns } from '../../src/storage/name-turns.js';
import { FakeClock } from './clock.js';

test('writes to one name are in order, one at a time, a second apart', async () => {
  const clock = new FakeClock();
  const turns = new NameTurns(1000, clock);
  const log: string[] = [];
  const started = clock.now();
  const write = (name: string, text: string): Promise<void> =>
    turns.run(name, async () => {
      log.push(`${clock.now() - started} ${text}`);
      await clock.sleep(200);
      log.push(`${clock.now() - started} /${text}`);
    });
  await Promise.all([write('m', 'a'), write('m', 'b'), write('m', 'c')]);
  expect(log).toEqual(['0 a', '200 /a', '1200 b', '1400 /b', '2400 c', '2600 /c']);
});

test('other names do not wait', async () => {
  const clock = new FakeClock();
  const turns = new NameTurns(1000, clock);
  // More than are kept without looking which of them are free again.
  for (let i = 0; i < 5000; i++) await turns.run(`segment ${i}`, () => Promise.resolve());
  expect(clock.slept).toEqual([]);
});

test('a failed write is a write', async () => {
  const clock = new FakeClock();
  const turns = new NameTurns(1000, clock);
  await expect(turns.run('m', () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  await turns.run('m', () => Promise.resolve());
  expect(clock.slept).toEqual([1000]);
});

test('when enough time has passed anyway, nobody waits', async () => {
  const clock = new FakeClock();
  const turns = new NameTurns(1000, clock);
  await turns.run('m', () => Promise.resolve());
  await clock.sleep(1500);
  await turns.run('m', () => Promise.resolve());
  expect(clock.slept).toEqual([1500]);
});
