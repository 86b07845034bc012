import type { Segment } from '../../model/artifact.js';

/**
 * Holds audio segments back until it is certain that they stay: the end of an audio track is made again where headers had
 * promised another length than the pictures have, and what went to a bucket must never be replaced.
 */
export interface AudioGate {
  /** A video segment is made. */
  video(segment: Segment): void;
  /** An audio segment is made; each rendition's come in order. */
  audio(segment: Segment): void;
  /** Takes out those that are certain to stay. */
  certain(): Segment[];
  /** Takes out all that are left. */
  rest(): Segment[];
}

/** `madeVideo`: per rung id, how many segments from the title's start are made already; empty for a title without video. */
export function createAudioGate(madeVideo: ReadonlyMap<string, number>): AudioGate {
  const rungs = new Map([...madeVideo].map(([id, next]) => [id, { next, beyond: new Set<number>() }]));
  const held = new Map<string, Segment[]>();
  const take = (count: (segments: readonly Segment[]) => number): Segment[] =>
    [...held.values()].flatMap((segments) => segments.splice(0, count(segments)));
  return {
    video({ rendition, index }) {
      const rung = rungs.get(rendition);
      if (!rung || index < rung.next) return;
      rung.beyond.add(index);
      while (rung.beyond.delete(rung.next)) rung.next++;
    },
    audio(segment) {
      const segments = held.get(segment.rendition);
      if (segments) segments.push(segment);
      else held.set(segment.rendition, [segment]);
    },
    certain() {
      if (rungs.size === 0) return take(({ length }) => length);
      // A segment stays when both the pictures and its own track go on after it.
      const made = Math.max(...[...rungs.values()].map(({ next }) => next));
      return take((segments) => segments.filter(({ index }, i) => index + 1 < made && i + 1 < segments.length).length);
    },
    rest: () => take(({ length }) => length),
  };
}
