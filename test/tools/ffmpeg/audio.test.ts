import { describe, expect, it } from 'vitest';
import { sampleAudio, samplePlan } from '../../../fixtures/plan.js';
import { rational, type Rational } from '../../../src/model/rational.js';
import { audioCommand } from '../../../src/tools/ffmpeg/audio.js';
import { localAddress } from '../../../src/tools/input-safety.js';

function filters(
  first: number,
  titleEnd: Rational | null,
  changes: Partial<ReturnType<typeof sampleAudio>> = {},
  end: number | null = null,
): string {
  const { args } = audioCommand({
    plan: samplePlan('/in.mp4'),
    address: localAddress('/in.mp4'),
    folder: '/s',
    audio: { ...sampleAudio(), ...changes },
    first,
    end,
    titleEnd,
  });
  return args[args.indexOf('-af') + 1] ?? '';
}

/** 350 000 samples. */
const END = rational(350_000, 48_000);

describe('audioCommand', () => {
  it('puts the track on the title’s timeline and pads it to its end', () => {
    expect(filters(0, END)).toBe(
      'aformat=sample_rates=48000:sample_fmts=fltp:channel_layouts=stereo,aresample=async=1:first_pts=0,apad,atrim=end_pts=350000',
    );
  });

  it('begins a later span on the AAC frame that the whole run would have there', () => {
    // Segment 3 begins at 6.006 s = sample 288288; the next multiple of 1024 is 288768.
    expect(filters(3, END)).toBe(
      'asetpts=PTS+round(4/TB),aformat=sample_rates=48000:sample_fmts=fltp:channel_layouts=stereo,' +
        'aresample=async=1:first_pts=288768,asetpts=PTS-288288,apad,atrim=end_pts=61712',
    );
  });

  it('ends a chunk a little after its last segment, for the encoder to look ahead', () => {
    // Segment 2 begins at 4.004 s = sample 192192.
    expect(filters(0, END, {}, 2)).toMatch(/,apad,atrim=end_pts=196288$/);
    expect(filters(0, null, {}, 2)).toMatch(/first_pts=0,atrim=end_pts=196288$/);
    expect(filters(0, rational(4), {}, 2)).toMatch(/,apad,atrim=end_pts=192000$/);
  });

  it('writes no version into the stream', () => {
    const plan = samplePlan('/in.mp4');
    const given = { plan, address: localAddress('/in.mp4'), folder: '/s', audio: sampleAudio() };
    expect(audioCommand({ ...given, first: 0, end: null, titleEnd: null }).args.join(' ')).toContain(
      '-flags:a +bitexact',
    );
  });

  it('keeps the level of mono and limits a fold-down', () => {
    expect(filters(0, null, { sourceChannels: 1 })).toMatch(/^pan=stereo\|c0=c0\|c1=c0,aformat/);
    expect(filters(0, null, { sourceChannels: 6, downmix: true })).toContain(
      'stereo,alimiter=level=0:limit=0.89,aresample',
    );
  });
});
