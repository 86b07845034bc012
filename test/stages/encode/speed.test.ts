import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sampleAudio, samplePlan, sampleRung } from '../../../fixtures/plan.js';
import type { ProgressEvent } from '../../../src/model/events.js';
import { rational } from '../../../src/model/rational.js';
import { speedometer } from '../../../src/stages/encode/speed.js';
import type { FfmpegCommand } from '../../../src/tools/ffmpeg/command.js';
import type { FfmpegProgress } from '../../../src/tools/ffmpeg/progress.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const rung = sampleRung('360p', 640, 360, 800_000);
const audio = sampleAudio();
const sample = samplePlan('a.mp4');
// 24 frames a second, segments of 2 s.
const plan = { ...sample, grid: { ...sample.grid, frameRate: rational(24), segmentSeconds: rational(2) } };

function measuring(start = 0): { report(progress: Partial<FfmpegProgress>, id?: string): ProgressEvent | undefined } {
  const events: ProgressEvent[] = [];
  const spans = [
    { rendition: rung, start },
    { rendition: audio, start },
  ];
  const report = speedometer(plan, spans, (event) => {
    if (event.type === 'progress') events.push(event);
  });
  return {
    report(progress, id = rung.id) {
      const command: FfmpegCommand = {
        label: 'encode',
        role: 'encode',
        args: [],
        outputs: [{ rendition: id, listFd: 3 }],
        writesTo: [],
      };
      report(command, { frames: null, seconds: null, bytes: null, ...progress });
      return events.at(-1);
    },
  };
}

test('a rung is as far as its frames, beginning with its span', () => {
  const meter = measuring(10);
  expect(meter.report({ frames: 48, seconds: 99 })).toMatchObject({ rendition: rung.id, seconds: 22, frames: 48 });
});

test('sound is as far as FFmpeg says, and not before its span', () => {
  const meter = measuring(1);
  expect(meter.report({ seconds: 3 }, audio.id)).toMatchObject({
    rendition: audio.id,
    seconds: 5,
    frames: 0,
    fps: null,
  });
  expect(meter.report({ seconds: -0.02 }, audio.id)).toMatchObject({ seconds: 2 });
});

test('the speed is not known from one report, then it is that of the reports, calmed', () => {
  const meter = measuring();
  expect(meter.report({ frames: 0 })).toMatchObject({ speed: null, fps: null });
  vi.advanceTimersByTime(1000);
  expect(meter.report({ frames: 48 })?.speed).toBeCloseTo(2);
  vi.advanceTimersByTime(1000);
  // 12 times for a second: a fifth of that, four fifths of before.
  const event = meter.report({ frames: 48 + 12 * 24 });
  expect(event?.speed).toBeCloseTo(4);
  expect(event?.fps).toBeCloseTo(4 * 24);
});

test('renditions of one process have speeds of their own; what is not of this run is not told', () => {
  const meter = measuring();
  meter.report({ frames: 0 });
  meter.report({ seconds: 0 }, audio.id);
  vi.advanceTimersByTime(1000);
  expect(meter.report({ frames: 24 })?.speed).toBeCloseTo(1);
  expect(meter.report({ seconds: 30 }, audio.id)?.speed).toBeCloseTo(30);
  expect(meter.report({ frames: 1 }, 'another-00000001')).toMatchObject({ rendition: audio.id });
});
