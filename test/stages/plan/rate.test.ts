import { describe, expect, it } from 'vitest';
import { mediaInfo, planRequest, VOD } from '../../../fixtures/media-info.js';
import type { Preset } from '../../../src/model/preset.js';
import { videoOf } from '../../../src/model/rendition.js';
import { plan } from '../../../src/stages/plan/plan.js';
import type { PlanRequest } from '../../../src/stages/plan/request.js';

const ABR: Preset = {
  ...VOD,
  name: 'sizes',
  video: { ...VOD.video, rateControl: { mode: 'abr', peakRatio: 1.2, bufferSeconds: 1.5 } },
};

function topOf(request: Partial<PlanRequest>) {
  return videoOf(plan(mediaInfo(), planRequest(request)))[0];
}

describe('rate control', () => {
  it("is the ladder's: constant quality under a cap", () => {
    expect(topOf({})?.rate).toEqual({ mode: 'crf', crf: 22, maxBitrate: 5_000_000, bufferBits: 10_000_000 });
  });

  it("is the ladder's: an average with peaks", () => {
    expect(topOf({ ladder: ABR })?.rate).toEqual({
      mode: 'abr',
      bitrate: 5_000_000,
      maxBitrate: 6_000_000,
      bufferBits: 9_000_000,
    });
  });

  it('can be asked for, with the other figures of the ladder', () => {
    expect(topOf({ crf: 18 })?.rate).toMatchObject({ mode: 'crf', crf: 18, maxBitrate: 5_000_000 });
    expect(topOf({ rateControl: 'abr' })?.rate).toMatchObject({
      mode: 'abr',
      maxBitrate: 7_500_000,
      bufferBits: 15_000_000,
    });
    expect(topOf({ ladder: ABR, rateControl: 'crf' })?.rate).toMatchObject({
      mode: 'crf',
      crf: 22,
      bufferBits: 7_500_000,
    });
    expect(topOf({ ladder: ABR, rateControl: 'crf', crf: 20 })?.rate).toMatchObject({ crf: 20 });
  });

  it('a crf with an average is a contradiction', () => {
    expect(() => topOf({ rateControl: 'abr', crf: 20 })).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => topOf({ ladder: ABR, crf: 20 })).toThrow(
      expect.objectContaining({ code: 'usage', hint: 'add --rate-control crf' }),
    );
  });

  it.each([0, 52, -1, Number.NaN])('crf %f is out of range', (crf) => {
    expect(() => topOf({ crf })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('the encoder', () => {
  it('has the options of the ladder, and the preset that was asked for', () => {
    expect(topOf({})).toMatchObject({ encoder: 'libx264', options: { preset: 'medium', profile: 'high' } });
    expect(topOf({ encoderPreset: 'veryfast' })?.options).toEqual({ preset: 'veryfast', profile: 'high' });
  });

  it('a mistyped preset is an error with the nearest name', () => {
    expect(() => topOf({ encoderPreset: 'veryfsat' })).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('did you mean "veryfast"?') }),
    );
  });

  it.each([['libx264'], ['aac']])('%s missing from FFmpeg is an error', (missing) => {
    const { capabilities } = planRequest();
    const encoders = new Set([...capabilities.encoders].filter((encoder) => encoder !== missing));
    expect(() => topOf({ capabilities: { ...capabilities, encoders } })).toThrow(
      expect.objectContaining({ code: 'tool-lacks-feature', message: expect.stringContaining(missing) }),
    );
  });

  it('is not asked for when there is no picture', () => {
    const { capabilities } = planRequest();
    const request = planRequest({ capabilities: { ...capabilities, encoders: new Set(['aac']) } });
    expect(plan(mediaInfo({ video: [] }), request).renditions).toHaveLength(1);
  });
});
