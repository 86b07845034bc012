import { describe, expect, it } from 'vitest';
import { addUp, lookForFields } from '../../../src/stages/probe/combing.js';

const SIZE = { width: 120, height: 90 };

/** A bright box of 40 × 40 on fine lines; `left`: where it is, for each line. */
function picture(left: (line: number) => number, lines = 0): Uint8Array {
  const pixels = new Uint8Array(SIZE.width * SIZE.height);
  for (let y = 0; y < SIZE.height; y += 1) {
    for (let x = 0; x < SIZE.width; x += 1) {
      const isBox = y >= 20 && y < 60 && x >= left(y) && x < left(y) + 40;
      pixels[y * SIZE.width + x] = isBox ? 200 : 60 + (y % 2) * lines;
    }
  }
  return pixels;
}

/** Six pictures in which the box moves by `step` a field; `first`: the parity of the earlier lines, null: one moment. */
function moving(step: number, first: 0 | 1 | null, lines = 0): Uint8Array[] {
  return Array.from({ length: 6 }, (_, i) =>
    picture((y) => 4 + step * (2 * i + (first === null || y % 2 === first ? 0 : 1)), lines),
  );
}

describe('fields are seen in what moves', () => {
  it.each([1, 2, 3, 6])('at %s pixels a field', (step) => {
    expect(lookForFields(moving(step, 0), SIZE)).toEqual({ progressive: 0, tff: 5, bff: 0, unknown: 0 });
    expect(lookForFields(moving(step, 1), SIZE)).toEqual({ progressive: 0, tff: 0, bff: 5, unknown: 0 });
    expect(lookForFields(moving(step, null), SIZE)).toEqual({ progressive: 5, tff: 0, bff: 0, unknown: 0 });
  });

  it('fine lines that stand still are no fields', () => {
    expect(lookForFields(moving(3, null, 40), SIZE)).toMatchObject({ tff: 0, bff: 0 });
  });

  it('where nothing moves nothing is said', () => {
    expect(lookForFields(moving(0, null, 40), SIZE)).toEqual({ progressive: 0, tff: 0, bff: 0, unknown: 5 });
    expect(lookForFields([], SIZE)).toEqual({ progressive: 0, tff: 0, bff: 0, unknown: 0 });
    expect(lookForFields(moving(2, 0).slice(0, 1), SIZE)).toEqual({ progressive: 0, tff: 0, bff: 0, unknown: 0 });
  });

  it('what scrolls by a line is of one moment', () => {
    // Lines of text: dark strokes, whose heights differ.
    const page = (at: number) => picture((line) => ((((line + at) * 7) % 11) % 3 === 0 ? 0 : 200));
    const seen = lookForFields(
      Array.from({ length: 12 }, (_, i) => page(i)),
      SIZE,
    );
    expect([seen.tff, seen.bff]).toEqual([0, 0]);
  });

  it('several places are added up', () => {
    const all = [lookForFields(moving(2, 0), SIZE), lookForFields(moving(0, null), SIZE)];
    expect(addUp(all)).toEqual({ progressive: 0, tff: 5, bff: 0, unknown: 5 });
  });
});
