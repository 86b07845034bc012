/** What an encode costs against the physical limit and against what people script by hand. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { measure, measureTogether, median } from './measure.mjs';

/** @type {typeof import('../src/tools/ffmpeg/picture.js')} */
const { frameRange, pictureGraph, tagFilters } = await built('tools/ffmpeg/picture.js');
/** @type {typeof import('../src/tools/encoders/encoders.js')} */
const { videoEncoderOf } = await built('tools/encoders/encoders.js');

/** @type {typeof import('../src/model/rendition.js')} */
const { videoOf } = await built('model/rendition.js');

/**
 * @param {import('../src/model/rendition.js').VideoRendition} rung
 * @param {Plan} plan
 */
function encoderArgs(rung, { grid, picture }) {
  return videoEncoderOf(rung).args({ grid, picture, rung });
}

/** @param {string} module the very builders that the command uses */
function built(module) {
  return import(new URL(`../dist/${module}`, import.meta.url).href);
}

/**
 * @typedef {import('./measure.mjs').Sample} Sample
 * @typedef {import('../src/model/plan.js').EncodePlan & { picture: import('../src/model/plan.js').PicturePlan }} Plan
 * @typedef {{ plan: Plan }} Planned
 * @typedef {readonly [string, readonly string[]]} Command
 */

const MODES = /** @type {const} */ (['shared', 'per-rung', 'single-process']);

/**
 * @param {{ clip: string, folder: string, mediactl: string, preset: string, rounds: number, log: (text: string) => void }} bench
 * @returns {Promise<import('./measure.mjs').Row[]>}
 */
export async function encodeFigures({ clip, folder, mediactl, preset, rounds, log }) {
  const options = ['--ladder', 'vod', '--encoder-preset', preset];
  const planned = execFileSync(process.execPath, [mediactl, 'plan', clip, ...options, '--json'], { encoding: 'utf8' });
  /** @type {Planned} */
  const { plan } = JSON.parse(planned);
  const limit = preparedLimit(clip, folder, { plan });
  /** @param {string} decode */
  const ours = async (decode) => {
    const out = join(folder, 'title');
    rmSync(out, { recursive: true, force: true });
    return measure(process.execPath, [mediactl, 'encode', clip, ...options, '--decode', decode, '-o', out, '--quiet']);
  };
  /** @type {Map<string, Sample[]>} */
  const samples = new Map();
  /** @param {string} name @param {Promise<Sample>} run */
  const sample = async (name, run) => {
    const { cpu, wall, peakBytes } = await run;
    samples.set(name, [...(samples.get(name) ?? []), { cpu, wall, peakBytes }]);
    log(`${preset}, ${name}: ${cpu.toFixed(1)} s CPU, ${wall.toFixed(1)} s wall`);
  };
  for (let round = 0; round < rounds; round += 1) {
    await sample('limit', limit());
    await sample('auto', ours('auto'));
    await sample('independent', measureTogether(independent(clip, folder, { plan })));
    for (const mode of MODES) await sample(mode, ours(mode));
  }
  rmSync(join(folder, 'raw'), { recursive: true, force: true });
  /** @param {string} a @param {string} b @param {'cpu' | 'wall'} figure */
  const ratio = (a, b, figure) => {
    const others = samples.get(b) ?? [];
    return median((samples.get(a) ?? []).map((one, i) => one[figure] / (others[i]?.[figure] ?? NaN))).toFixed(2);
  };
  const wanted = preset === 'medium' ? ['≤ 1.05', '< 0.90'] : ['≤ 1.10', '< 0.80'];
  const peak = median((samples.get('auto') ?? []).map(({ peakBytes }) => peakBytes)) / 2 ** 20;
  return [
    {
      what: `CPU of encode ÷ (one decode + x264 alone), ${preset}`,
      value: ratio('auto', 'limit', 'cpu'),
      wanted: wanted[0] ?? '',
    },
    {
      what: `CPU of encode ÷ five independent ffmpeg, ${preset}`,
      value: ratio('auto', 'independent', 'cpu'),
      wanted: wanted[1] ?? '',
    },
    { what: `wall time of the same, ${preset}`, value: ratio('auto', 'independent', 'wall'), wanted: '< 1' },
    ...MODES.map((mode) => ({
      what: `--decode ${mode} ÷ (one decode + x264 alone), ${preset}`,
      value: ratio(mode, 'limit', 'cpu'),
      note: `wall ÷ independent ${ratio(mode, 'independent', 'wall')}`,
    })),
    { what: `peak memory of mediactl itself, ${preset}`, value: `${Math.round(peak)} MiB` },
  ];
}

/**
 * The physical limit: one decode to nowhere, and x264 from frames that are already scaled, at the same settings.
 * @param {string} clip
 * @param {string} folder
 * @param {Planned} planned
 * @returns {() => Promise<Sample>}
 */
function preparedLimit(clip, folder, { plan }) {
  const raw = join(folder, 'raw');
  execFileSync('mkdir', ['-p', raw]);
  const graph = pictureGraph(
    plan,
    plan.picture,
    videoOf(plan),
    frameRange(plan, 0, null),
    plan.input.startSeconds - plan.timeline.originSeconds,
    null,
  );
  /** @param {{ name: string }} rung */
  const file = (rung) => join(raw, `${rung.name}.yuv`);
  const outputs = videoOf(plan).flatMap((rung, i) => ['-map', `[v${i}]`, '-f', 'rawvideo', file(rung)]);
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', clip, '-filter_complex', graph, ...outputs]);
  const { num, den } = plan.picture.frameRate;
  /** @type {Command[]} */
  const x264 = videoOf(plan).map((rung) => [
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'rawvideo', '-pixel_format', 'yuv420p', '-video_size', `${rung.width}x${rung.height}`],
      ...['-framerate', `${num}/${den}`, '-i', file(rung), '-vf', tagFilters(plan.picture)],
      ...[...encoderArgs(rung, plan), '-f', 'null', '-'],
    ],
  ]);
  return async () => {
    const decode = await measure('ffmpeg', ['-v', 'error', '-i', clip, '-map', '0:v', '-f', 'null', '-']);
    const encode = await measureTogether(x264);
    return { cpu: decode.cpu + encode.cpu, wall: decode.wall + encode.wall, peakBytes: NaN };
  };
}

/**
 * What a script does: a process per rung, each decoding the source and scaling it, threads as FFmpeg likes.
 * @param {string} clip
 * @param {string} folder
 * @param {Planned} planned
 * @returns {Command[]}
 */
function independent(clip, folder, { plan }) {
  return videoOf(plan).map((rung) => {
    const args = encoderArgs(rung, plan);
    args.splice(args.indexOf('-threads:v'), 2);
    return [
      'ffmpeg',
      [
        ...['-v', 'error', '-y', '-i', clip, '-map', '0:v', '-vf', `scale=${rung.width}:${rung.height}`, ...args],
        ...['-f', 'hls', '-hls_time', '6', '-hls_playlist_type', 'vod', join(folder, `independent-${rung.name}.m3u8`)],
      ],
    ];
  });
}
