import { describe, expect, it } from 'vitest';
import { clip, type ClipName } from '../../../fixtures/clips.js';
import { stream } from '../../../fixtures/ffprobe-report.js';
import type { VideoTrack } from '../../../src/model/media.js';
import { formatRational } from '../../../src/model/rational.js';
import { countLost } from '../../../src/stages/probe/picture-times.js';
import { spread } from '../../../src/stages/probe/sample-pictures.js';
import { asMostPictures, asWovenFields } from '../../../src/stages/probe/usual-picture.js';
import { probeFile } from '../../support/probe-file.js';

/** What a look at the pictures of real files shows. */

async function seen(name: ClipName): Promise<VideoTrack> {
  const [track] = (await probeFile(await clip(name))).video;
  if (!track) throw new Error(`${name} has no picture`);
  return track;
}

describe('fields', () => {
  it('of HEVC coded one by one make pictures of twice the height and half the rate', async () => {
    expect(await seen('fieldsHevc')).toMatchObject({
      scan: { kind: 'fields' },
      codedSize: { width: 640, height: 360 },
      displaySize: { width: 640, height: 360 },
      realFrameRate: { num: 25, den: 1 },
      averageFrameRate: { num: 25, den: 1 },
    });
  });

  it.each<[ClipName, 'tff' | 'bff']>([
    ['combedFfv1', 'bff'],
    ['combedHuffyuv', 'tff'],
  ])('of %s are seen, though no flag tells', async (name, parity) => {
    const { scan, combing } = await seen(name);
    expect(scan).toEqual({ kind: 'progressive' });
    expect(combing).toMatchObject({ progressive: 0, [parity === 'tff' ? 'bff' : 'tff']: 0 });
    expect(combing?.[parity]).toBeGreaterThanOrEqual(8);
  });

  it('of a part are seen beside the rest', async () => {
    const { combing } = await seen('combedPart');
    expect(combing?.tff).toBeGreaterThanOrEqual(4);
    expect(combing?.progressive).toBeGreaterThanOrEqual(8);
    expect(combing?.bff).toBe(0);
  });

  it('that flags promise may be none, or in the other order', async () => {
    expect(await seen('psf')).toMatchObject({
      scan: { kind: 'interlaced', parity: 'tff' },
      combing: { tff: 0, bff: 0 },
    });
    const { scan, combing } = await seen('wrongOrder');
    expect(scan).toEqual({ kind: 'interlaced', parity: 'tff' });
    expect(combing?.tff).toBe(0);
    expect(combing?.bff).toBeGreaterThanOrEqual(8);
  });

  it('of a broadcast are flagged where they are', async () => {
    const { scan, flags } = await seen('interlacedPart');
    expect(scan).toEqual({ kind: 'progressive' });
    expect(flags?.interlaced).toBeLessThan((flags?.pictures ?? 0) / 4 + 1);
  });

  it('are not sought in pictures of screens, nor in what has no lines for them', async () => {
    expect((await seen('gif')).combing).toBeNull();
    expect((await seen('film24')).combing).toBeNull();
  });
});

describe('time', () => {
  it('of film that flags pull down', async () => {
    expect((await seen('softTelecine')).flags).toMatchObject({ interlaced: 0, pulledDown: 'throughout' });
    expect((await seen('softTelecinePart')).flags).toMatchObject({ interlaced: 0, pulledDown: 'in-part' });
  });

  it('of pictures that come in bursts is read, of constant ones not', async () => {
    const { times } = await seen('vfrBurst');
    const lost = new Map(times?.lost.map(({ rate, pictures }) => [formatRational(rate), pictures]));
    expect([times?.pictures, lost.get('15'), lost.get('30'), lost.get('60')]).toEqual([126, 89, 60, 0]);
    expect((await seen('film24')).times).toBeNull();
    expect((await seen('interlacedTffMpeg2')).times).toBeNull();
  });

  it('is counted in the order in which pictures are shown, whatever the rounding', () => {
    const lostAt = (times: readonly number[], rate: string) => {
      const counter = countLost();
      for (const time of times) counter.add(time);
      return counter.result().lost.find((one) => formatRational(one.rate) === rate)?.pictures;
    };
    const steady = (perSecond: number) => Array.from({ length: 300 }, (_, i) => 7 + i / perSecond);
    const ofMatroska = steady(30_000 / 1001).map((time) => Math.round(time * 1000) / 1000);
    expect(lostAt(ofMatroska, '30000/1001')).toBe(0);
    const reordered = steady(24).map((_, i, all) => all[i - (i % 4) + [0, 3, 1, 2][i % 4]!] ?? 0);
    expect(lostAt(reordered, '24')).toBe(0);
    expect(lostAt(reordered, '12')).toBe(149);
    expect(lostAt([], '25')).toBe(0);
  });
});

describe('the size of most pictures', () => {
  const frames = (count: number, width: number, height: number) =>
    Array.from({ length: count }, () => ({
      seconds: null,
      interlaced: false,
      topFieldFirst: false,
      repeat: 0,
      width,
      height,
      sampleAspect: '1:1',
      pixelFormat: 'yuv420p',
    }));
  const header = stream({ width: 640, height: 480, sample_aspect_ratio: '4:3' });

  it('is taken where the header has another one', () => {
    const most = asMostPictures(header, [...frames(2, 640, 480), ...frames(6, 1280, 720)]);
    expect(most).toMatchObject({ width: 1280, height: 720, sample_aspect_ratio: '1:1' });
  });

  it('is the header’s, of as many of each, and where no picture has the header’s', () => {
    expect(asMostPictures(header, [...frames(4, 640, 480), ...frames(4, 1280, 720)])).toBe(header);
    expect(asMostPictures(header, frames(4, 1280, 720))).toBe(header);
    expect(asMostPictures(header, [])).toBe(header);
  });

  it('of fields is that of two, in the shape that is meant', () => {
    const field = { width: 720, height: 288, r_frame_rate: '50/1', avg_frame_rate: '50/1', nb_frames: 101 };
    const woven = { height: 576, r_frame_rate: '25/1', avg_frame_rate: '25/1', nb_frames: 51 };
    const shaped = (sample_aspect_ratio: string) => asWovenFields(stream({ ...field, sample_aspect_ratio }));
    expect(shaped('16:11')).toMatchObject({ ...woven, sample_aspect_ratio: '16:11' });
    expect(shaped('8:11')).toMatchObject({ ...woven, sample_aspect_ratio: '16/11' });
  });
});

it('a track is looked at in places over its whole length', () => {
  expect(spread(null, 6)).toEqual([0]);
  expect(spread(2, 6)).toEqual([0]);
  expect(spread(10, 6)).toEqual([0, 0.45, 0.9]);
  expect(spread(3600, 6).map((share) => share.toFixed(2))).toEqual(['0.00', '0.18', '0.36', '0.54', '0.72', '0.90']);
  expect(spread(3600, 2)).toEqual([0, 0.9]);
});
