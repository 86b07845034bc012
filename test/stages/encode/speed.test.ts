import { expect, test } from 'vitest';
import { sampleAudio, samplePlan, sampleRung } from '../../../fixtures/plan.js';
import type { ProgressEvent } from '../../../src/model/events.js';
import { rational } from '../../../src/model/rational.js';
import type { Rendition } from '../../../src/model/rendition.js';
import { createSpeedometer, type Speedometer } from '../../../src/stages/encode/speed.js';

const rung = sampleRung('360p', 640, 360, 800_000);
const audio = sampleAudio();
const { grid } = samplePlan('a.mp4');

interface Measuring {
  readonly meter: Speedometer;
  /** What is said when so many seconds of a chunk are made; 24 frames each. */
  said(seconds: number, first?: number, rendition?: Rendition): ProgressEvent | undefined;
  pass(seconds: number): void;
}

function measuring(done: Readonly<Record<string, number>> = {}): Measuring {
  const events: ProgressEvent[] = [];
  let now = 100;
  const meter = createSpeedometer(
    { grid: { ...grid, frameRate: rational(24) } },
    done,
    (event) => {
      if (event.type === 'progress') events.push(event);
    },
    () => now,
  );
  return {
    meter,
    said(seconds, first = 0, rendition = rung) {
      meter.report(rendition, first, { seconds, frames: seconds * 24 });
      return events.at(-1);
    },
    pass: (seconds) => void (now += seconds),
  };
}

test('chunks side by side and those that are made add up, after what earlier runs have made', () => {
  const { meter, said } = measuring({ [rung.id]: 60 });
  expect(said(2, 0)).toMatchObject({ rendition: rung.id, seconds: 62, frames: 48 });
  expect(said(3, 30)).toMatchObject({ seconds: 65, frames: 120 });
  expect(said(4, 0)).toMatchObject({ seconds: 67, frames: 168 });
  meter.finished(rung, 0, { seconds: 10, frames: 240 });
  expect(said(5, 30)).toMatchObject({ seconds: 75, frames: 360 });
});

test('sound has no frames', () => {
  const { said, pass } = measuring();
  said(1, 0, audio);
  pass(1);
  expect(said(3, 0, audio)).toMatchObject({ rendition: audio.id, seconds: 3, frames: 0, speed: 2, fps: null });
});

test('the speed is not known from one report, then it is that of the reports, calmed', () => {
  const { said, pass } = measuring({ [rung.id]: 600 });
  expect(said(0)).toMatchObject({ speed: null, fps: null });
  pass(1);
  expect(said(2)).toMatchObject({ speed: 2, fps: 48 });
  pass(1);
  // 12 times for a second: a fifth of that, four fifths of before.
  expect(said(14)?.speed).toBeCloseTo(4);
  // Two reports in one moment say nothing about speed.
  expect(said(15)?.speed).toBeCloseTo(4);
});

test('renditions have speeds of their own', () => {
  const { said, pass } = measuring();
  said(0);
  said(0, 0, audio);
  pass(1);
  expect(said(1)?.speed).toBeCloseTo(1);
  expect(said(30, 0, audio)?.speed).toBeCloseTo(30);
});
