/** What an encode costs against the same by another checkout: has it become slower since then? */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { measure, median } from './measure.mjs';

/**
 * `other`: folder of a checkout that is built (`npm run build` there). What comes first changes from round to round: a
 * machine that warms up or cools down favours neither.
 * @param {{ clip: string, folder: string, mediactl: string, other: string | undefined, preset: string, rounds: number, log: (text: string) => void }} bench
 * @returns {Promise<import('./measure.mjs').Row[]>}
 */
export async function againstFigures({ clip, folder, mediactl, other, preset, rounds, log }) {
  const theirs = join(other ?? '', 'bin/mediactl.js');
  if (other === undefined || !existsSync(theirs)) throw new Error('--only against needs --other CHECKOUT, built');
  /** @param {string} program */
  const encode = async (program) => {
    const out = join(folder, 'title');
    rmSync(out, { recursive: true, force: true });
    const options = ['--ladder', 'vod', '--encoder-preset', preset, '-o', out, '--quiet'];
    const sample = await measure(process.execPath, [program, 'encode', clip, ...options]);
    const name = program === mediactl ? 'this' : 'the other';
    log(`${preset}, ${name}: ${sample.cpu.toFixed(1)} s CPU, ${sample.wall.toFixed(1)} s wall`);
    return sample;
  };
  /** @type {{ cpu: number, wall: number }[]} */
  const ratios = [];
  for (let round = 0; round < rounds; round += 1) {
    const [first, second] = round % 2 === 0 ? [mediactl, theirs] : [theirs, mediactl];
    const samples = [await encode(first), await encode(second)];
    const [ours, their] = round % 2 === 0 ? samples : samples.reverse();
    if (ours && their) ratios.push({ cpu: ours.cpu / their.cpu, wall: ours.wall / their.wall });
  }
  return [
    {
      what: `CPU of encode ÷ that of the other checkout, ${preset}`,
      value: median(ratios.map(({ cpu }) => cpu)).toFixed(3),
    },
    { what: `wall time of the same, ${preset}`, value: median(ratios.map(({ wall }) => wall)).toFixed(3) },
  ];
}
