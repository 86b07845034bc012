import { formatBitrate, formatClock, formatPercent, formatSpeed } from './format.js';
import type { Figures } from './progress.js';
import type { Style } from './style.js';

/** Which fields of a line fit, and how wide the bar is; the same for all lines, so that columns stand still. */
export interface Layout {
  readonly nameWidth: number;
  /** 0: no bar. */
  readonly barWidth: number;
  readonly fields: ReadonlySet<Field>;
  /** Visible characters a line may have. */
  readonly width: number;
}

type Field = 'percent' | 'position' | 'fps' | 'speed' | 'eta' | 'bitrate';

// Widths with the two spaces before; in the order they stand in the line.
const FIELDS: readonly { name: Field; width: number }[] = [
  { name: 'percent', width: 6 },
  { name: 'position', width: 10 },
  { name: 'fps', width: 10 },
  { name: 'speed', width: 7 },
  { name: 'eta', width: 13 },
  { name: 'bitrate', width: 11 },
];
// What a narrow terminal keeps longest stands first.
const PRIORITY: readonly Field[] = ['percent', 'eta', 'speed', 'bitrate', 'fps'];
const TIMED_PRIORITY: readonly Field[] = ['position', 'speed', 'bitrate', 'fps'];
const MIN_BAR = 8;
const MAX_BAR = 60;

/**
 * Drops fields until a line fits into `columns`, less one: a full last column wraps in some terminals.
 * `timed`: the title's length is unknown, so lines show the time reached and neither bar nor ETA.
 */
export function layoutLines(columns: number, names: readonly string[], timed: boolean): Layout {
  const width = Math.max(1, columns - 1);
  const nameWidth = Math.min(Math.max(0, ...names.map((name) => name.length)), Math.max(4, Math.floor(width / 3)));
  const fields = new Set<Field>();
  let left = width - nameWidth;
  for (const name of timed ? TIMED_PRIORITY : PRIORITY) {
    const needed = FIELDS.find((field) => field.name === name)?.width ?? 0;
    // The bar goes only after fps, bit rate and speed are gone.
    const reserve = timed || name === 'percent' || name === 'eta' ? 0 : MIN_BAR + 2;
    if (left - needed < reserve) break;
    fields.add(name);
    left -= needed;
  }
  const bar = Math.min(MAX_BAR, left - 2);
  return { nameWidth, barWidth: bar >= MIN_BAR && !timed ? bar : 0, fields, width };
}

/** "1080p  ██████░░░░   43%   124 fps   4.1x   ETA 0:32   4.2 Mb/s", never wider than the layout. */
export function formatLine(name: string, figures: Figures, layout: Layout, style: Style): string {
  const parts: string[] = [];
  let used = 0;
  const push = (text: string, paint?: (text: string) => string): void => {
    const fits = text.slice(0, layout.width - used);
    used += fits.length;
    parts.push(paint ? paint(fits) : fits);
  };
  push(clip(name, layout.nameWidth).padEnd(layout.nameWidth));
  if (layout.barWidth > 0 && figures.fraction !== null) {
    const full = Math.floor(figures.fraction * layout.barWidth);
    push('  ');
    push(style.glyphs.barFull.repeat(full), figures.fraction >= 1 ? style.good : style.accent);
    push(style.glyphs.barEmpty.repeat(layout.barWidth - full), style.faint);
  }
  for (const { name: field, width } of FIELDS) {
    if (layout.fields.has(field))
      push(fieldText(field, figures).padStart(width), field === 'bitrate' ? style.faint : undefined);
  }
  return parts.join('');
}

function fieldText(field: Field, figures: Figures): string {
  switch (field) {
    case 'percent':
      return formatPercent(figures.fraction ?? 0);
    case 'position':
      return formatClock(figures.seconds);
    case 'fps':
      return figures.fps === null ? '' : `${figures.fps < 9.95 ? figures.fps.toFixed(1) : figures.fps.toFixed(0)} fps`;
    case 'speed':
      return figures.speed === null ? '' : formatSpeed(figures.speed);
    case 'eta':
      if (figures.fraction === 1) return 'done';
      return figures.etaSeconds === null ? 'ETA -:--' : `ETA ${formatClock(Math.ceil(figures.etaSeconds))}`;
    case 'bitrate':
      return figures.bitrate === null ? '' : formatBitrate(figures.bitrate);
  }
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}~`;
}
