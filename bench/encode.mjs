/** What an encode costs against the physical limit and against what people script by hand. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { measure, measureTogether, median } from './measure.mjs';

const { pictureGraph, tagFilters } = await import('../dist/tools/ffmpeg/picture.js');
const { videoEncoderArgs } = await import('../dist/tools/ffmpeg/video-encoder.js');

export async function encodeFigures({ clip, folder, mediactl, preset, rounds, log }) {
  const options = ['--ladder', 'vod', '--encoder-preset', preset];
  const { plan } = JSON.parse(execFileSync(process.execPath, [mediactl, 'plan', clip, ...options, '--json'], { encoding: 'utf8' }));
  const limit = preparedLimit(clip, folder, plan);
  const ours = async (decode) => {
    const out = join(folder, 'title');
    rmSync(out, { recursive: true, force: true });
    return measure(process.execPath, [mediactl, 'encode', clip, ...options, '--decode', decode, '-o', out, '--quiet']);
  };
  const samples = { limit: [], shared: [], 'per-rung': [], 'single-process': [], auto: [], independent: [] };
  for (let round = 1; round <= rounds; round += 1) {
    samples.limit.push(await limit());
    samples.auto.push(await ours('auto'));
    samples.independent.push(await measureTogether(independent(clip, folder, plan)));
    for (const mode of ['shared', 'per-rung', 'single-process']) samples[mode].push(await ours(mode));
    log(`${preset}, round ${round} of ${rounds}: ${Object.entries(samples).map(([k, v]) => `${k} ${v.at(-1).cpu.toFixed(1)}/${v.at(-1).wall.toFixed(1)}`).join(', ')} s CPU/wall`);
  }
  rmSync(join(folder, 'raw'), { recursive: true, force: true });
  const ratio = (a, b, figure) => median(samples[a].map((sample, i) => sample[figure] / samples[b][i][figure])).toFixed(2);
  const wanted = preset === 'medium' ? ['≤ 1.05', '< 0.90'] : ['≤ 1.10', '< 0.80'];
  return [
    { what: `CPU of encode ÷ (one decode + x264 alone), ${preset}`, value: ratio('auto', 'limit', 'cpu'), wanted: wanted[0] },
    { what: `CPU of encode ÷ five independent ffmpeg, ${preset}`, value: ratio('auto', 'independent', 'cpu'), wanted: wanted[1] },
    { what: `wall time of the same, ${preset}`, value: ratio('auto', 'independent', 'wall'), wanted: '< 1' },
    ...['shared', 'per-rung', 'single-process'].map((mode) => ({
      what: `--decode ${mode} ÷ (one decode + x264 alone), ${preset}`,
      value: ratio(mode, 'limit', 'cpu'),
      note: `wall ÷ independent ${ratio(mode, 'independent', 'wall')}`,
    })),
    { what: `peak memory of mediactl itself, ${preset}`, value: `${Math.round(median(samples.auto.map((s) => s.peakBytes)) / 2 ** 20)} MiB` },
  ];
}

/** The physical limit: one decode to nowhere, and x264 from frames that are already scaled, at the same settings. */
function preparedLimit(clip, folder, plan) {
  const raw = join(folder, 'raw');
  execFileSync('mkdir', ['-p', raw]);
  const graph = pictureGraph(plan, plan.video, plan.video.rungs, 0, plan.input.startSeconds - plan.timeline.originSeconds);
  const file = (rung) => join(raw, `${rung.name}.yuv`);
  const outputs = plan.video.rungs.flatMap((rung, i) => ['-map', `[v${i}]`, '-f', 'rawvideo', file(rung)]);
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', clip, '-filter_complex', graph, ...outputs]);
  const { num, den } = plan.video.picture.frameRate;
  const x264 = plan.video.rungs.map((rung) => [
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'rawvideo', '-pixel_format', 'yuv420p', '-video_size', `${rung.width}x${rung.height}`],
      ...['-framerate', `${num}/${den}`, '-i', file(rung), '-vf', tagFilters(plan.video)],
      ...[...videoEncoderArgs(plan, plan.video, rung), '-f', 'null', '-'],
    ],
  ]);
  return async () => {
    const decode = await measure('ffmpeg', ['-v', 'error', '-i', clip, '-map', '0:v', '-f', 'null', '-']);
    const encode = await measureTogether(x264);
    return { cpu: decode.cpu + encode.cpu, wall: decode.wall + encode.wall };
  };
}

/** What a script does: a process per rung, each decoding the source and scaling it, threads as FFmpeg likes. */
function independent(clip, folder, plan) {
  return plan.video.rungs.map((rung) => {
    const args = videoEncoderArgs(plan, plan.video, rung);
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
