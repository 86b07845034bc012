import type { FfmpegCommand } from './command.js';

const GRAPHS: ReadonlySet<string> = new Set(['-af', '-vf', '-filter_complex']);

/** Names of the filters that processes use, each once, in the order in which they come. */
export function filtersOf(commands: readonly Pick<FfmpegCommand, 'args'>[]): string[] {
  const graphs = commands.flatMap(({ args }) => args.filter((_, i) => GRAPHS.has(args[i - 1] ?? '')));
  return [...new Set(graphs.flatMap(filtersIn))];
}

/** FFmpeg's grammar: filters between commas and semicolons, labels in brackets, quotes and backslashes in what they are given. */
function filtersIn(graph: string): string[] {
  const unquoted = graph.replace(/\\./g, '').replace(/'[^']*'/g, '');
  return unquoted
    .split(/[,;]/)
    .map((filter) => /^[a-z_0-9]+/i.exec(filter.replace(/\[[^\]]*\]/g, '').trim())?.[0] ?? '')
    .filter((name) => name !== '');
}
