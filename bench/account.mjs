/** What it costs to measure what is read, for the account of a title: the same encode with and without it, in turns. */
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure, median } from './measure.mjs';

/** Takes out of FFmpeg's arguments what is there to measure; that mediactl then has no line to read is part of it. */
const WITHOUT = `last=; args=()
for each; do
  case "$each" in
    *'split=2[read][measured];'*) each=\${each%%'split=2[read][measured];'*}\${each#*'nullsink;[read]'};;
    framecrc) each=null;;
    pipe:*) [[ $last == null ]] && each=-;;
  esac
  args+=("$each"); last=$each
done
set -- "\${args[@]}"
`;

/**
 * @param {{ clip: string, folder: string, mediactl: string, preset: string, rounds: number, log: (text: string) => void }} bench
 * @returns {Promise<import('./measure.mjs').Row[]>}
 */
export async function accountFigures({ clip, folder, mediactl, preset, rounds, log }) {
  /** @param {string} name @param {string} change */
  const program = (name, change) => {
    const file = join(folder, `${name}-ffmpeg`);
    writeFileSync(file, `#!/usr/bin/env bash\n${change}exec ffmpeg "$@"\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const ffmpegs = { with: program('with', ''), without: program('without', WITHOUT) };
  /** @param {'with' | 'without'} name */
  const cpuOf = async (name) => {
    const out = join(folder, 'title');
    rmSync(out, { recursive: true, force: true });
    const options = ['--encoder-preset', preset, '--ffmpeg', ffmpegs[name], '-o', out, '--quiet'];
    const { cpu } = await measure(process.execPath, [mediactl, 'encode', clip, ...options]);
    log(`${preset}, ${name} the account: ${cpu.toFixed(2)} s CPU`);
    return cpu;
  };
  /** @type {number[]} */
  const ratios = [];
  for (let round = 0; round < rounds; round += 1) {
    // What comes first changes: a machine that warms up or cools down favours neither.
    const first = await cpuOf(round % 2 === 0 ? 'with' : 'without');
    const second = await cpuOf(round % 2 === 0 ? 'without' : 'with');
    ratios.push(round % 2 === 0 ? first / second : second / first);
  }
  const what = `CPU of encode with ÷ without measuring what is read, ${preset}`;
  return [{ what, value: median(ratios).toFixed(3), wanted: '≤ 1.01' }];
}
