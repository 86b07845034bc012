/** What it costs to start, and to find that nothing is to be done. */
import { join } from 'node:path';
import { measure, median } from './measure.mjs';

/**
 * @param {{ clip: string, folder: string, mediactl: string, rounds: number }} bench
 */
export async function startFigures({ clip, folder, mediactl, rounds }) {
  /** @type {import('./measure.mjs').Row[]} */
  const rows = [];
  // --version asks FFmpeg for its own, and so costs an `ffmpeg -version` more.
  const ratios = [];
  for (let round = 0; round < rounds; round += 1) {
    const ours = await measure(process.execPath, [mediactl, '--help']);
    ratios.push(ours.wall / (await measure(process.execPath, ['-e', '0'])).wall);
  }
  rows.push({ what: 'mediactl --help ÷ node -e 0, wall', value: median(ratios).toFixed(2), wanted: '≤ 1.6' });
  const encode = [mediactl, 'encode', clip, '--ladder', 'vod', '--only', '240p', '--encoder-preset', 'ultrafast'];
  const args = [...encode, '-o', join(folder, 'noop'), '--quiet'];
  await measure(process.execPath, args);
  /** @type {number[]} */
  const again = [];
  /** @type {number[]} */
  const probe = [];
  for (let round = 0; round < 5; round += 1) {
    again.push((await measure(process.execPath, args)).wall);
    probe.push((await measure('ffprobe', ['-v', 'error', '-show_streams', '-show_format', clip])).wall);
  }
  const over = median(again.map((wall, i) => wall - (probe[i] ?? 0)));
  rows.push({ what: 're-run of a finished title, beyond one ffprobe', value: `${over.toFixed(2)} s`, wanted: '< 1 s' });
  return rows;
}
