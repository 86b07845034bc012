import { describe, expect, it } from 'vitest';
import { samplePlan } from '../../../fixtures/plan.js';
import { videoOf } from '../../../src/model/rendition.js';
import type { VideoWork } from '../../../src/tools/ffmpeg/video-work.js';
import { pipesOf, streamDecode, streamEncoders, videoCommands } from '../../../src/tools/ffmpeg/video.js';
import { inputSafetyArgs, localAddress } from '../../../src/tools/input-safety.js';

const SAFETY = inputSafetyArgs(localAddress('/in'), 'mov,mp4,m4a,3gp,3g2,mj2').join(' ');
const START = '-hide_banner -nostdin -y -loglevel repeat+level+error -nostats -progress pipe:1 -stats_period 0.5';
const OPEN = `${START.replace('level+error', 'level+info')} -reinit_filter:v 0 -threads 1`;
/** All of the frame for a picture of the planned shape; see the encodes of test/e2e/picture.test.ts for others. */
const fit = (whole: number, share: string): string =>
  `'st(0,iw/ih*if(between(sar,0.1,10),sar,1)*9/16);if(lt(abs(ld(0)-1),0.03),${whole},max(2,2*round(${whole / 2}*min(1,${share}))))'`;
const SCALE = `scale=w=${fit(640, 'ld(0)')}:h=${fit(360, '1/ld(0)')}:eval=frame:flags=bicubic+accurate_rnd+bitexact`;
const BOX = 'format=yuv420p,pad=640:360:-1:-1:eval=frame';
const TAGS = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709,setsar=1';
const COLORS = '-color_range tv -color_primaries bt709 -color_trc bt709 -colorspace bt709';

function work(changes: Partial<VideoWork> = {}): VideoWork {
  const plan = samplePlan('/in/-a%b.mp4');
  const picture = plan.picture ?? expect.unreachable();
  const address = localAddress(plan.source.absolutePath);
  const given = { plan, address, picture, rungs: videoOf(plan), first: 0, end: null, folder: '/s/100%' };
  return { ...given, features: { fpsMode: true }, ...changes };
}

function argv(changes: Partial<VideoWork> = {}, mode: Parameters<typeof videoCommands>[1] = 'shared'): string[] {
  return videoCommands(work(changes), mode).map(({ label, args }) => `${label}: ${args.join(' ')}`);
}

function encoderArgs(rate: number, folder: string, listFd: number, first = 0, offset = '0.000000'): string {
  return [
    '-c:v libx264 -preset:v ultrafast -profile:v high -crf 23',
    `-maxrate:v ${rate} -bufsize:v ${2 * rate} -g 24 -keyint_min 24 -sc_threshold 0 -flags:v +cgop -pix_fmt yuv420p`,
    `${COLORS} -threads:v 1 -bsf:v filter_units=remove_types=6 -avoid_negative_ts disabled -muxdelay 0.7 -map_metadata -1`,
    '-f segment -segment_format mpegts -segment_time 2.002000 -segment_time_delta 0.500500',
    `-segment_start_number ${first} -segment_format_options avoid_negative_ts=disabled:output_ts_offset=${offset}:pat_period=3600:sdt_period=3600`,
    `-segment_list pipe:${listFd} -segment_list_type csv file:/s/100%%/${folder}-00000001/%05d.ts`,
  ].join(' ');
}

// Times on descriptor 3, size and format in the log, frames on to the next filter.
const MEASURED =
  'split=2[read][measured];[measured]settb=1/1000000,metadata=mode=add:key=m:value=1,' +
  "metadata=mode=print:file=pipe\\\\:3,select='if(eq(n,0)+key*not(ld(1))+gte(n-ld(0),12)+0*st(1,key),st(0,n)+1)'," +
  'showinfo=checksum=0,nullsink;[read]';

