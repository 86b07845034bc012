import type { ClientRequest } from 'node:http';

/**
 * Piece by piece, each when the one before has gone to the system, so that progress can be seen, and when it is its
 * turn; the first one's turn it is already.
 */
export function send(
  outgoing: ClientRequest,
  pieces: readonly (readonly Uint8Array[])[],
  { onSent, turn }: { onSent: (bytes: number) => void; turn: ((bytes: number) => Promise<boolean>) | null },
): void {
  const step = (at: number): void => {
    const piece = pieces[at];
    if (!piece) return void outgoing.end();
    const next = pieces[at + 1];
    let waiting = piece.length;
    // Its parts go out together, in one call of the system.
    outgoing.cork();
    for (const part of piece) {
      outgoing.write(part, (error) => {
        if (--waiting > 0 || error) return;
        onSent(lengthOf(piece));
        if (!next) return;
        if (!turn) return step(at + 1);
        // An abort while it waits ends the request anyway.
        turn(lengthOf(next)).then(
          (mayGoOn) => mayGoOn && step(at + 1),
          () => undefined,
        );
      });
    }
    if (!next) outgoing.end();
    outgoing.uncork();
  };
  step(0);
}

/** Small parts together, large ones cut. */
export function inPieces(parts: readonly Uint8Array[], pieceBytes: number): Uint8Array[][] {
  const pieces: Uint8Array[][] = [];
  let room = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += pieceBytes) {
      const slice = part.length <= pieceBytes ? part : part.subarray(at, at + pieceBytes);
      const last = pieces.at(-1);
      if (last && slice.length <= room) last.push(slice);
      else [room] = [pieceBytes, pieces.push([slice])];
      room -= slice.length;
    }
  }
  return pieces;
}

export function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
