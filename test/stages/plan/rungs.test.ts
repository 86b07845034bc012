import { describe, expect, it } from 'vitest';
import { videoTrack, VOD } from '../../../fixtures/media-info.js';
import type { VideoTrack } from '../../../src/model/media.js';
import { rational } from '../../../src/model/rational.js';
import { PlanNotes } from '../../../src/stages/plan/notes.js';
import { planRungs } from '../../../src/stages/plan/rungs.js';
import { displaySize } from '../../../src/stages/probe/display-size.js';

const LADDER = VOD.video.rungs;

function rungsOf(track: VideoTrack, only: readonly string[] | null = null) {
  const notes = new PlanNotes();
  const rungs = planRungs(track, VOD.video, only, notes);
  return {
    rungs: rungs.map(({ name, width, height, bitrate }) => `${name} ${width}x${height} ${bitrate / 1000}k`),
    leftOut: notes.leftOut.map(({ what }) => what.replace('rung ', '')),
    notes,
  };
}

const sized = (width: number, height: number) => rungsOf(videoTrack({ size: [width, height] }));

describe('rungs at or below the source', () => {
  it('1080p gets the whole ladder, as it is', () => {
    expect(sized(1920, 1080)).toMatchObject({
      rungs: [
        '1080p 1920x1080 5000k',
        '720p 1280x720 2800k',
        '480p 854x480 1400k',
        '360p 640x360 800k',
        '240p 426x240 300k',
      ],
      leftOut: [],
    });
  });

  it('portrait goes by the short side too', () => {
    expect(sized(1080, 1920).rungs).toEqual([
      '1080p 1080x1920 5000k',
      '720p 720x1280 2800k',
      '480p 480x854 1400k',
      '360p 360x640 800k',
      '240p 240x426 300k',
    ]);
  });

  it('2160p is scaled down to the top of the ladder, with no rung of its own', () => {
    expect(sized(3840, 2160).rungs[0]).toBe('1080p 1920x1080 5000k');
    expect(sized(4096, 2160).rungs[0]).toBe('1080p 2048x1080 5000k');
    expect(sized(1920, 1088).rungs[0]).toBe('1080p 1906x1080 5000k');
  });

  it('720p leaves 1080p out and says why', () => {
    const { rungs, notes } = sized(1280, 720);
    expect(rungs).toHaveLength(4);
    expect(notes.leftOut).toEqual([
      { what: 'rung 1080p', reason: "the source's short side is 720 pixels; this rung would only enlarge it" },
    ]);
  });
});

describe('a source between two rungs gets one of its own size', () => {
  it.each([
    [1024, 576, '576p 1024x576 1900k'],
    [1920, 800, '800p 1920x800 3300k'],
    [1920, 804, '804p 1920x804 3300k'],
    [1138, 640, '640p 1138x640 2300k'],
    [540, 960, '540p 540x960 1700k'],
  ])('%i×%i → %s', (width, height, top) => {
    expect(sized(width, height).rungs[0]).toBe(top);
  });

  it('in the place of the rung below when that is within 5 %', () => {
    expect(sized(374, 666)).toMatchObject({
      rungs: ['374p 374x666 850k', '240p 240x428 300k'],
      leftOut: ['1080p', '720p', '480p', '360p'],
    });
  });

  it('with a cap between those of its neighbours, for every size', () => {
    for (let short = 242; short < 1080; short += 2) {
      const [top, second] = planRungs(videoTrack({ size: [2000, short] }), VOD.video, null, new PlanNotes());
      const below = LADDER.findLast((rung) => rung.shortSide <= short);
      const above = LADDER.find((rung) => rung.shortSide > short);
      expect(top?.bitrate).toBeGreaterThanOrEqual(below?.bitrate ?? 0);
      expect(top?.bitrate).toBeGreaterThan(second?.bitrate ?? 0);
      if (2000 / short < 3.5) expect(top?.bitrate).toBeLessThanOrEqual(above?.bitrate ?? 0);
    }
  });
});

describe('a source smaller than the smallest rung', () => {
  it.each([
    [320, 180, '180p 320x180 190k'],
    [176, 144, '144p 176x144 110k'],
    [3000, 100, '100p 3000x100 670k'],
    [64, 64, '64p 64x64 80k'],
    [16, 16, '16p 16x16 80k'],
  ])('%i×%i → one rung %s', (width, height, only) => {
    expect(sized(width, height)).toMatchObject({ rungs: [only], leftOut: ['1080p', '720p', '480p', '360p', '240p'] });
  });
});

