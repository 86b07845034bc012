import { describe, expect, it } from 'vitest';
import { videoTrack } from '../../../fixtures/media-info.js';
import type { VideoTrack } from '../../../src/model/media.js';
import { approximate, formatRational, parseRational, toNumber } from '../../../src/model/rational.js';
import { planFrameRate } from '../../../src/stages/plan/frame-rate.js';
import { PlanNotes } from '../../../src/stages/plan/notes.js';

function rateOf(real: string | null, average: string | null, parts: Partial<VideoTrack> = {}, limit = 60) {
  const notes = new PlanNotes();
  const track = videoTrack({
    realFrameRate: real === null ? null : parseRational(real),
    averageFrameRate: average === null ? null : parseRational(average),
    frames: null,
    ...parts,
  });
  const rate = formatRational(planFrameRate(track, limit, notes));
  return { rate, reason: notes.decisions[0]?.reason ?? '', warnings: notes.warnings.map(({ code }) => code) };
}

describe('a constant rate is kept exactly', () => {
  it.each([
    ['24000/1001', '24000/1001', '24000/1001'],
    ['24', '24', '24'],
    ['25', '25', '25'],
    ['30000/1001', '30000/1001', '30000/1001'],
    ['30', '30', '30'],
    ['48', '48', '48'],
    ['50', '50', '50'],
    ['60000/1001', '60000/1001', '60000/1001'],
    ['60', '60', '60'],
    ['25/2', '25/2', '25/2'],
    ['15000/1001', '15000/1001', '15000/1001'],
    ['10', '10', '10'],
    ['100/3', '100/3', '100/3'],
    ['18', '18', '18'],
  ])('real %s, average %s → %s', (real, average, expected) => {
    expect(rateOf(real, average)).toMatchObject({ rate: expected, warnings: [] });
  });

  it('written sloppily, it is the standard one', () => {
    expect(rateOf('2397/100', '2397/100').rate).toBe('24000/1001');
    expect(rateOf('2997/100', '2997/100').rate).toBe('30000/1001');
    expect(rateOf('5994/100', '5994/100').rate).toBe('60000/1001');
    expect(rateOf('23976/1000', '23976/1000').rate).toBe('24000/1001');
    expect(rateOf('10000000/417083', '10000000/417083').rate).toBe('24000/1001');
    expect(rateOf('10000000/333333', '10000000/333333').rate).toBe('30');
  });

  it('24 and 24000/1001 never mix', () => {
    expect(rateOf('24', '24000/1001').rate).toBe('24');
    expect(rateOf('24000/1001', '24').rate).toBe('24000/1001');
  });

  it('an odd one becomes a small fraction very near to it', () => {
    const { rate } = rateOf('1963127/100000', '1963127/100000');
    const { num, den } = parseRational(rate) ?? { num: 0, den: 1 };
    expect(den).toBeLessThanOrEqual(1001);
    expect(Math.abs(num / den - 19.631_27)).toBeLessThan(1e-5);
  });

  it('small gaps in the average do not disturb it', () => {
    expect(rateOf('30000/1001', '35040000/1169827').rate).toBe('30000/1001');
    expect(rateOf('30000/1001', '51600/1841').rate).toBe('30000/1001');
  });
});

describe('above the limit, whole pictures are dropped', () => {
  it.each([
    ['120000/1001', '60000/1001'],
    ['11988/100', '60000/1001'],
    ['100', '50'],
    ['240', '60'],
    ['90', '45'],
    ['120', '60'],
    ['144', '48'],
    ['165', '55'],
    ['6024/100', '60'],
  ])('%s → %s', (source, expected) => {
    expect(rateOf(source, source).rate).toBe(expected);
  });

  it('a lower limit of the ladder counts', () => {
    expect(rateOf('60', '60', {}, 30).rate).toBe('30');
    expect(rateOf('60000/1001', '60000/1001', {}, 30).rate).toBe('30000/1001');
    expect(rateOf('50', '50', {}, 30).rate).toBe('25');
  });
});

describe('a variable rate becomes a sane constant one', () => {
  it.each([
    ['600', '24600/1469', '20'],
    ['600', '6300/263', '24000/1001'],
    ['90000', '2997/100', '30000/1001'],
    ['1000', '24', '24'],
    ['1000', '30', '30'],
    ['1000', '302/10', '30'],
    ['1000', '241/10', '24'],
    ['100', '10', '10'],
    ['100', '1245/100', '25/2'],
    ['1000', '33', '48'],
    ['1000', '75', '60'],
    ['1000', '1/5', '1'],
    ['57600', '13', '15'],
  ])('real %s, average %s → %s', (real, average, expected) => {
    expect(rateOf(real, average).rate).toBe(expected);
  });

  it('film with pull-down flags is film', () => {
    expect(rateOf('30000/1001', '24000/1001').rate).toBe('24000/1001');
  });

  it('the number of frames stands in for a missing average', () => {
    expect(rateOf('1000', null, { frames: 150, durationSeconds: 10 }).rate).toBe('15');
  });

  it('never a bogus one, never below 1, never above the limit', () => {
    for (let average = 0.05; average < 400; average *= 1.07) {
      for (const real of [null, '600', '1000', '90000', '57600']) {
        const { rate } = rateOf(real, formatRational(approximate(average, 1001)));
        const value = toNumber(parseRational(rate) ?? { num: 0, den: 1 });
        expect(value).toBeGreaterThanOrEqual(1);
        expect(value).toBeLessThanOrEqual(60);
        if (average >= 1 && average <= 60) expect(value).toBeGreaterThanOrEqual(average * 0.99);
        if (average >= 1 && average <= 60) expect(value).toBeLessThanOrEqual(average * 2);
      }
    }
  });
});

