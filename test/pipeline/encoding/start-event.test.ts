import { expect, test } from 'vitest';
import { samplePlan } from '../../../fixtures/plan.js';
import { startEvent } from '../../../src/pipeline/encoding/start-event.js';

test('says what is made, its caps, and what earlier runs have done', () => {
  const base = samplePlan('a.mp4');
  const [top, low, audio] = base.renditions;
  if (top?.kind !== 'video' || low?.kind !== 'video' || !audio) return expect.unreachable();
  const rate = { mode: 'abr' as const, bitrate: 250_000, maxBitrate: 300_000, bufferBits: 600_000 };
  const plan = {
    ...base,
    timeline: { ...base.timeline, expectedSeconds: 7.3 },
    renditions: [top, { ...low, rate }, audio],
  };
  const missing = { spans: [], doneSeconds: { [low.id]: 4 } };
  expect(startEvent({ plan, missing, audioEnd: null }, { input: 'in.mp4', output: 'out', resumed: true })).toEqual({
    type: 'start',
    input: 'in.mp4',
    output: 'out',
    expectedSeconds: 7.3,
    renditions: [
      { id: top.id, name: '360p', kind: 'video', width: 640, height: 360, bitrate: 800_000, doneSeconds: 0 },
      { id: low.id, name: '240p', kind: 'video', width: 426, height: 240, bitrate: 250_000, doneSeconds: 4 },
      { id: audio.id, name: 'audio-en', kind: 'audio', width: null, height: null, bitrate: 128_000, doneSeconds: 0 },
    ],
    resumed: true,
  });
});
