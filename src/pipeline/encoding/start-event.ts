import type { EncodeJob } from '../../model/encode-job.js';
import type { StartedRendition, StartEvent } from '../../model/events.js';
import type { Rendition } from '../../model/rendition.js';

/** The event that work on INPUT begins, to make a title of this name; with what earlier runs already finished. */
export function startEvent(
  { plan, missing: { doneSeconds } }: EncodeJob,
  { input, output, resumed }: Pick<StartEvent, 'input' | 'output' | 'resumed'>,
): StartEvent {
  return {
    type: 'start',
    input,
    output,
    expectedSeconds: plan.timeline.expectedSeconds,
    renditions: plan.renditions.map((rendition) => started(rendition, doneSeconds[rendition.id] ?? 0)),
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
