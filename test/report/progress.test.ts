import { describe, expect, test } from 'vitest';
import { layoutLines } from '../../src/report/bar-line.js';
import { Progress } from '../../src/report/progress.js';

const rung = { id: 'v', name: '720p', kind: 'video', width: 1280, height: 720, bitrate: 1, doneSeconds: 0 } as const;
const sound = {
  id: 'a',
  name: 'audio-en',
  kind: 'audio',
  width: null,
  height: null,
  bitrate: 1,
  doneSeconds: 0,
} as const;
const start = {
  type: 'start',
  input: 'in',
  output: 'out',
  expectedSeconds: 100,
  renditions: [rung, sound],
  resumed: false,
} as const;

function at(rendition: string, seconds: number, speed: number | null) {
  return { type: 'progress', rendition, seconds, frames: 0, fps: 25, speed } as const;
}

test('a rendition has an ETA once it has had a pace for two seconds', () => {
  const progress = new Progress(start, 0);
  progress.update(at('v', 1, 0.2), 10_000);
  progress.update(at('v', 2, 1), 11_000);
  expect(progress.figures(['v'])).toMatchObject({ speed: 1, etaSeconds: null });
  progress.update(at('v', 4, 2), 12_500);
  expect(progress.figures(['v'])).toMatchObject({ speed: 2, etaSeconds: 48 });
});

describe('the total', () => {
  test('says nothing about the pace before pictures have been coming for two seconds', () => {
    const progress = new Progress(start, 0);
    progress.update(at('a', 50, 25), 2_000);
    expect(progress.total(10_000)).toMatchObject({ speed: null, etaSeconds: null });
    progress.update(at('v', 0, 2), 10_000);
    progress.update(at('v', 2, 2), 11_000);
    expect(progress.total(11_500).etaSeconds).toBeNull();
    progress.update(at('v', 6, 2), 13_000);
    // The ten seconds of waiting do not count against it.
    expect(progress.total(13_000).speed).toBeCloseTo(2, 1);
    expect(progress.total(13_000).etaSeconds).toBeGreaterThan(40);
    expect(progress.total(13_000).etaSeconds).toBeLessThan(50);
  });

  test('forgets a pause after half a minute', () => {
    const progress = new Progress(start, 0);
    for (let second = 1; second <= 10; second++) progress.update(at('v', second, 1), second * 1000);
    const resumedAt = 3_600_000;
    for (let second = 1; second <= 40; second++) progress.update(at('v', 10 + second, 1), resumedAt + second * 1000);
    expect(progress.total(resumedAt + 40_000).speed).toBeCloseTo(1, 1);
  });

  test('what an earlier run did counts as done, not as speed', () => {
    const resumed = { ...start, renditions: [{ ...rung, doneSeconds: 60 }] };
    const progress = new Progress(resumed, 0);
    expect(progress.total(0)).toMatchObject({ fraction: 0.6, speed: null });
    progress.update(at('v', 60, 1), 1_000);
    progress.update(at('v', 64, 1), 5_000);
    expect(progress.total(5_000).fraction).toBeCloseTo(0.64);
    expect(progress.total(5_000).etaSeconds).toBeCloseTo(36);
  });

  test('headers that promised too little never make more than all', () => {
    const progress = new Progress(start, 0);
    progress.update(at('v', 500, 1), 1_000);
    expect(progress.figures(['v'])).toMatchObject({ fraction: 1, etaSeconds: 0 });
  });
});

describe('one rendition', () => {
  test('never moves backwards, and its bit rate is that of the closed segments', () => {
    const progress = new Progress(start, 0);
    progress.update(at('v', 30, 1), 1_000);
    progress.update(at('v', 20, 1), 2_000);
    const segment = { type: 'segment', rendition: 'v', path: 'x', duration: 6 } as const;
    progress.segment({ ...segment, index: 0, start: 0, bytes: 750_000 });
    progress.segment({ ...segment, index: 1, start: 6, bytes: 2_250_000 });
    expect(progress.figures(['v'])).toMatchObject({ seconds: 30, bitrate: 2_000_000 });
  });

  test('events of renditions that were not announced are ignored', () => {
    const progress = new Progress(start, 0);
    progress.update(at('?', 50, 1), 1_000);
    expect(progress.total(1_000).fraction).toBe(0);
  });
});

describe('what a line has room for', () => {
  const names = ['1080p', 'audio-und', 'total'];
  test.each([
    [200, ['percent', 'fps', 'speed', 'eta', 'bitrate'], 60],
    [80, ['percent', 'fps', 'speed', 'eta', 'bitrate'], 22],
    [60, ['percent', 'speed', 'eta', 'bitrate'], 11],
    [57, ['percent', 'speed', 'eta', 'bitrate'], 8],
    [46, ['percent', 'speed', 'eta'], 8],
    [30, ['percent', 'eta'], 0],
    [12, ['percent'], 0],
  ])('%d columns', (columns, fields, bar) => {
    const layout = layoutLines(columns, names, false);
    expect([...layout.fields]).toEqual(fields);
    expect(layout.barWidth).toBe(bar);
  });
});
