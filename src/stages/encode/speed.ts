import type { Emit } from '../../model/events.js';
import type { EncodePlan } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';

/** How much of the last reports' speed stays in the figure shown: calm, but not minutes behind. */
const SMOOTHING = 0.8;

/** How far a process has come with its chunk. */
export interface ChunkProgress {
  /** Of the chunk, without what is made for the encoder to warm up. */
  readonly seconds: number;
  readonly frames: number;
}

export interface Speedometer {
  /** Where the chunk that begins with segment `first` is. */
  report(rendition: Rendition, first: number, progress: ChunkProgress): void;
  /** The chunk is made. */
  finished(rendition: Rendition, first: number, made: ChunkProgress): void;
}

interface State {
  seconds: number;
  frames: number;
  readonly running: Map<number, ChunkProgress>;
  last: { readonly at: number; readonly seconds: number; readonly speed: number | null } | null;
}

/**
 * Adds up what is made of each rendition, in chunks side by side, into progress events with a calm speed. `doneSeconds`:
 * per rendition id, what earlier runs have made. `now`: seconds, on a clock that only goes forward.
 */
export function createSpeedometer(
  { grid }: Pick<EncodePlan, 'grid'>,
  doneSeconds: Readonly<Record<string, number>>,
  emit: Emit,
  now: () => number = () => performance.now() / 1000,
): Speedometer {
  const fps = grid.frameRate ? toNumber(grid.frameRate) : null;
  const states = new Map<string, State>();
  const stateOf = ({ id }: Rendition): State => {
    const known = states.get(id);
    if (known) return known;
    const state: State = { seconds: doneSeconds[id] ?? 0, frames: 0, running: new Map(), last: null };
    states.set(id, state);
    return state;
  };
  return {
    report(rendition, first, progress) {
      const state = stateOf(rendition);
      state.running.set(first, progress);
      const running = [...state.running.values()];
      const seconds = state.seconds + running.reduce((sum, chunk) => sum + chunk.seconds, 0);
      const frames = state.frames + running.reduce((sum, chunk) => sum + chunk.frames, 0);
      const speed = speedOf(state.last, seconds, now());
      state.last = { at: now(), seconds, speed };
      const isVideo = rendition.kind === 'video';
      emit({
        type: 'progress',
        rendition: rendition.id,
        seconds,
        frames: isVideo ? frames : 0,
        speed,
        fps: speed !== null && fps !== null && isVideo ? speed * fps : null,
      });
    },
    finished(rendition, first, made) {
      const state = stateOf(rendition);
      state.running.delete(first);
      state.seconds += made.seconds;
      state.frames += made.frames;
    },
  };
}

function speedOf(last: State['last'], seconds: number, at: number): number | null {
  if (last === null || at <= last.at) return last?.speed ?? null;
  const latest = (seconds - last.seconds) / (at - last.at);
  return last.speed === null ? latest : SMOOTHING * last.speed + (1 - SMOOTHING) * latest;
}