describe('videoCommands', () => {
  it('decodes once into a pipe per rung, scaling each from the one above', () => {
    const graph =
      `[0:0]${MEASURED}fps=fps=24000/1001:start_time=0.000000:round=near,${SCALE},${BOX},` +
      `${TAGS},split=2[v0][s0];[s0]zscale=426:240:f=bicubic[v1]`;
    const out = (label: string, id: string): string =>
      `-map [${label}] -fps_mode passthrough -avioflags direct -f rawvideo file:/s/100%/${id}-00000001.00000.pipe`;
    const raw = (size: string, id: string): string =>
      `-f rawvideo -pixel_format yuv420p -video_size ${size} -framerate 24000/1001 -i file:/s/100%/${id}-00000001.00000.pipe -map 0:v -vf ${TAGS} -fps_mode passthrough`;
    expect(argv()).toEqual([
      `decode: ${OPEN} -noautorotate ${SAFETY} -i file:/in/-a%b.mp4 -filter_complex ${graph} ${out('v0', '360p')} ${out('v1', '240p')}`,
      `encode 360p: ${START} ${raw('640x360', '360p')} ${encoderArgs(800_000, '360p', 3)}`,
      `encode 240p: ${START} ${raw('426x240', '240p')} ${encoderArgs(300_000, '240p', 3)}`,
    ]);
  });

  it('seeks two seconds early to a later span and puts title time back', () => {
    const [decode, encode] = argv({ first: 3 });
    expect(decode).toContain(`-threads 1 -noaccurate_seek -ss 4 -noautorotate ${SAFETY} -i`);
    expect(decode).toContain(
      `[0:0]setpts=PTS+round(4/TB),${MEASURED}fps=fps=24000/1001:start_time=6.006000:round=near,`,
    );
    expect(encode).toContain(encoderArgs(800_000, '360p', 3, 3, '6.006000'));
  });

  it('ends a chunk after its last frame, before anything is scaled', () => {
    const [decode] = argv({ first: 2, end: 4 });
    expect(decode).toContain('fps=fps=24000/1001:start_time=4.004000:round=near,trim=end_frame=96,scale=');
    expect(decode).toContain('360p-00000001.00001.pipe');
  });

  it('begins before a chunk that has only the last picture, held', () => {
    const { plan } = work();
    // The picture ends at 10 s: its frame 215 is a second before that.
    const timeline = { ...plan.timeline, expectedSeconds: 20, holdLastFrameSeconds: 10 };
    const [decode] = argv({ first: 8, end: 10, plan: { ...plan, timeline } });
    expect(decode).toContain(
      'start_time=8.967292:round=near,tpad=stop_mode=clone:stop=240,trim=start_frame=169:end_frame=265,scale=',
    );
    expect(decode).toContain('-ss 6 ');
  });

  it('decodes once for all chunks where the source cannot be sought, a pipe for each', () => {
    const given = work({ first: 4, folder: '/s/100%' });
    expect(streamDecode(given).args.join(' ')).toContain(
      '[v0]setpts=N[o0];[v1]setpts=N[o1] -map [o0] -fps_mode passthrough -c:v rawvideo -f segment -segment_format rawvideo ' +
        '-segment_time 4.004000 -segment_time_delta 0.020854 -segment_start_number 2 -segment_list pipe:3 ' +
        '-segment_list_type csv file:/s/100%%/360p-00000001.%05d.pipe -map [o1]',
    );
    expect(pipesOf(given)).toEqual(['/s/100%/360p-00000001.00002.pipe', '/s/100%/240p-00000001.00002.pipe']);
    expect(streamEncoders(given)[1]?.args.join(' ')).toContain('-i file:/s/100%/240p-00000001.00002.pipe');
  });

  it('decodes from the start where seeking is not exact', () => {
    const plan = samplePlan('/in.ts', {
      input: {
        format: 'mpegts',
        startSeconds: 3883.26,
        seekable: false,
        tracksReadTogether: [1, 0],
        mended: [],
        depth: null,
      },
    });
    const [decode] = argv({ first: 3, plan: { ...plan, timeline: { ...plan.timeline, originSeconds: 3883.5 } } });
    expect(decode).not.toContain('-ss');
    expect(decode).toContain(`[0:0]setpts=PTS+round(-0.24/TB),${MEASURED}fps=fps=24000/1001:start_time=6.006000`);
    expect(decode).toMatch(/\.pipe -map 0:1 -c copy -f null -$/);
  });

  it('has one process with all outputs where processes cannot be joined by pipes', () => {
    const [all, ...rest] = argv({ features: { fpsMode: false } }, 'single-process');
    expect(rest).toEqual([]);
    expect(all).toContain(`[s0]zscale=426:240:f=bicubic[v1];[v0]setpts=N,${TAGS}[o0];[v1]setpts=N,${TAGS}[o1]`);
    expect(all).toContain(`-map [o0] -vsync passthrough ${encoderArgs(800_000, '360p', 3)}`);
    expect(all).toContain(`-map [o1] -vsync passthrough ${encoderArgs(300_000, '240p', 4)}`);
  });

  it('has one decode per rung when asked', () => {
    const [big, small, ...rest] = argv({}, 'per-rung');
    expect(rest).toEqual([]);
    expect(big).toContain(`${SCALE},${BOX}[v0];[v0]setpts=N,${TAGS}[o0] -map [o0]`);
    // Through the rung above, as in the other modes: the pictures are the same.
    expect(small).toContain(`${SCALE},${BOX},${TAGS},zscale=426:240:f=bicubic[v0];[v0]setpts=N,${TAGS}[o0] -map [o0]`);
  });

  it('puts fields together before anything else', () => {
    const base = work();
    const deinterlace = { parity: 'tff', pictures: 'all' } as const;
    const [decode] = argv({ picture: { ...base.picture, weave: true, deinterlace }, rungs: base.rungs.slice(0, 1) });
    expect(decode).toContain(
      "scale=640:180:flags=bicubic+accurate_rnd+bitexact,select='st(1,ld(0));st(0,eq(interlace_type,TOPFIRST));abs(ld(0)-ld(1))'," +
        'tinterlace=mode=merge,setsar=1.000000,',
    );
    expect(decode).toContain('bwdif=mode=send_frame:parity=tff:deint=all,fps=');
    expect(decode).not.toContain('scale=640:360:interl');
  });

  it.each([
    ['flagged', 'bwdif=mode=send_frame:parity=auto:deint=interlaced,fps='],
    ['combed', 'idet,bwdif=mode=send_frame:parity=auto:deint=interlaced,fps='],
  ] as const)('deinterlaces the pictures that are %s', (pictures, filters) => {
    const picture = { ...work().picture, deinterlace: { parity: 'auto', pictures } as const };
    expect(argv({ picture })[0]).toContain(`bitexact,${filters}`);
  });

  it('prepares the picture in this order: time, fields, rate, hold, upright, size and colour', () => {
    const base = work();
    const picture = {
      ...base.picture,
      deinterlace: { parity: 'bff', pictures: 'all' } as const,
      mirror: true,
      clockwise: 270 as const,
      inputRange: 'pc' as const,
    };
    const [decode] = argv({
      picture,
      plan: { ...base.plan, timeline: { ...base.plan.timeline, originSeconds: 0.03, holdLastFrameSeconds: 2.5 } },
      rungs: base.rungs.slice(0, 1),
    });
    expect(decode).toContain(
      `[0:0]setpts=PTS+round(-0.03/TB),${MEASURED}` +
        'scale=640:360:interl=-1:flags=bicubic+accurate_rnd+bitexact,bwdif=mode=send_frame:parity=bff:deint=all,' +
        'fps=fps=24000/1001:start_time=0.000000:round=near,tpad=stop_mode=clone:stop=60,' +
        'hflip,transpose=cclock,' +
        `${SCALE}:in_range=pc:in_color_matrix=bt709:out_range=tv:out_color_matrix=bt709,${BOX}[v0]`,
    );
  });

  it('tone-maps from HLG on the top rung’s pixels', () => {
    const base = work();
    const picture = { ...base.picture, toneMap: 'hlg' as const };
    const [decode] = argv({ picture });
    expect(decode).toMatch(
      /zscale=w=640:h=360:f=bicubic:tin=arib-std-b67:min=bt2020nc:pin=bt2020:rin=tv:t=smpte2084:p=bt709:m=gbr:r=pc:npl=100,format=gbrp12le,lutrgb=r='[^']+':g='[^']+':b='[^']+',zscale=tin=bt709:pin=bt709:rin=pc:t=bt709:p=bt709:m=bt709:r=tv,format=yuv420p,scale=[^=]+=.*,setparams=[^,]+,setsar=1,split/,
    );
  });
});
