import { Chalk } from 'chalk';

/** How text is drawn on one stream: colours, or none; pictures from Unicode, or ASCII. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly caution: (text: string) => string;
  readonly accent: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly glyphs: Glyphs;
}

export interface Glyphs {
  readonly done: string;
  readonly warning: string;
  readonly arrow: string;
  readonly times: string;
  readonly barFull: string;
  readonly barEmpty: string;
}

const UNICODE: Glyphs = { done: '✔', warning: '!', arrow: '→', times: '×', barFull: '█', barEmpty: '░' };
const ASCII: Glyphs = { done: 'ok:', warning: '!', arrow: '->', times: 'x', barFull: '#', barEmpty: '.' };

/** `color`: sixteen colours of the user's own theme, never more. `unicode`: the terminal can show block elements. */
export function createStyle(options: { color: boolean; unicode: boolean }): Style {
  const chalk = new Chalk({ level: options.color ? 1 : 0 });
  return {
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    caution: (text) => chalk.yellow(text),
    accent: (text) => chalk.cyan(text),
    strong: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
    glyphs: options.unicode ? UNICODE : ASCII,
  };
}
