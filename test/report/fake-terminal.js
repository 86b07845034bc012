import { Writable } from 'node:stream';
/** A stream that keeps what is written, and says when. */
export class Recorder extends Writable {
    writes = [];
    get text() {
        return this.writes.join('');
    }
    _write(chunk, _encoding, done) {
        this.writes.push(chunk.toString('utf8'));
        done();
    }
}
/** Just enough of a terminal to know what stands on it: text, newlines, and the few sequences a calm redraw needs. */
export class FakeTerminal extends Writable {
    columns;
    isTTY = true;
    writes = 0;
    /** Rows that a line ran over the right edge of. */
    wraps = 0;
    #rows = [''];
    #row = 0;
    #column = 0;
    constructor(columns) {
        super();
        this.columns = columns;
    }
    /** What is on the screen, trailing blanks and rows cut off. */
    get screen() {
        return this.#rows
            .map((row) => row.trimEnd())
            .join('\n')
            .trimEnd();
    }
    _write(chunk, _encoding, done) {
        this.writes++;
        const text = chunk.toString('utf8');
        // oxlint-disable-next-line no-control-regex
        for (const token of text.match(/\x1b\[[\d;?]*[A-Za-z]|[\s\S]/gu) ?? [])
            this.#take(token);
        done();
    }
    #take(token) {
        // oxlint-disable-next-line no-control-regex
        const sequence = /^\x1b\[([\d;?]*)([A-Za-z])$/.exec(token);
        if (sequence)
            return this.#control(Number(sequence[1] || 1), sequence[1] ?? '', sequence[2] ?? '');
        if (token === '\r')
            this.#column = 0;
        else if (token === '\n')
            this.#goTo(this.#row + 1, 0);
        else {
            if (this.#column >= this.columns) {
                this.wraps++;
                this.#goTo(this.#row + 1, 0);
            }
            const row = this.#rows[this.#row] ?? '';
            this.#rows[this.#row] = row.padEnd(this.#column).slice(0, this.#column) + token + row.slice(this.#column + 1);
            this.#column++;
        }
    }
    #control(number, argument, kind) {
        const row = this.#rows[this.#row] ?? '';
        if (kind === 'A')
            this.#goTo(Math.max(0, this.#row - number), this.#column);
        else if (kind === 'B')
            this.#goTo(this.#row + number, this.#column);
        else if (kind === 'K')
            this.#rows[this.#row] = argument === '2' ? '' : row.slice(0, this.#column);
        else if (kind === 'J')
            this.#rows = [...this.#rows.slice(0, this.#row), row.slice(0, this.#column)];
        else if (kind !== 'm')
            throw new Error(`the terminal is sent something that would have to be put back: ${kind}`);
    }
    #goTo(row, column) {
        while (this.#rows.length <= row)
            this.#rows.push('');
        [this.#row, this.#column] = [row, column];
    }
}
