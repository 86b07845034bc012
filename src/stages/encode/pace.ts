/** Keeps audio, which is made many times faster, near the video: what is made long before it can be used only fills the disk. */
export interface Pace {
  /** The chunk that begins with this segment is being made. */
  videoBegan(first: number): void;
  /** There is no video left to make. */
  videoEnded(): void;
  /** Resolves when the video has come to this segment, or has ended. */
  reached(segment: number): Promise<void>;
}

export function createPace(): Pace {
  let furthest = -1;
  const waiting = new Map<() => void, number>();
  const advance = (to: number): void => {
    furthest = Math.max(furthest, to);
    for (const [wake, segment] of waiting) {
      if (segment > furthest) continue;
      waiting.delete(wake);
      wake();
    }
  };
  return {
    videoBegan: advance,
    videoEnded: () => advance(Infinity),
    reached: async (segment) => {
      if (segment > furthest) await new Promise<void>((resolve) => waiting.set(resolve, segment));
    },
  };
}
