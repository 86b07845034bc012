import { describe, expect, it } from 'vitest';
import { samplePlan } from '../../../fixtures/plan.js';
import { videoOf, type VideoRendition } from '../../../src/model/rendition.js';
import { videoCommands } from '../../../src/tools/ffmpeg/video.js';
import { inputSafetyArgs, localAddress } from '../../../src/tools/input-safety.js';

const SAFETY = inputSafetyArgs(localAddress('/in'), 'mov,mp4,m4a,3gp,3g2,mj2').join(' ');
const START = '-hide_banner -nostdin -y -loglevel repeat+level+error -nostats -progress pipe:1 -stats_period 0.5';

/** The sample plan, of which 360p is copied; `alone`: no other rung. */
function argv(span: { first: number; end: number | null }, { alone = false, tag = false } = {}): string[] {
  const sample = samplePlan('/in/movie.mp4');
  const [top, lower] = videoOf(sample);
  if (!top || !lower) throw new RangeError('two rungs');
  const copied: VideoRendition = { ...top, copy: { track: 0, reorder: 2, tag } };
  const rungs = alone ? [copied] : [copied, lower];
  const plan = { ...sample, renditions: rungs, timeline: { ...sample.timeline, countedFrames: 1000 } };
  const picture = plan.picture ?? expect.unreachable();
  const address = localAddress(plan.source.absolutePath);
  const work = { plan, address, picture, rungs, folder: '/s', features: { fpsMode: true }, ...span };
  return videoCommands(work, 'single-process').map(({ label, args }) => `${label}: ${args.join(' ')}`);
}

const CUT =
  '-avoid_negative_ts disabled -muxdelay 0.7 -map_metadata -1 -f segment -segment_format mpegts -segment_time 2.002000 -segment_time_delta 0.020854';

describe('a rung that is copied', () => {
  it('is cut by a process of its own, beside those that encode', () => {
    const [encode, copy] = argv({ first: 4, end: 6 });
    // The second from half a frame on; up to a second chunk, 96 frames on; 2 s before for the seek.
    expect(copy).toBe(
      `copy 360p: ${START} -t 9.012000 -threads 1 -noaccurate_seek -ss 6 -noautorotate ${SAFETY} -i file:/in/movie.mp4 -map 0:0 -c:v copy` +
        ' -bsf:v filter_units=remove_types=6-9|12,setts=pts=round((round(PTS*TB*24000/1001-48.143856))*1001/24000/TB):dts=round((N+round(STARTPTS*TB*24000/1001-48.143856)-2)*1001/24000/TB),noise=drop=lt(pts\\,0)+gte(pts*tb\\,3.983146):amount=0' +
        ` ${CUT} -segment_start_number 4 -segment_format_options avoid_negative_ts=disabled:output_ts_offset=8.008000:pat_period=3600:sdt_period=3600` +
        ' -segment_list pipe:3 -segment_list_type csv file:/s/360p-00000001/%05d.ts',
    );
    expect(encode).toMatch(/^encode: .* libx264 /);
    expect(encode).not.toContain('360p');
    // All rungs end with the frame that was counted last, whatever the decoder gives.
    expect(argv({ first: 20, end: 22 })[0]).toContain('tpad=stop_mode=clone:stop=48,trim=end_frame=40,');
  });

  it('is decoded, to be seen whole, where nothing else is', () => {
    expect(argv({ first: 0, end: 2 }, { alone: true })).toEqual([
      expect.stringMatching(/%05d\.ts -map 0:0 -f null -$/),
    ]);
    expect(argv({ first: 0, end: 2 })[1]).not.toContain('-f null');
  });

  it('gets tags where the source has none', () => {
    expect(argv({ first: 0, end: 2 }, { tag: true })[1]).toContain(
      '12,h264_metadata=video_full_range_flag=0:colour_primaries=1:transfer_characteristics=1:matrix_coefficients=1,setts=',
    );
  });
});
