import { systemClock, type Clock } from '../storage/clock.js';
import { Throttle } from '../storage/throttle.js';

/** The line to the player as it is played at: all media together go at most so fast. It may be changed while they go. */
export class Link {
  readonly #clock: Clock;
  #throttle: Throttle | null = null;

  /** `kilobits` a second; null: as fast as it goes. */
  constructor(kilobits: number | null, clock: Clock = systemClock) {
    this.#clock = clock;
    this.kilobits = kilobits;
  }

  get kilobits(): number | null {
    return this.#throttle === null ? null : (this.#throttle.bytesPerSecond * 8) / 1000;
  }

  set kilobits(wanted: number | null) {
    this.#throttle = wanted === null ? null : new Throttle((wanted * 1000) / 8, this.#clock);
  }

  /** The bytes in pieces, each when it may go. */
  async *pace(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length;) {
      const throttle = this.#throttle;
      const piece = bytes.subarray(at, at + (throttle?.pieceBytes ?? bytes.length));
      await throttle?.take(piece.length);
      at += piece.length;
      yield piece;
    }
  }
}
