import { describe, expect, it } from 'vitest';
import { sampleAudio, samplePlan } from '../../../fixtures/plan.js';
import { rational, type Rational } from '../../../src/model/rational.js';
import type { AudioWork } from '../../../src/tools/ffmpeg/audio-filters.js';
import { steadyTimes } from '../../../src/tools/ffmpeg/audio-times.js';
import { audioCommands } from '../../../src/tools/ffmpeg/audio.js';
import type { FfmpegCommand } from '../../../src/tools/ffmpeg/command.js';
import { localAddress } from '../../../src/tools/input-safety.js';

function commands(changes: Partial<AudioWork> = {}, pipes = true): FfmpegCommand[] {
  const work: AudioWork = {
    plan: samplePlan('/in.mp4'),
    address: localAddress('/in.mp4'),
    folder: '/s',
    audio: sampleAudio(),
    renditions: [changes.audio ?? sampleAudio()],
    first: 0,
    end: null,
    titleEnd: null,
    ...changes,
  };
  return audioCommands(work, pipes);
}

/** Of the decoder and of the encoder. */
function filters(
  first: number,
  titleEnd: Rational | null,
  changes: Partial<ReturnType<typeof sampleAudio>> = {},
  end: number | null = null,
): [string, string] {
  const [decoder = '', encoder = ''] = commands({ first, titleEnd, end, audio: { ...sampleAudio(), ...changes } }).map(
    ({ args }) => args[args.indexOf('-af') + 1] ?? '',
  );
  return [decoder, encoder];
}

/** 350 000 samples. */
const END = rational(350_000, 48_000);
const STEREO = 'aformat=sample_rates=48000:sample_fmts=fltp:channel_layouts=stereo';
const STEADY = steadyTimes(48_000);
const EITHER = `${STEREO.replace('=stereo', '=mono|stereo')},pan=stereo|FL=FL+FC|FR=FR+FC`;

/** What tells channels and rate comes before all else. */
const TOLD = "asplit=2[heard][form];[form]aselect='eq(n,1)',ashowinfo,anullsink;[heard]anull";

describe('audioCommands', () => {
  it('puts the track on the title’s timeline and pads it to its end', () => {
    expect(filters(0, END)).toEqual([
      `${TOLD},${EITHER},atrim=start_pts=0:end_pts=446000,asetpts='if(gt(N,0)+lt(PTS,96000),PTS,0)',apad=whole_len=1`,
      `${STEREO},atrim=end_pts=350000,${STEADY},aresample=async=1:min_hard_comp=0.001:first_pts=0,apad,atrim=end_pts=350000`,
    ]);
  });

  it('begins a later span on the AAC frame that the whole run would have there', () => {
    // Segment 3 begins at 6.006 s = sample 288288; the next multiple of 1024 is 288768.
    expect(filters(3, END)).toEqual([
      `asetpts=PTS+round(4/TB),${TOLD},${EITHER},asetpts=PTS-288288,atrim=start_pts=0:end_pts=157712,` +
        `asetpts='if(gt(N,0)+lt(PTS,96000),PTS,0)',apad=whole_len=1`,
      // Where there is no sound any more, silence from 0 on.
      `${STEREO},atrim=end_pts=61712,apad=whole_len=481,asetpts='if(isnan(PTS),NB_CONSUMED_SAMPLES,PTS)',${STEADY},` +
        `aresample=async=1:min_hard_comp=0.001:first_pts=480,apad,atrim=end_pts=61712`,
    ]);
  });

  it('ends a chunk a little after its last segment, for the encoder to look ahead', () => {
    // Segment 2 begins at 4.004 s = sample 192192.
    expect(filters(0, END, {}, 2)[1]).toMatch(/,apad,atrim=end_pts=196288$/);
    expect(filters(0, null, {}, 2)[1]).toMatch(/first_pts=0,atrim=end_pts=196288$/);
    expect(filters(0, rational(4), {}, 2)[1]).toMatch(/,apad,atrim=end_pts=192000$/);
  });

  it('writes no version into the stream', () => {
    for (const pipes of [true, false]) {
      expect(commands({}, pipes).at(-1)?.args.join(' ')).toContain('-flags:a +bitexact');
    }
  });

  it('keeps the level of what has one channel and limits a fold-down, whose delay it takes back', () => {
    expect(filters(0, null, { channels: 1 })[0]).toMatch(/anull,aformat=[^,]*channel_layouts=mono,atrim/);
    expect(filters(0, null, { sourceChannels: 6, downmix: true, limit: 0.89 })[1]).toBe(
      `${STEREO},apad=pad_len=239,alimiter=level=0:limit=0.89,asetpts=PTS-239,${STEADY},aresample=async=1:min_hard_comp=0.001:first_pts=0`,
    );
  });

  it('trusts the first frame of a track that begins late', () => {
    expect(filters(0, null, { startSeconds: 10 })[0]).toContain('lt(PTS,576000)');
    expect(filters(3, null, { startSeconds: 10 })[0]).toContain('lt(PTS,287712)');
  });

  it('has the decoder alone speak of the source, and the encoder alone list segments', () => {
    const [decoder, encoder] = commands();
    expect(decoder).toMatchObject({ role: 'decode', readsSource: true, outputs: [], writesTo: [PIPE] });
    expect(encoder).toMatchObject({ role: 'audio', readsSource: false, writesTo: [] });
    expect(encoder?.args.join(' ')).toContain(`-f nut -i file:${PIPE} `);
  });

  it('does all in one process where there are no pipes', () => {
    const [whole, ...others] = commands({ titleEnd: END }, false);
    expect(others).toEqual([]);
    expect(whole).toMatchObject({ role: 'audio', readsSource: true, writesTo: [], measureFd: 4 });
    expect(whole?.args.join(' ')).toContain('-map [read] -c:a pcm_f32le -f framecrc pipe:4');
    expect(whole?.args.find((arg) => arg.includes('[whole]'))).toContain(
      `[heard]anull,${EITHER},atrim=start_pts=0:end_pts=446000,asplit=2[whole][read];[whole]${STEREO},atrim=end_pts=350000,${STEADY},aresample=async=1:min_hard_comp=0.001:first_pts=0,apad,atrim=end_pts=350000`,
    );
  });
});

const PIPE = '/s/audio-en-00000001.pipe';
