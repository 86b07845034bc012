import { describe, expect, it } from 'vitest';
import { planRequest, videoTrack } from '../../../fixtures/media-info.js';
import type { VideoTrack } from '../../../src/model/media.js';
import { PlanNotes } from '../../../src/stages/plan/notes.js';
import { pickVideo } from '../../../src/stages/plan/tracks.js';

function pick(...tracks: VideoTrack[]) {
  const notes = new PlanNotes();
  const chosen = pickVideo(tracks, planRequest().capabilities, notes);
  return { index: chosen?.index ?? null, notes };
}

describe('of several pictures', () => {
  it("the file's default wins over a larger one", () => {
    const { index, notes } = pick(
      videoTrack({ index: 0, isDefault: false }),
      videoTrack({ index: 3, isDefault: true, size: [640, 360] }),
    );
    expect(index).toBe(3);
    expect(notes.decisions[0]?.reason).toBe("the file's default, of 2");
    expect(notes.leftOut).toEqual([
      { what: 'video track 0 (h264 1920×1080)', reason: 'a title has one video track; track 3 was chosen' },
    ]);
  });

  it('else the one with most pixels, else the first', () => {
    const small = videoTrack({ index: 0, isDefault: false, size: [640, 360] });
    const large = videoTrack({ index: 1, isDefault: false });
    expect(pick(small, large).index).toBe(1);
    expect(pick(small, large, { ...large, index: 2 }).index).toBe(1);
  });

  it('one that can be decoded wins over one that cannot, which is named', () => {
    const { index, notes } = pick(videoTrack({ codec: 'vvc' }), videoTrack({ index: 1, isDefault: false }));
    expect(index).toBe(1);
    expect(notes.warnings).toMatchObject([{ code: 'video-track-unusable' }]);
    expect(notes.leftOut[0]?.reason).toBe('this FFmpeg has no decoder for vvc');
  });
});

it('cover art is never the picture', () => {
  const { index, notes } = pick(videoTrack({ codec: 'png', role: 'cover', size: [120, 63] }));
  expect(index).toBeNull();
  expect(notes.leftOut[0]?.reason).toContain('cover art');
  expect(pick(videoTrack({ index: 5, size: [4000, 4000], role: 'cover' }), videoTrack({ index: 6 })).index).toBe(6);
});

describe('what cannot be encoded is an error', () => {
  it('a codec without a decoder', () => {
    expect(() => pick(videoTrack({ codec: 'vvc' }))).toThrow(expect.objectContaining({ code: 'input-unsupported' }));
  });

  it('a header without a size', () => {
    expect(() => pick(videoTrack({ size: [0, 0] }))).toThrow(expect.objectContaining({ code: 'input-unsupported' }));
  });

  it.each([
    [5, 0, false],
    [10, 0, false],
    [8, 0, false],
    [8, 1, true],
    [8, 4, true],
    [9, 2, true],
    [7, 6, true],
    [7, 0, true],
    [4, 0, true],
  ])('Dolby Vision profile %i with compatibility %i: usable %s', (profile, baseLayerCompatibility, usable) => {
    const track = videoTrack({ codec: 'hevc', dolbyVision: { profile, baseLayerCompatibility } });
    if (usable) expect(pick(track).index).toBe(0);
    else
      expect(() => pick(track)).toThrow(
        expect.objectContaining({ code: 'input-unsupported', reason: expect.stringContaining('Dolby Vision') }),
      );
  });
});
