import { describe, expect, it } from 'vitest';
import { mediaInfo, planRequest, videoTrack } from '../../../fixtures/media-info.js';
import { samplePicture } from '../../../fixtures/plan.js';
import type { Color, VideoTrack } from '../../../src/model/media.js';
import { rational } from '../../../src/model/rational.js';
import { PlanNotes } from '../../../src/stages/plan/notes.js';
import { planPicture } from '../../../src/stages/plan/picture.js';

const FULL = planRequest().capabilities;

function pictureOf(track: VideoTrack, without: readonly string[] = []) {
  const notes = new PlanNotes();
  const filters = new Set([...FULL.filters].filter((filter) => !without.includes(filter)));
  const request = planRequest({ capabilities: { ...FULL, filters } });
  const picture = planPicture(mediaInfo(), track, rational(25), request, notes);
  const { color } = picture;
  return {
    picture,
    tags: `${color.primaries}/${color.transfer}/${color.matrix}`,
    said: notes.decisions.map(({ subject, choice }) => `${subject}: ${choice}`),
    warnings: notes.warnings.map(({ code }) => code),
  };
}

const UNTAGGED: Color = { range: null, matrix: null, transfer: null, primaries: null };
const tagged = (color: Partial<Color>): Color => ({ ...UNTAGGED, ...color });

describe('SDR colours', () => {
  it('are kept as tagged, without touching a pixel', () => {
    const { picture, tags } = pictureOf(videoTrack({ size: [640, 360] }));
    expect(tags).toBe('bt709/bt709/bt709');
    expect(picture).toEqual(samplePicture(rational(25)));
  });

  it.each<[string, readonly [number, number], Partial<Color>, string, string, boolean]>([
    ['untagged HD', [1280, 720], {}, 'bt709/bt709/bt709', 'bt709', false],
    ['untagged wide SD', [1280, 536], {}, 'bt709/bt709/bt709', 'bt709', false],
    ['untagged portrait HD', [720, 1280], {}, 'bt709/bt709/bt709', 'bt709', false],
    ['untagged SD', [640, 480], {}, 'smpte170m/smpte170m/smpte170m', 'smpte170m', false],
    ['untagged PAL', [720, 576], {}, 'bt470bg/smpte170m/bt470bg', 'smpte170m', false],
    [
      'half-tagged PAL',
      [1024, 576],
      { matrix: 'bt470bg', primaries: 'bt470bg' },
      'bt470bg/smpte170m/bt470bg',
      'smpte170m',
      false,
    ],
    ['SD tagged BT.709', [640, 360], { matrix: 'bt709' }, 'bt709/bt709/bt709', 'bt709', false],
    ['SD with BT.709 primaries only', [640, 360], { primaries: 'bt709' }, 'bt709/bt709/bt709', 'bt709', false],
    ['a webcam: BT.601 matrix in HD', [1280, 720], { matrix: 'bt470bg' }, 'bt709/bt709/bt470bg', 'smpte170m', false],
    [
      'sRGB curve',
      [1920, 1080],
      { matrix: 'bt709', transfer: 'iec61966-2-1', primaries: 'bt709' },
      'bt709/iec61966-2-1/bt709',
      'bt709',
      false,
    ],
    [
      'Display P3',
      [1920, 1080],
      { matrix: 'bt709', transfer: 'bt709', primaries: 'smpte432' },
      'smpte432/bt709/bt709',
      'bt709',
      false,
    ],
    [
      'SMPTE 240M',
      [1920, 1080],
      { matrix: 'smpte240m', transfer: 'smpte240m', primaries: 'smpte240m' },
      'smpte240m/smpte240m/bt709',
      'smpte240m',
      true,
    ],
    [
      'BT.470 gamma, which has no common name',
      [720, 576],
      { matrix: 'bt470bg', transfer: 'bt470bg', primaries: 'bt470bg' },
      'bt470bg/smpte170m/bt470bg',
      'smpte170m',
      false,
    ],
    [
      'BT.2020 matrix with BT.709 primaries',
      [1920, 1080],
      { matrix: 'bt2020nc', transfer: 'bt709', primaries: 'bt709' },
      'bt709/bt709/bt709',
      'bt2020',
      true,
    ],
  ])('%s', (_, size, color, tags, inputMatrix, matrixConversion) => {
    const result = pictureOf(videoTrack({ size, color: tagged(color) }));
    expect([result.tags, result.picture.inputMatrix, result.picture.matrixConversion]).toEqual([
      tags,
      inputMatrix,
      matrixConversion,
    ]);
    expect(result.warnings).toEqual([]);
  });

  it('a matrix that the scaler cannot read is taken for the usual one, with a warning', () => {
    const result = pictureOf(videoTrack({ color: tagged({ matrix: 'ycgco' }) }));
    expect(result).toMatchObject({ warnings: ['unusual-colour-matrix'], tags: 'bt709/bt709/bt709' });
  });

  it.each(['pal8', 'bgra', 'rgb24', 'gbrp', 'gbrp10le', 'rgb48le', 'bgr0', 'argb', 'x2rgb10le', 'monob'])(
    '%s becomes BT.709',
    (pixelFormat) => {
      const result = pictureOf(
        videoTrack({ size: [320, 240], pixelFormat, color: tagged({ range: 'pc', matrix: 'gbr' }) }),
      );
      expect(result).toMatchObject({
        tags: 'bt709/bt709/bt709',
        picture: { inputRange: 'pc', inputMatrix: 'bt709', matrixConversion: true, wideGamut: false },
      });
    },
  );

  it('full range is brought to limited', () => {
    expect(pictureOf(videoTrack({ color: tagged({ range: 'pc' }) })).picture.inputRange).toBe('pc');
    const yuvj = pictureOf(videoTrack({ pixelFormat: 'yuvj420p', color: UNTAGGED }));
    expect(yuvj.picture.inputRange).toBe('pc');
    expect(yuvj.said).toContain('range: full → limited');
  });
});

