import type { StartedRendition, StartEvent } from '../../model/events.js';
import type { EncodePlan } from '../../model/plan.js';
import type { Rendition } from '../../model/rendition.js';
import type { Missing } from './missing.js';

/** The event that work begins, with what earlier runs already finished. */
export function startEvent({
  input,
  output,
  plan,
  missing: { doneSeconds },
  resumed,
}: {
  readonly input: string;
  readonly output: string;
  readonly plan: EncodePlan;
  readonly missing: Missing;
  readonly resumed: boolean;
}): StartEvent {
  return {
    type: 'start',
    input,
    output,
    expectedSeconds: plan.timeline.expectedSeconds,
    renditions: plan.renditions.map((rendition) => started(rendition, doneSeconds.get(rendition.id) ?? 0)),
    resumed,
  };
}

function started(rendition: Rendition, doneSeconds: number): StartedRendition {
  const { id, name } = rendition;
  switch (rendition.kind) {
    case 'video': {
      const { kind, width, height, rate } = rendition;
      const bitrate = rate.mode === 'crf' ? rate.maxBitrate : rate.bitrate;
      return { id, name, kind, width, height, bitrate, doneSeconds };
    }
    case 'audio': {
      const { kind, bitrate } = rendition;
      return { id, name, kind, width: null, height: null, bitrate, doneSeconds };
    }
  }
}
