import { describe, expect, it } from 'vitest';
import { parseRational } from '../../../src/model/rational.js';
import { planPackaging } from '../../../src/stages/plan/packaging.js';

describe('HLS with MPEG-TS', () => {
  it.each([
    ['25', 1.4],
    ['60', 1.4],
    ['2', 1.5],
    ['1', 3],
    ['15/7', 1.4],
    ['3/2', 2],
  ])('at %s fps time 0 of the title is at %f s of the transport stream', (rate, zeroSeconds) => {
    expect(planPackaging('hls', parseRational(rate))).toMatchObject([{ zeroSeconds }]);
  });

  it('takes titles of sound alone, too', () => {
    expect(planPackaging('hls', null)).toEqual([
      { container: 'mpegts', manifests: ['hls'], zeroSeconds: 1.4, protection: null },
    ]);
  });
});

it('in CMAF the clock of the segments is that of the title', () => {
  expect(planPackaging('cmaf', parseRational('1'))).toMatchObject([{ container: 'fmp4', zeroSeconds: 0 }]);
});

it('both forms come from one encode, MPEG-TS first', () => {
  const forms = planPackaging('hls,cmaf', parseRational('25'));
  expect(forms.map(({ container }) => container)).toEqual(['mpegts', 'fmp4']);
});
