import type { ErrorEvent, Event, ResultEvent } from '../model/events.js';

/** One of the renderings of the events. Final events come to `finish` only. */
export interface Renderer {
  readonly show: (event: Event) => void;
  /** The process was stopped and goes on. */
  readonly resumed: () => void;
  /** Stops drawing. `final`: what the run came to, null when it ended without a word. */
  readonly finish: (final: ResultEvent | ErrorEvent | null) => void;
}
