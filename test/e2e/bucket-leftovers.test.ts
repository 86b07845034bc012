import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TINY_LADDER } from '../../fixtures/ladders.js';
import { useBucket } from './bucket-bench.js';
import { runMediactl, startMediactl, type Ran } from './run.js';

/** What a run that came to no end has brought to a bucket: a narrower one leaves it, and rm finds it. */

const bench = useBucket();
const RUNGS = '90p,180p';

const args = (rungs: string): string[] => [
  ...['encode', bench.source, '--to', `gs://media/${bench.prefix}`],
  ...['--ladder', path.join(bench.cwd, 'tiny.json'), '--only', rungs, '--json'],
];
const encode = (rungs: string): Promise<Ran> => runMediactl(args(rungs), { cwd: bench.cwd, env: bench.env });
const segments = async (rung: string): Promise<string[]> =>
  (await bench.objects())
    .map(({ path: name }) => name)
    .filter((name) => name.startsWith(`${rung}-`) && name.endsWith('.ts'));

/** Stops a run of both rungs once two segments of each are there, and gives their paths. */
async function interrupt(): Promise<string[]> {
  await fs.writeFile(path.join(bench.cwd, 'tiny.json'), JSON.stringify(TINY_LADDER));
  for (const rung of RUNGS.split(',')) {
    const match = { kind: 'upload', object: `/${rung}-.*\\.ts$` } as const;
    await bench.fake.control.addFault({ match, fault: { type: 'stall', when: 'never-answer' }, skip: 2, count: 1000 });
  }
  const running = startMediactl(args(RUNGS), { cwd: bench.cwd, env: bench.env });
  const brought = async (): Promise<string[]> => [...(await segments('90p')), ...(await segments('180p'))];
  while ((await brought()).length < 4) await sleep(20);
  running.child.kill('SIGINT');
  expect((await running.done).exitCode).toBe(130);
  await bench.fake.control.removeFault();
  return brought();
}

test('a narrower run leaves what it does not make, and the first command takes it up', async () => {
  const wide = (await interrupt()).filter((name) => name.startsWith('180p'));
  expect(wide.length).toBe(2);
  const narrow = await encode('90p');
  expect(narrow.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded' });
  expect(narrow.events.filter(({ type }) => type === 'kept')).toMatchObject([{ seconds: null }]);
  await bench.expectWhole(narrow, wide);

  await bench.fake.control.clearLog();
  const again = await encode(RUNGS);
  expect(again.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded', status: 'complete' });
  await bench.expectWhole(again);
  const written = (await bench.fake.control.writes()).map(({ object }) => object.slice(bench.prefix.length + 1));
  expect(written.filter((name) => wide.includes(name))).toEqual([]);
});

test('rm of its working folder takes it away, too', async () => {
  await interrupt();
  const [name = ''] = (await fs.readdir(bench.cwd)).filter((entry) => entry.endsWith('.mediactl'));
  const rm = (...more: readonly string[]): Promise<Ran> =>
    runMediactl(['rm', path.join(bench.cwd, name), ...more], { cwd: bench.cwd, env: bench.env });
  const destination = `gs://media/${bench.prefix}`;
  expect((await rm('--dry-run')).stdout).toMatch(new RegExp(`${destination}: \\d objects`));
  const { events, exitCode } = await rm('--yes', '--json');
  expect(exitCode).toBe(0);
  expect(events).toMatchObject([
    { dryRun: false, leftovers: [{ uploaded: { destination, objects: expect.any(Number) } }] },
  ]);
  expect(await bench.objects()).toEqual([]);
  expect((await fs.readdir(bench.cwd)).filter((entry) => entry.endsWith('.mediactl'))).toEqual([]);
});
