import { describe, expect, it } from 'vitest';
import { sampleAudio, samplePlan } from '../../../fixtures/plan.js';
import { audioCommand } from '../../../src/tools/ffmpeg/audio.js';
import { localAddress } from '../../../src/tools/input-safety.js';

function filters(first: number, end: number | null, changes: Partial<ReturnType<typeof sampleAudio>> = {}): string {
  const { args } = audioCommand({
    plan: samplePlan('/in.mp4'),
    address: localAddress('/in.mp4'),
    folder: '/s',
    audio: { ...sampleAudio(), ...changes },
    first,
    endSamples: end,
  });
  return args[args.indexOf('-af') + 1] ?? '';
}

describe('audioCommand', () => {
  it('puts the track on the title’s timeline and pads it to its end', () => {
    expect(filters(0, 350_000)).toBe(
      'aformat=sample_rates=48000:sample_fmts=fltp:channel_layouts=stereo,aresample=async=1:first_pts=0,apad,atrim=end_pts=350000',
    );
  });

  it('begins a later span on the AAC frame that the whole run would have there', () => {
    // Segment 3 begins at 6.006 s = sample 288288; the next multiple of 1024 is 288768.
    expect(filters(3, 350_000)).toBe(
      'asetpts=PTS+round(4/TB),aformat=sample_rates=48000:sample_fmts=fltp:channel_layouts=stereo,' +
        'aresample=async=1:first_pts=288768,asetpts=PTS-288288,apad,atrim=end_pts=61712',
    );
  });

  it('keeps the level of mono and limits a fold-down', () => {
    expect(filters(0, null, { sourceChannels: 1 })).toMatch(/^pan=stereo\|c0=c0\|c1=c0,aformat/);
    expect(filters(0, null, { sourceChannels: 6, downmix: true })).toContain(
      'stereo,alimiter=level=0:limit=0.89,aresample',
    );
  });
});
