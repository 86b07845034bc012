/** What mediactl itself holds while it works on the largest titles: made up, so that no encoder is needed. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeLongTitle } from '../fixtures/long-title.mjs';
import { startFakeGcs } from '../test/gcs/start.mjs';
import { measure } from './measure.mjs';

/** Of a day in segments of 2 s, per rung; there are six. */
const DAY = 43_200;
const RUNGS = 6;

/**
 * @param {{ folder: string, mediactl: string, segments: number | null, log: (text: string) => void }} bench `segments`:
 *   of all rungs, in the title to a folder; null: a day. The one in a bucket has 100 000, or as many
 * @returns {Promise<import('./measure.mjs').Row[]>}
 */
export async function memoryFigures({ folder, mediactl, segments, log }) {
  /** @type {import('./measure.mjs').Row[]} */
  const rows = [];
  /** @type {(what: string, wanted: number, args: readonly string[]) => Promise<void>} */
  const run = async (what, wanted, args) => {
    const { peakBytes, cpu, wall } = await measure(process.execPath, [mediactl, ...args]);
    const value = `${(peakBytes / 1e6).toFixed(0)} MB`;
    const note = `${cpu.toFixed(0)} s CPU, ${wall.toFixed(0)} s`;
    log(`${what}: ${value}, ${note}`);
    rows.push({ what, value, wanted: `≤ ${wanted} MB`, note });
  };

  const day = segments ?? RUNGS * DAY;
  const long = makeLongTitle({ folder: join(folder, 'day'), mediactl, segments: Math.ceil(day / RUNGS) });
  await run(`package, check and publish ${long.files} segments to a folder`, 120, [...long.args, '--quiet']);
  rmSync(join(folder, 'day'), { recursive: true });

  const many = makeLongTitle({
    folder: join(folder, 'many'),
    mediactl,
    segments: Math.ceil((segments ?? 100_000) / RUNGS),
  });
  await measure(process.execPath, [mediactl, ...many.args, '--quiet']);
  const fake = await startFakeGcs({ nativeChecksums: true, keepLimit: 1 << 24, buckets: [{ name: 'bench' }] });
  try {
    const access = ['--endpoint', fake.endpoint, '--anonymous'];
    const receipt = join(folder, 'receipt.json');
    const upload = ['upload', many.title, 'gs://bench/t', ...access, '--receipt', receipt];
    await run(`upload of ${many.files} objects`, 150, [...upload, '--quiet']);
    await run('the same again, with all of them as JSON', 150, [...upload, '--json']);
    await run('upload --check of them', 150, ['upload', '--check', receipt, ...access]);
    await run('ls', 150, ['ls', 'gs://bench/t', ...access]);
    await run('ls of the folder', 150, ['ls', many.title]);
    await run('rm', 150, ['rm', 'gs://bench/t', '--yes', ...access]);
    await run('rm of the folder', 150, ['rm', many.title, '--yes']);
  } finally {
    await fake.stop();
    rmSync(join(folder, 'many'), { recursive: true });
  }
  return rows;
}
