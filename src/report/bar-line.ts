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

// With the two spaces before each; in the order they stand in the line.
const WIDTHS: Readonly<Record<Field, number>> = {
  percent: 6,
  position: 10,
  fps: 9,
  speed: 7,
  eta: 13,
  bitrate: 11,
};
const FIELDS: readonly Field[] = ['percent', 'position', 'fps', 'speed', 'eta', 'bitrate'];

// The first that fits is taken: what a narrow terminal loses last stands in all of them.
const CHOICES: readonly { readonly fields: readonly Field[]; readonly bar: number }[] = [
  { fields: ['percent', 'fps', 'speed', 'eta', 'bitrate'], bar: 8 },
  { fields: ['percent', 'speed', 'eta', 'bitrate'], bar: 8 },
  { fields: ['percent', 'speed', 'eta'], bar: 8 },
  { fields: ['percent', 'eta'], bar: 8 },
  { fields: ['percent', 'eta'], bar: 0 },
];
const TIMED_CHOICES: typeof CHOICES = [
  { fields: ['position', 'fps', 'speed', 'bitrate'], bar: 0 },
  { fields: ['position', 'speed', 'bitrate'], bar: 0 },
  { fields: ['position', 'speed'], bar: 0 },
];
const MAX_BAR = 60;

/**
 * Drops fields until a line fits into `columns`, less one: a full last column wraps in some terminals.
 * `timed`: the title's length is unknown, so lines show the time reached and neither bar nor ETA.
 */
export function layoutLines(columns: number, names: readonly string[], timed: boolean): Layout {
  const width = Math.max(1, columns - 1);
  const nameWidth = Math.min(Math.max(0, ...names.map((name) => name.length)), Math.max(4, Math.floor(width / 3)));
  for (const { fields, bar } of timed ? TIMED_CHOICES : CHOICES) {
    const left = width - nameWidth - fields.reduce((sum, field) => sum + WIDTHS[field], 0);
    if (left < (bar === 0 ? 0 : bar + 2)) continue;
    return { nameWidth, barWidth: bar === 0 ? 0 : Math.min(MAX_BAR, left - 2), fields: new Set(fields), width };
  }
  return { nameWidth, barWidth: 0, fields: new Set([timed ? 'position' : 'percent']), width };
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
  for (const field of FIELDS) {
    if (layout.fields.has(field))
      push(fieldText(field, figures).padStart(WIDTHS[field]), field === 'bitrate' ? style.faint : undefined);
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
      return figures.fraction === 1 ? 'done' : `ETA ${timeLeft(figures) ?? '-:--'}`;
    case 'bitrate':
      return figures.bitrate === null ? '' : formatBitrate(figures.bitrate);
  }
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}~`;
}

function timeLeft({ etaSeconds }: Figures): string | null {
  return etaSeconds === null ? null : formatClock(Math.ceil(etaSeconds));
}
