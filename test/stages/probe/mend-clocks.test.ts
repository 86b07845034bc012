import { describe, expect, it } from 'vitest';
import { mendClocks } from '../../../src/stages/probe/mend-clocks.js';
import { collectRuns } from '../../../src/stages/probe/packet-runs.js';

const PICTURE = 0;
const SOUND = 1;

/** Packets of a stretch of recording: pictures every 40 ms, sound every 20 ms, in the order of their times. */
function stretch(from: number, to: number, tracks: readonly number[] = [PICTURE, SOUND]) {
  const packets = tracks.flatMap((stream) => {
    const duration = stream === PICTURE ? 0.04 : 0.02;
    const count = Math.round((to - from) / duration);
    return Array.from({ length: count }, (_, i) => {
      const time = Number((from + i * duration).toFixed(6));
      return { stream, pts: time, dts: time, duration };
    });
  });
  return packets.toSorted((a, b) => a.pts - b.pts || b.stream - a.stream);
}

function mend(stretches: readonly ReturnType<typeof stretch>[], { mayLeap = false } = {}) {
  const collector = collectRuns(mayLeap);
  for (const packet of stretches.flat()) collector.add(packet);
  const { tracks, closedGaps } = mendClocks(collector.result(), new Set([SOUND, 3]), mayLeap);
  const of = (index: number) => {
    const track = tracks.find((one) => one.index === index);
    return { from: track?.startSeconds, to: track?.endSeconds, breaks: track?.parts[0]?.breaks ?? [] };
  };
  return { picture: of(PICTURE), sound: of(SOUND), of, closedGaps };
}

describe('clocks that are mended', () => {
  it('leaves one that runs on alone', () => {
    const { picture, sound, closedGaps } = mend([stretch(5, 9)]);
    expect(picture).toEqual({ from: 5, to: 9, breaks: [] });
    expect(sound).toEqual({ from: 5, to: 9, breaks: [] });
    expect(closedGaps).toEqual([]);
  });

  it('goes on where a clock fell back, with the same shift for picture and sound', () => {
    const { picture, sound } = mend([stretch(0, 4), stretch(0.1, 4.1)]);
    expect(picture.to).toBeCloseTo(8, 5);
    expect(picture.breaks).toEqual([{ afterSeconds: 4, jumpSeconds: -3.86, offsetSeconds: 3.9 }]);
    expect(sound.breaks).toMatchObject([{ afterSeconds: 4, offsetSeconds: 3.9 }]);
  });

  it('keeps what outlasts the other before a break', () => {
    const { picture, sound } = mend([stretch(0, 3), stretch(3, 5, [SOUND]), stretch(0, 2)]);
    expect(picture.breaks).toMatchObject([{ offsetSeconds: 5 }]);
    expect(sound).toMatchObject({ to: 7, breaks: [{ offsetSeconds: 5 }] });
  });

  it('does not show a picture twice for the padding of sound', () => {
    const { picture } = mend([stretch(0, 3), stretch(3, 3.06, [SOUND]), stretch(0, 3)]);
    expect(picture).toMatchObject({ to: 6, breaks: [{ offsetSeconds: 3 }] });
  });

  it('closes a gap of minutes in which nothing is recorded, and says so', () => {
    const { picture, sound, closedGaps } = mend([stretch(0, 4), stretch(304, 308)]);
    expect(picture).toMatchObject({ to: 8, breaks: [{ afterSeconds: 4, offsetSeconds: -300 }] });
    expect(sound).toMatchObject({ to: 8, breaks: [{ afterSeconds: 4, offsetSeconds: -300 }] });
    expect(closedGaps).toEqual([{ atSeconds: 4, seconds: 300 }]);
  });

  it('leaves a gap in one track, which the other fills', () => {
    const { picture, closedGaps } = mend([stretch(0, 4), stretch(4, 64, [SOUND]), stretch(64, 68)]);
    expect(picture).toEqual({ from: 0, to: 68, breaks: [] });
    expect(closedGaps).toEqual([]);
  });

  it('lets a picture without sound stand still for a minute, where clocks do not leap', () => {
    const still = [stretch(0, 1, [PICTURE]), stretch(60, 61, [PICTURE])];
    expect(mend(still).picture).toMatchObject({ to: 61, breaks: [] });
    expect(mend(still, { mayLeap: true }).picture).toMatchObject({ to: 2, breaks: [{ offsetSeconds: -59 }] });
  });

  it('follows clocks that leap, fall back and leap again', () => {
    const { picture, sound } = mend([stretch(100, 102), stretch(5000, 5002), stretch(0, 2), stretch(20, 22)]);
    expect(picture).toMatchObject({ from: 100, to: 108 });
    expect(picture.breaks.map(({ offsetSeconds }) => offsetSeconds)).toEqual([-4898, 104, 86]);
    expect(sound.breaks.map(({ offsetSeconds }) => offsetSeconds)).toEqual([-4898, 104, 86]);
  });

  it('takes a single wrong time for no more than that', () => {
    const wild = [{ stream: PICTURE, pts: 90_000, dts: 90_000, duration: 0.04 }];
    const { picture, sound, closedGaps } = mend([stretch(0, 4), wild, stretch(4.04, 8)]);
    expect(picture.to).toBeCloseTo(8, 1);
    expect(picture.breaks).toMatchObject([{ offsetSeconds: -89_996 }, { offsetSeconds: 0 }]);
    expect(sound.breaks).toEqual([]);
    expect(closedGaps).toEqual([]);
  });

  it('gives a new track of a transport stream the clock it comes with', () => {
    const second = stretch(0, 3).map((packet) => ({ ...packet, stream: packet.stream + 2 }));
    const { of } = mend([stretch(10, 13), second], { mayLeap: true });
    expect(of(2)).toMatchObject({ from: 13, to: 16 });
    expect(of(3)).toMatchObject({ from: 13, to: 16 });
  });

  it('takes B-pictures whose decode times are not known at first for no break', () => {
    const shown = [0.02, 0.18, 0.1, 0.06, 0.14, 0.26, 0.22];
    const collector = collectRuns(false);
    for (const [i, pts] of shown.entries()) {
      collector.add({ stream: 0, pts, dts: i < 2 ? null : -0.04 + i * 0.04, duration: 0.04 });
    }
    const [track] = mendClocks(collector.result(), new Set(), false).tracks;
    expect(track).toMatchObject({ startSeconds: 0.02, endSeconds: 0.3, parts: [{ breaks: [] }] });
  });

  it('knows no clock where there is none', () => {
    const collector = collectRuns(false);
    for (let i = 0; i < 1000; i++) {
      const time = i % 2 === 0 ? i : i + 100;
      collector.add({ stream: 0, pts: time, dts: time, duration: 0.04 });
    }
    expect(collector.result().tooMany).toBe(true);
  });
});
