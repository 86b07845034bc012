import { expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { runMediactl } from '../e2e/run.js';

test('--verbose shows the commands that look at something, on stderr', async () => {
  const doctor = await runMediactl(['doctor', '--verbose']);
  expect(doctor.stderr).toMatch(/^look: ffmpeg -encoders$/m);
  expect(doctor.stderr).toMatch(/^look: ffprobe -version$/m);
  const file = await clip('rotated90');
  const probe = await runMediactl(['probe', file, '-v']);
  expect(probe.stderr).toMatch(/^look: ffprobe .*-show_streams/m);
  expect(await runMediactl(['probe', file])).toMatchObject({ stdout: probe.stdout, stderr: '' });
});

test('--quiet leaves texts out, and errors and documents in', async () => {
  expect(await runMediactl(['ladders', '-q'])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  expect(await runMediactl(['ladders', 'vodd', '-q'])).toMatchObject({ exitCode: 2, stdout: '' });
  const { stdout } = await runMediactl(['ladders', 'vod', '-q', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ name: 'vod' });
});

test('ladders marks the one in force, and takes the flags about settings', async () => {
  const { stdout } = await runMediactl(['ladders', '--no-color'], { env: { MEDIACTL_LADDER: 'live' } });
  expect(stdout).toMatch(/^live \(in use\) /m);
  expect((await runMediactl(['ladders', '--print-config'])).stdout).toMatch(/^ladder +"vod" +default$/m);
});
