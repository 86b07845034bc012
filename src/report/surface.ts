/**
 * The lowest rows of a terminal, redrawn in place; what is printed goes above them. Each change is one write.
 * The cursor stays visible on the empty row below and no terminal mode is changed, so there is nothing to put
 * back after a crash or a kill -9.
 *
 * It takes the place of cli-progress's own terminal layer, which counts rows without regard to resizes and leaves
 * stale rows behind printed text.
 */
export class Surface {
  readonly #write: (text: string) => void;
  readonly #columns: () => number;
  #shown: readonly DrawnLine[] = [];
  #next: DrawnLine[] = [];

  constructor(write: (text: string) => void, columns: () => number) {
    this.#write = write;
    this.#columns = columns;
  }

  /** Prints whole lines above the rows. */
  print(text: string): void {
    const printed = text
      .split('\n')
      .map((line) => `${line}\x1b[K\n`)
      .join('');
    this.#write(`${this.#toTop()}${printed}${body(this.#shown)}\x1b[J`);
  }

  /** Takes the rows away. */
  erase(): void {
    const rows = this.#rows();
    // Row by row: clearing a screen from its first cell makes some terminals keep what was on it as history.
    if (rows > 0) this.#write(`${this.#toTop()}${'\x1b[2K\x1b[B'.repeat(rows)}\x1b[${rows}A`);
    this.#shown = [];
  }

  /** The rows are no longer at the cursor (a shell has been in between): the next drawing starts below. */
  forget(): void {
    this.#shown = [];
  }

  /** Puts the lines collected by `write` on the screen, unless they are there already. Empty lines take no row. */
  flush(): void {
    const columns = this.#columns();
    const next = this.#next.filter(({ text }) => text !== '');
    this.#next = [];
    const same =
      next.length === this.#shown.length &&
      next.every((line, i) => line.text === this.#shown[i]?.text && line.columns === this.#shown[i]?.columns);
    if (same) return;
    this.#write(`${this.#toTop()}${body(next)}\x1b[J`);
    this.#shown = next.map((line) => ({ ...line, columns }));
  }

  // What cli-progress calls on its terminal.

  write(text: string): void {
    this.#next.push({ text, width: visibleWidth(text), columns: this.#columns() });
  }
  cursorRelativeReset(): void {
    this.#next = [];
  }
  clearBottom(): void {
    this.erase();
  }
  isTTY(): boolean {
    return true;
  }
  getWidth(): number {
    return this.#columns();
  }
  cursor(): void {}
  lineWrapping(): void {}
  cursorTo(): void {}
  cursorRelative(): void {}
  clearLine(): void {}
  clearRight(): void {}
  newline(): void {}

  #toTop(): string {
    const rows = this.#rows();
    return rows === 0 ? '\r' : `\r\x1b[${rows}A`;
  }

  // A terminal that became narrower has folded our lines since they were drawn: count them as they are now.
  #rows(): number {
    const columns = Math.max(1, this.#columns());
    return this.#shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.width / columns)), 0);
  }
}

interface DrawnLine {
  readonly text: string;
  readonly width: number;
  /** Terminal width at drawing. */
  readonly columns: number;
}

function body(lines: readonly DrawnLine[]): string {
  return lines.map((line) => `${line.text}\x1b[K\n`).join('');
}

// Lines are made of single-width characters; only colour codes take no room.
function visibleWidth(text: string): number {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/\x1b\[[\d;]*m/g, '').length;
}