describe('wide gamut in SDR', () => {
  const color = tagged({ matrix: 'bt2020nc', transfer: 'bt2020-10', primaries: 'bt2020' });

  it('is converted', () => {
    expect(pictureOf(videoTrack({ color }))).toMatchObject({
      tags: 'bt709/bt709/bt709',
      warnings: [],
      picture: { wideGamut: true, toneMap: null, inputMatrix: 'bt2020', matrixConversion: true },
    });
  });

  it('is kept and warned of where FFmpeg cannot', () => {
    expect(pictureOf(videoTrack({ color }), ['zscale'])).toMatchObject({
      tags: 'bt2020/bt2020-10/bt2020nc',
      warnings: ['wide-gamut-kept'],
      picture: { wideGamut: false, inputMatrix: 'bt2020', matrixConversion: false },
    });
  });
});

describe('HDR', () => {
  it.each(['pq', 'hlg'] as const)('%s is tone-mapped to BT.709', (dynamicRange) => {
    const color = tagged({
      matrix: 'bt2020nc',
      transfer: dynamicRange === 'pq' ? 'smpte2084' : 'arib-std-b67',
      primaries: 'bt2020',
    });
    const track = videoTrack({ codec: 'hevc', dynamicRange, color, pixelFormat: 'yuv420p10le', bitDepth: 10 });
    expect(pictureOf(track)).toMatchObject({
      tags: 'bt709/bt709/bt709',
      picture: { toneMap: dynamicRange, wideGamut: false, inputMatrix: 'bt2020', matrixConversion: true },
    });
  });

  it.each(['zscale', 'lutrgb'])('without the filter %s it is an error that names it', (filter) => {
    expect(() => pictureOf(videoTrack({ dynamicRange: 'pq' }), [filter])).toThrow(
      expect.objectContaining({ code: 'tool-lacks-feature', reason: expect.stringContaining(filter) }),
    );
    expect(pictureOf(videoTrack(), [filter]).warnings).toEqual([]);
  });
});

describe('the picture', () => {
  it.each(['tff', 'bff'] as const)('%s is deinterlaced with its parity', (parity) => {
    expect(pictureOf(videoTrack({ scan: { kind: 'interlaced', parity } })).picture).toMatchObject({
      weave: false,
      deinterlace: { parity, pictures: 'all' },
    });
  });

  it('interlaced without bwdif is an error', () => {
    const track = videoTrack({ scan: { kind: 'interlaced', parity: 'tff' } });
    expect(() => pictureOf(track, ['bwdif'])).toThrow(expect.objectContaining({ code: 'tool-lacks-feature' }));
  });

  it('is turned and mirrored as the file asks', () => {
    const { picture, said } = pictureOf(videoTrack({ orientation: { mirror: true, clockwise: 270 } }));
    expect(picture).toMatchObject({ mirror: true, clockwise: 270 });
    expect(said).toContain('orientation: mirrored, then rotated 270° clockwise');
  });

  it.each([
    ['yuv422p10le', 10],
    ['yuv420p12le', 12],
    ['yuv444p', 8],
    ['yuv411p', 8],
    ['uyvy422', 8],
  ])('%s becomes 8-bit 4:2:0, and says so', (pixelFormat, bitDepth) => {
    expect(pictureOf(videoTrack({ pixelFormat, bitDepth })).said).toContain(`pixel format: ${pixelFormat} → yuv420p`);
  });
});
