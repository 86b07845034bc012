import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffprobe, ffprobeFrames } from '../../src/tools/ffprobe.js';
import { ALLOWED_DEMUXERS, inputSafetyArgs, localAddress } from '../../src/tools/input-safety.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-ffprobe-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An ffprobe that prints what it is told, and leaves its arguments behind. */
async function saying(stdout: string, stderr = '', exitCode = 0) {
  const path = join(folder, 'fake');
  await writeFile(join(folder, 'out'), stdout);
  await writeFile(join(folder, 'err'), stderr);
  await writeFile(
    path,
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/args'\ncat '${folder}/out'\ncat '${folder}/err' >&2\nexit ${exitCode}\n`,
  );
  await chmod(path, 0o755);
  return { ffmpeg: 'ffmpeg', ffprobe: path };
}

describe('ffprobe', () => {
  it('reads numbers written as text, and "unknown" as nothing', async () => {
    const stream = {
      index: 0,
      codec_type: 'video',
      codec_name: 'h264',
      width: 16,
      duration: 'N/A',
      nb_frames: '7',
      color_space: 'unknown',
      color_range: 'reserved',
      sample_rate: '48000',
      disposition: { default: 1 },
    };
    const answer = await ffprobe(
      localAddress('/x'),
      await saying(JSON.stringify({ streams: [stream], format: { format_name: 'mov', start_time: '-0.007' } })),
    );
    expect(answer).toMatchObject({
      kind: 'report',
      report: {
        streams: [
          {
            width: 16,
            height: null,
            duration: null,
            nb_frames: 7,
            color_space: null,
            color_range: null,
            sample_rate: 48000,
            tags: {},
            side_data_list: [],
          },
        ],
        programs: [],
        format: { start_time: -0.007, duration: null },
      },
    });
  });

  it('keeps what it said on the way', async () => {
    const answer = await ffprobe(
      localAddress('/x'),
      await saying('{"format":{"format_name":"mov"}}', 'first\n\nsecond\n'),
    );
    expect(answer).toMatchObject({ kind: 'report', messages: ['first', 'second'] });
  });

  it('tells a failure, a crash, and an ffprobe that is too old', async () => {
    const failed = await saying(
      '{"error":{"code":-22,"string":"Invalid argument"}}',
      '[hls @ 0x1] Format not on whitelist',
      1,
    );
    expect(await ffprobe(localAddress('/x'), failed)).toEqual({
      kind: 'failure',
      error: 'Invalid argument',
      messages: ['[hls @ 0x1] Format not on whitelist'],
    });
    expect(await ffprobe(localAddress('/x'), await saying('{"streams": [', '', 1))).toMatchObject({
      kind: 'failure',
      error: expect.stringContaining('the answer of ffprobe cannot be read'),
    });
    await expect(
      ffprobe(localAddress('/x'), await saying('', "Option 'read_intervals' not found", 1)),
    ).rejects.toMatchObject({
      code: 'tool-too-old',
    });
  });

  it('reads the fields of frames, and takes others for none', async () => {
    const said = {
      best_effort_timestamp_time: '1.500000',
      width: 720,
      height: 480,
      sample_aspect_ratio: '8:9',
      pix_fmt: 'yuv420p',
    };
    const frames = [
      Object.assign({ interlaced_frame: 1, top_field_first: 0, repeat_pict: 1 }, said),
      { interlaced_frame: 0, top_field_first: 0 },
      {},
    ];
    const tools = await saying(JSON.stringify({ frames }));
    expect(await ffprobeFrames(localAddress('/x'), tools, { stream: 2, times: [0, 31.5], count: 24 })).toEqual([
      {
        seconds: 1.5,
        interlaced: true,
        topFieldFirst: false,
        repeat: 1,
        width: 720,
        height: 480,
        sampleAspect: '8:9',
        pixelFormat: 'yuv420p',
      },
      {
        seconds: null,
        interlaced: false,
        topFieldFirst: false,
        repeat: 0,
        width: 0,
        height: 0,
        sampleAspect: null,
        pixelFormat: null,
      },
    ]);
    const { readFile } = await import('node:fs/promises');
    const args = (await readFile(join(folder, 'args'), 'utf8')).split('\n');
    expect(args.slice(args.indexOf('-read_intervals'), args.indexOf('-read_intervals') + 2)).toEqual([
      '-read_intervals',
      '%+#24,31.500%+#24',
    ]);
    expect(
      await ffprobeFrames(localAddress('/x'), await saying('nonsense'), { stream: 0, times: [0], count: 1 }),
    ).toEqual([]);
  });
});

describe('what a source may open', () => {
  it('is that file, by protocol and by demuxer', () => {
    expect(inputSafetyArgs(localAddress('/x'))).toEqual([
      ...['-protocol_whitelist', 'file', '-format_whitelist', ALLOWED_DEMUXERS.join(',')],
      ...['-probesize', '20000000', '-analyzeduration', '10000000'],
    ]);
    expect(localAddress('/a/concat:x|y.mp4').url).toBe('file:/a/concat:x|y.mp4');
  });

  it.each([
    'hls',
    'concat',
    'sdp',
    'rtsp',
    'rtp',
    'dash',
    'imf',
    'image2',
    'image2pipe',
    'lavfi',
    'avisynth',
    'vapoursynth',
    'ffmetadata',
    'tty',
    'srt',
    'ass',
    'webvtt',
    'mlv',
    'vobsub',
    'webm_dash_manifest',
    'rawvideo',
    's16le',
    'data',
    'bin',
    'png_pipe',
  ])('never %s', (demuxer) => expect(ALLOWED_DEMUXERS).not.toContain(demuxer));
});
