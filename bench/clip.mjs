/** The clip that is measured on: given, or made here. Without sound, so that only pictures are compared. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

/**
 * A 1080p24 clip of `seconds`: slow zoom into a fractal under moving film grain, encoded like a delivery file.
 * Fine detail, motion everywhere and noise: what a film costs an encoder, not what a test card does.
 * @param {string} folder
 * @param {number} seconds
 * @param {string | null} given a clip of one's own
 */
export function benchClip(folder, seconds, given) {
  mkdirSync(folder, { recursive: true });
  const made = join(folder, 'made.mp4');
  const source = given
    ? ['-t', String(seconds), '-i', given]
    : [
        '-f',
        'lavfi',
        '-i',
        `mandelbrot=size=1920x1080:rate=24:start_scale=1.2:end_scale=0.05:end_pts=400,noise=alls=6:allf=t`,
      ];
  const { status, stderr } = spawnSync(
    'ffmpeg',
    [
      ...['-v', 'error', '-y', ...source, '-t', String(seconds), '-map', '0:v:0'],
      ...(given ? ['-c', 'copy'] : ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-pix_fmt', 'yuv420p']),
      made,
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`cannot make the clip: ${stderr}`);
  return made;
}
