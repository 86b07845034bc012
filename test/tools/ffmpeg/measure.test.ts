import { expect, test } from 'vitest';
import { formTold, pictureTime, soundRun } from '../../../src/tools/ffmpeg/measure.js';

const INFO = '[Parsed_showinfo_6 @ 0x5560127be980] [info]';

test('lines of showinfo, of old and new versions, tell size, shape and format', () => {
  const line = `${INFO} n:  29 pts:1080000 pts_time:1.08    pos:    58468 fmt:yuv420p sar:4/3 s:320x180 i:P iskey:0 type:P`;
  const form = { size: '320x180', 'pixel-shape': '4:3', 'pixel-format': 'yuv420p' };
  expect(formTold(line)).toEqual({ at: 1.08, form });
  const newer = `${INFO} n:   0 pts: -40000 pts_time:-0.04   duration:  40000 duration_time:0.04    fmt:yuv420p cl:left sar:0/1 s:720x576 i:T iskey:1 type:I`;
  expect(formTold(newer)).toEqual({
    at: -0.04,
    form: { size: '720x576', 'pixel-shape': '1:1', 'pixel-format': 'yuv420p' },
  });
});

test('lines of ashowinfo tell channels and rate', () => {
  const line = (layout: string): string =>
    `[Parsed_ashowinfo_4 @ 0x5585] [info] n:0 pts:46080 pts_time:0.96 pos:768 fmt:fltp channels:6 chlayout:${layout} rate:48000 nb_samples:1536 checksum:6DD3D6E3`;
  expect(formTold(line('5.1(side)'))).toEqual({ at: 0.96, form: { channels: '5.1(side)', 'sample-rate': '48000' } });
  expect(formTold(line('6 channels'))?.form.channels).toBe('6');
});

test('other lines tell nothing of it', () => {
  for (const line of [
    '[h264 @ 0x1] [info] concealing 12 DC, 12 AC, 12 MV errors in P frame',
    `${INFO} config in time_base: 1/1000000, frame_rate: 50/1`,
    `${INFO} color_range:tv color_space:bt709`,
    'frame:0    pts:0       pts_time:0',
  ]) {
    expect(formTold(line)).toBeNull();
  }
  expect(pictureTime('frame:0    pts:40000   pts_time:0.04')).toBe(40_000);
  expect(soundRun('0,       1024,       1024,     1024,     8192, 0x00000000', 2)).toEqual({
    start: 1024,
    samples: 1024,
  });
});
