import type { Emit } from '../../model/events.js';
import type { EncodePlan } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';
import type { FfmpegCommand } from '../../tools/ffmpeg/command.js';
import type { FfmpegProgress } from '../../tools/ffmpeg/progress.js';

/** How much of the last reports' speed stays in the figure shown: calm, but not minutes behind. */
const SMOOTHING = 0.8;

/** Turns FFmpeg's reports into progress events of the renditions a process makes, with a calm speed. */
export function speedometer(
  plan: EncodePlan,
  spans: readonly { readonly rendition: Rendition; readonly start: number }[],
  emit: Emit,
): (command: FfmpegCommand, progress: FfmpegProgress) => void {
  const fps = plan.grid.frameRate ? toNumber(plan.grid.frameRate) : null;
  const before = new Map<string, { at: number; seconds: number; speed: number | null }>();
  return (command, progress) => {
    for (const { rendition: id } of command.outputs) {
      const span = spans.find(({ rendition }) => rendition.id === id);
      if (!span) continue;
      const { rendition, start } = span;
      const spanStart = start * toNumber(plan.grid.segmentSeconds);
      const frames = rendition.kind === 'video' ? (progress.frames ?? 0) : 0;
      const done = rendition.kind === 'video' && fps ? frames / fps : Math.max(0, progress.seconds ?? 0);
      const now = performance.now() / 1000;
      const last = before.get(id);
      const latest = last && now > last.at ? (done - last.seconds) / (now - last.at) : null;
      const speed =
        latest === null
          ? null
          : last?.speed === null || !last
            ? latest
            : SMOOTHING * last.speed + (1 - SMOOTHING) * latest;
      before.set(id, { at: now, seconds: done, speed });
      emit({
        type: 'progress',
        rendition: id,
        seconds: spanStart + done,
        frames,
        speed,
        fps: speed !== null && fps !== null && rendition.kind === 'video' ? speed * fps : null,
      });
    }
  };
}
