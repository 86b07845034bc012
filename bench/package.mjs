/** What `package` costs beside a bare Shaka Packager that makes the same of the same: CMAF, HLS and DASH of five rungs. */
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { longTitle } from '../fixtures/repeated-title.mjs';
import { measure, median } from './measure.mjs';

/**
 * @param {{ clip: string, folder: string, mediactl: string, rounds: number, minutes: number, log: (text: string) => void }} bench
 * @returns {Promise<import('./measure.mjs').Row[]>}
 */
export async function packageFigures({ clip, folder, mediactl, rounds, minutes, log }) {
  const short = join(folder, 'short');
  const options = ['--encoder-preset', 'ultrafast', '--quiet'];
  await measure(process.execPath, [mediactl, 'encode', clip, '-o', short, ...options]);
  const title = join(folder, 'long');
  const streams = await longTitle(short, title, minutes * 60);
  const bytes = streams.reduce((sum, stream) => sum + stream.bytes, 0);
  log(`a title of ${minutes} min, ${streams.length} rungs, ${(bytes / 1e6).toFixed(0)} MB`);
  const program = await packager();
  const inputs = streams.map(({ name, segments }) => {
    const file = join(folder, `${name}.ts`);
    for (const segment of segments) appendFileSync(file, readFileSync(segment));
    return { name, file };
  });

  /** @type {Record<'wall' | 'cpu', number[]>} */
  const ratios = { wall: [], cpu: [] };
  /** @type {number[]} */
  const peaks = [];
  const out = join(folder, 'packaged');
  const ours = async () => {
    rmSync(out, { recursive: true, force: true });
    return measure(process.execPath, [mediactl, 'package', title, '-o', out, '--format', 'cmaf', '--quiet']);
  };
  const theirs = async () => {
    rmSync(out, { recursive: true, force: true });
    for (const { name } of inputs) mkdirSync(join(out, name), { recursive: true });
    const all = inputs.map(
      ({ name, file }) =>
        `in=${file},stream=video,init_segment=${out}/${name}/init.mp4,segment_template=${out}/${name}/$Number%05d$.m4s,` +
        `playlist_name=${name}/index.m3u8,iframe_playlist_name=${name}/iframes.m3u8`,
    );
    const manifests = ['--mpd_output', `${out}/manifest.mpd`, '--hls_master_playlist_output', `${out}/master.m3u8`];
    return measure(program, ['--quiet', ...all, '--segment_duration', '6', '--generate_static_live_mpd', ...manifests]);
  };
  for (let round = 0; round < rounds; round += 1) {
    const first = await (round % 2 === 0 ? ours() : theirs());
    const second = await (round % 2 === 0 ? theirs() : ours());
    const [a, b] = round % 2 === 0 ? [first, second] : [second, first];
    ratios.wall.push(b.wall / a.wall);
    ratios.cpu.push(b.cpu / a.cpu);
    peaks.push(a.peakBytes);
    log(`package: ${show(a)}; packager: ${show(b)}`);
  }
  const what = `of a bare packager run ÷ of package, ${minutes} min, ${streams.length} rungs, MPEG-TS to CMAF`;
  return [
    { what: `wall time ${what}`, value: median(ratios.wall).toFixed(2), wanted: '≥ 1.0' },
    { what: `CPU ${what}`, value: median(ratios.cpu).toFixed(2) },
    { what: 'peak memory of package', value: `${(median(peaks) / 2 ** 20).toFixed(0)} MiB` },
  ];
}

/** @param {import('./measure.mjs').Sample} sample */
function show({ wall, cpu }) {
  return `${wall.toFixed(2)} s, ${cpu.toFixed(2)} s CPU`;
}

/** The program that the npm package brings. */
async function packager() {
  const { createRequire } = await import('node:module');
  const from = createRequire(import.meta.url).resolve('shaka-packager/package.json');
  const names = /** @type {Record<string, string>} */ ({ linux: 'linux', darwin: 'osx' });
  return join(from, '../bin', `packager-${names[process.platform] ?? process.platform}-${process.arch}`);
}