describe('sizes', () => {
  it('odd ones are rounded down to even, never up', () => {
    expect(sized(321, 241).rungs).toEqual(['240p 320x240 300k']);
    expect(sized(481, 361).rungs[0]).toBe('360p 480x360 800k');
    expect(sized(179, 101).rungs[0]).toMatch(/^100p 178x100 /);
  });

  it.each([
    ['DV NTSC 16:9', 720, 480, rational(32, 27), ['480p 854x480', '360p 640x360', '240p 426x240']],
    ['DV NTSC 4:3', 720, 480, rational(8, 9), ['480p 640x480', '360p 480x360', '240p 320x240']],
    ['PAL 16:9', 720, 576, rational(64, 45), ['576p 1024x576', '480p 854x480', '360p 640x360', '240p 426x240']],
    [
      'HDV',
      1440,
      1080,
      rational(4, 3),
      ['1080p 1920x1080', '720p 1280x720', '480p 854x480', '360p 640x360', '240p 426x240'],
    ],
  ])('anamorphic %s has square pixels', (_, width, height, sampleAspect, expected) => {
    const coded = { width, height };
    const shown = displaySize(coded, sampleAspect, { mirror: false, clockwise: 0 });
    const track = videoTrack({ codedSize: coded, sampleAspect, displaySize: shown });
    expect(rungsOf(track).rungs.map((rung) => rung.split(' ').slice(0, 2).join(' '))).toEqual(expected);
  });

  it('a turned anamorphic picture keeps its shape too', () => {
    const orientation = { mirror: false, clockwise: 90 } as const;
    const track = videoTrack({
      codedSize: { width: 720, height: 480 },
      sampleAspect: rational(32, 27),
      orientation,
      displaySize: { width: 480, height: 853 },
    });
    expect(rungsOf(track).rungs[0]).toBe('480p 480x854 1400k');
  });

  it('are even, upright as the source, of its aspect and never larger, for every shape', () => {
    for (let width = 16; width <= 4096; width += 61) {
      for (let height = 16; height <= 2400; height += 53) {
        const rungs = planRungs(videoTrack({ size: [width, height] }), VOD.video, null, new PlanNotes());
        expect(rungs.length).toBeGreaterThan(0);
        for (const rung of rungs) {
          expect((rung.width % 2) + (rung.height % 2)).toBe(0);
          expect(rung.width).toBeLessThanOrEqual(width + 1);
          expect(rung.height).toBeLessThanOrEqual(height + 1);
          const [long, short] = [Math.max(rung.width, rung.height), Math.min(rung.width, rung.height)];
          const aspect = Math.max(width, height) / Math.min(width, height);
          expect(Math.abs(long - short * aspect)).toBeLessThanOrEqual(1.0001);
          if (width !== height) expect(rung.width >= rung.height).toBe(width > height || rung.width === rung.height);
        }
        const sides = rungs.map((rung) => Math.min(rung.width, rung.height));
        expect(sides).toEqual(sides.toSorted((a, b) => b - a));
        expect(new Set(rungs.map(({ name }) => name)).size).toBe(rungs.length);
      }
    }
  });

  it('a panorama gets more bits, and loses the rungs that no player takes', () => {
    expect(sized(10_000, 1080)).toMatchObject({
      rungs: ['720p 6666x720 9700k', '480p 4444x480 4800k', '360p 3334x360 2800k', '240p 2222x240 1050k'],
      leftOut: ['1080p'],
    });
  });

  it.each([
    [8, 8],
    [1920, 14],
    [15, 4000],
  ])('%i×%i is too small, and says so', (width, height) => {
    expect(() => sized(width, height)).toThrow(
      expect.objectContaining({ code: 'input-unsupported', message: expect.stringContaining('too small') }),
    );
  });

  it('one that is too long at every rung is an error', () => {
    expect(() => sized(40_000, 1000)).toThrow(
      expect.objectContaining({ code: 'input-unsupported', message: expect.stringContaining('40000×1000') }),
    );
  });
});

describe('--only', () => {
  const track = videoTrack();

  it('picks by name, in any order, case and with or without the p', () => {
    expect(rungsOf(track, ['240p', '720P']).rungs).toEqual(['720p 1280x720 2800k', '240p 426x240 300k']);
    expect(rungsOf(track, ['480']).rungs).toEqual(['480p 854x480 1400k']);
  });

  it('names what it leaves out', () => {
    const { notes } = rungsOf(track, ['1080p', '720p', '480p', '360p']);
    expect(notes.leftOut).toEqual([{ what: 'rung 240p', reason: 'not asked for (--only)' }]);
  });

  it('an unknown name is an error with what there is', () => {
    expect(() => rungsOf(track, ['720q'])).toThrow(
      expect.objectContaining({
        code: 'usage',
        hint: 'did you mean "720p"? Else choose from 1080p, 720p, 480p, 360p, 240p',
      }),
    );
  });

  it('so is a rung that this source is too small for', () => {
    expect(() => rungsOf(videoTrack({ size: [640, 360] }), ['720p'])).toThrow(
      expect.objectContaining({
        code: 'usage',
        reason: expect.stringContaining('too small'),
        hint: 'choose from 360p, 240p',
      }),
    );
  });

  it('a rung of the source size can be named', () => {
    expect(rungsOf(videoTrack({ size: [1024, 576] }), ['576p']).rungs).toEqual(['576p 1024x576 1900k']);
  });
});
