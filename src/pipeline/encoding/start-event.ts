import type { StartEvent } from '../../model/events.js';
import type { EncodePlan } from '../../model/plan.js';
import type { Missing } from './missing.js';

/** The event that work begins, with what earlier runs already finished. */
export function startEvent(input: string, output: string, plan: EncodePlan, { doneSeconds }: Missing): StartEvent {
  const done = (id: string): number => doneSeconds.get(id) ?? 0;
  return {
    type: 'start',
    input,
    output,
    expectedSeconds: plan.timeline.expectedSeconds,
    renditions: [
      ...(plan.video?.rungs ?? []).map(({ id, name, kind, width, height, rate }) => ({
        id,
        name,
        kind,
        width,
        height,
        bitrate: rate.mode === 'crf' ? rate.maxBitrate : rate.bitrate,
        doneSeconds: done(id),
      })),
      ...plan.audio.map(({ id, name, kind, bitrate }) => ({
        id,
        name,
        kind,
        width: null,
        height: null,
        bitrate,
        doneSeconds: done(id),
      })),
    ],
  };
}