describe('interlaced', () => {
  const scan = { kind: 'interlaced', parity: 'tff' } as const;

  it('one picture for two fields where the header counts fields', () => {
    expect(rateOf('50', '25', { scan })).toMatchObject({ rate: '25', reason: expect.stringContaining('two fields') });
    expect(rateOf('60000/1001', '30000/1001', { scan }).rate).toBe('30000/1001');
  });

  it('the frame rate as it is where the header counts frames', () => {
    expect(rateOf('30000/1001', '30000/1001', { scan }).rate).toBe('30000/1001');
  });
});

describe('film that flags pull down', () => {
  const flags = (pulledDown: 'no' | 'in-part' | 'throughout') => ({
    flags: { pictures: 24, interlaced: 0, pulledDown },
  });

  it.each([
    ['60000/1001', '30000/1001', '24000/1001'],
    ['30000/1001', '30000/1001', '24000/1001'],
    ['60000/1001', '24000/1001', '24000/1001'],
    ['60000/1001', '60000/1001', '24000/1001'],
    ['30', '30', '24'],
  ])('real %s, average %s: %s', (real, average, expected) => {
    expect(rateOf(real, average, flags('throughout'))).toMatchObject({
      rate: expected,
      reason: expect.stringContaining('soft telecine'),
      warnings: [],
    });
  });

  it.each([
    ['60000/1001', '30000/1001'],
    ['60000/1001', '27'],
  ])('in part: real %s, average %s: television’s rate', (real, average) => {
    expect(rateOf(real, average, flags('in-part'))).toMatchObject({
      rate: '30000/1001',
      reason: expect.stringContaining('a part of it'),
    });
  });

  it('no pull-down changes nothing', () => {
    expect(rateOf('25', '25', flags('no'))).toMatchObject({ rate: '25', reason: expect.stringContaining('agrees') });
  });
});

describe('a rate that varies, with the times of all pictures', () => {
  const times = (pictures: number, lost: Readonly<Record<string, number>>) => ({
    times: {
      pictures,
      lost: ['15', '20', '24', '25', '30000/1001', '30', '48', '50', '60000/1001', '60', '100', '120'].map((text) => ({
        rate: parseRational(text) ?? { num: 1, den: 1 },
        pictures: lost[text] ?? 0,
      })),
    },
  });

  it('is the lowest that shows them all', () => {
    expect(rateOf('1000', '19', times(1000, {}))).toMatchObject({ rate: '20', warnings: [] });
    const burst = times(128, {
      15: 90,
      20: 80,
      24: 72,
      25: 70,
      '30000/1001': 61,
      30: 60,
      48: 24,
      50: 20,
      '60000/1001': 1,
    });
    expect(rateOf('60', '64/5', burst)).toMatchObject({
      rate: '60',
      reason: expect.stringContaining('every frame is shown'),
      warnings: [],
    });
  });

  it('a header that has the average for a rate is not believed where pictures come faster', () => {
    const paused = times(151, { 20: 36, 24: 4, 25: 0, 30: 0, 50: 0, 60: 0 });
    expect(rateOf('151/8', '151/8', paused)).toMatchObject({ rate: '25', warnings: [] });
    expect(rateOf('151/8', '151/8', times(151, { 20: 0, 25: 0, 30: 0, 60: 0 }))).toMatchObject({ rate: '151/8' });
  });

  it('a few times that shake do not count', () => {
    const { rate, reason, warnings } = rateOf('1000', '2997/100', times(3000, { '30000/1001': 9, 30: 8 }));
    expect([rate, warnings]).toEqual(['30000/1001', []]);
    expect(reason).toContain('9 of 3000');
  });

  it('at the limit of the ladder it is said how many are lost', () => {
    const fast = times(1000, { 15: 800, 20: 700, 24: 690, 25: 650, '30000/1001': 501, 30: 500, 60: 0 });
    expect(rateOf('1000', '14', fast, 30)).toMatchObject({ rate: '30', warnings: ['pictures-dropped'] });
  });
});

describe('nothing to go by', () => {
  it.each([
    [null, null],
    ['90000', null],
    ['1000', '1000'],
    [null, '0/1'],
  ])('real %s, average %s: 25 with a warning', (real, average) => {
    expect(rateOf(real, average)).toMatchObject({ rate: '25', warnings: ['frame-rate-unknown'] });
  });

  it('a plausible header alone is enough', () => {
    expect(rateOf('30000/1001', null)).toMatchObject({ rate: '30000/1001', warnings: [] });
    expect(rateOf(null, '25')).toMatchObject({ rate: '25', warnings: [] });
  });
});
