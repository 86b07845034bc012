import { displayWidth, padTo } from './wrap.js';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Left out where there is not room for all, the highest first; not given: never. */
  readonly spare?: number;
}

/**
 * Lines of a table, the titles first, two spaces between columns and none at the end of a line. Columns that can be
 * spared are left out until all lines are narrower than `width`. Cells are printable text; one cell per column.
 */
export function layOutTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const cells = columns.map((column, i) => [column.title, ...rows.map((row) => row[i] ?? '')]);
  let shown = columns.map((column, i) => ({
    ...column,
    cells: cells[i] ?? [],
    width: Math.max(...(cells[i] ?? []).map(displayWidth)),
  }));
  while (shown.reduce((sum, column) => sum + column.width + 2, -2) >= width) {
    const spared = Math.max(...shown.map(({ spare }) => spare ?? 0));
    if (spared === 0) break;
    shown = shown.filter(({ spare }) => spare !== spared);
  }
  return [columns.map(({ title }) => title), ...rows].map((_, i) =>
    shown
      .map((column) => {
        const cell = column.cells[i] ?? '';
        return column.align === 'left' ? padTo(cell, column.width) : padBefore(cell, column.width);
      })
      .join('  ')
      .trimEnd(),
  );
}

function padBefore(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}
