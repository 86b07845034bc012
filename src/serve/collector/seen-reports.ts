import type { PlaybackReport } from '../../model/playback.js';

type Named = Pick<PlaybackReport, 'session' | 'number'>;

/** Numbers this far below the highest of their session are taken for repeated. */
const WINDOW = 512;

/**
 * Tells reports that came twice, by the number that each has in its session. Memory is bounded: of a session the latest
 * numbers are known, and of all sessions the latest.
 */
export class SeenReports {
  readonly #sessions = new Map<string, Session>();
  readonly #most: number;

  /** `most`: sessions that are known at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether this one has not come before; from now on it has. */
  isNew({ session: id, number }: Named): boolean {
    const session = this.#session(id);
    if (number <= session.highest - WINDOW) return false;
    if (number > session.highest) {
      const gap = Math.min(number - session.highest, WINDOW);
      for (let i = 1; i <= gap; i++) session.clear(number - gap + i);
      session.highest = number;
    }
    return session.set(number);
  }

  /** It has not come, after all. */
  forget({ session: id, number }: Named): void {
    this.#session(id).clear(number);
  }

  /**
   * What a session's sum, which grows, is more than at its last telling. A sum that has become less began anew, as when the
   * viewer chose another format.
   */
  growth({ session: id }: Named, sum: number): number {
    const session = this.#session(id);
    const before = session.sum;
    session.sum = sum;
    return sum < before ? sum : sum - before;
  }

  #session(id: string): Session {
    const there = this.#sessions.get(id) ?? new Session();
    this.#sessions.delete(id);
    this.#sessions.set(id, there);
    if (this.#sessions.size > this.#most) for (const oldest of this.#sessions.keys()) return this.#drop(oldest, there);
    return there;
  }

  #drop(oldest: string, there: Session): Session {
    this.#sessions.delete(oldest);
    return there;
  }
}

/** A bit for each of the latest numbers, at its place modulo the window. */
class Session {
  highest = -1;
  sum = 0;
  readonly #bits = new Uint32Array(WINDOW / 32);

  /** Whether it was not set. */
  set(number: number): boolean {
    const { word, bit } = placeOf(number);
    const before = this.#bits[word] ?? 0;
    this.#bits[word] = before | bit;
    return (before & bit) === 0;
  }

  clear(number: number): void {
    const { word, bit } = placeOf(number);
    this.#bits[word] = (this.#bits[word] ?? 0) & ~bit;
  }
}

function placeOf(number: number): { readonly word: number; readonly bit: number } {
  const place = number % WINDOW;
  return { word: place >>> 5, bit: 1 << (place & 31) };
}
