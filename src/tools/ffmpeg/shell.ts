import { shellQuote } from '../../model/text.js';
import type { FfmpegCommand } from './command.js';

/** A command line that can be pasted into a POSIX shell. */
export interface ShellCommand {
  readonly label: string;
  readonly shell: string;
}

/**
 * The very argv that would run, as lines for a shell: folders and pipes first, then every process in the
 * background, then wait. What mediactl reads from extra file descriptors goes to stdout.
 */
export function shellCommands(program: string, folder: string, groups: readonly FfmpegCommand[][]): ShellCommand[] {
  return groups.flatMap((commands) => {
    const outputs = commands.flatMap((command) => command.outputs.map(({ rendition }) => `${folder}/${rendition}`));
    const pipes = commands.flatMap(({ writesTo }) => writesTo);
    return [
      { label: 'folders', shell: ['mkdir', '-p', ...outputs].map(shellQuote).join(' ') },
      ...(pipes.length > 0 ? [{ label: 'pipes', shell: ['mkfifo', ...pipes].map(shellQuote).join(' ') }] : []),
      ...commands.map(({ label, args, outputs: lists, measureFd }) => ({
        label,
        shell: [
          ...[program, ...args].map(shellQuote),
          ...lists.map(({ listFd }) => `${listFd}>&1`),
          measureFd && `${measureFd}>&1`,
          '&',
        ]
          .filter(Boolean)
          .join(' '),
      })),
      { label: 'all together', shell: 'wait' },
    ];
  });
}
