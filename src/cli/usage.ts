import { existsSync } from 'node:fs';
import type { Command, CommanderError } from 'commander';
import { MediactlError } from '../errors.js';
import { shellCommand, shellQuote } from '../model/text.js';

/** Commander's error as ours: it says what is wrong, and the nearest right name or where to read more. */
export function describeUsageError(
  error: CommanderError,
  argv: readonly string[],
  commands: readonly string[],
): MediactlError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const meant = /\(Did you mean (?:one of )?(.+)\?\)/.exec(rest.join('\n'))?.[1];
  const command = commands.find((name) => name === argv[0]);
  const help = `see mediactl${command === undefined ? '' : ` ${command}`} --help`;
  return new MediactlError('usage', first.replace(/\.$/, ''), {
    hint: meantInstead(error, argv, commands, meant) ?? help,
  });
}

/** The one argument of encode, plan and probe. Throws MediactlError('usage') when it cannot be a file. */
export function requireInput(input: string | undefined, command: string): string {
  if (input === undefined || input === '') {
    throw new MediactlError('usage', 'no INPUT was given', {
      hint: `name a media file: mediactl ${command} movie.mp4`,
    });
  }
  if (input === '-') {
    throw new MediactlError('usage', 'reading the source from stdin (-) is not supported', {
      reason: 'the source is read more than once, and not from front to back',
      hint: `save it first: cat > movie.mp4 && mediactl ${command} movie.mp4`,
    });
  }
  if (input === 'help' && !existsSync(input)) {
    throw new MediactlError('input-not-found', 'there is no file help', {
      hint: `for the help of ${command}: mediactl help ${command}`,
    });
  }
  return input;
}

/** The two arguments of upload. Throws MediactlError('usage'). */
export function requireFolders(folder: string | undefined, to: string | undefined): [string, string] {
  if (folder && to) return [folder, to];
  throw new MediactlError('usage', folder ? 'no DEST was given' : 'no DIR was given', {
    hint: 'name a folder and a place: mediactl upload movie gs://bucket/titles/movie',
  });
}

export function asksForCheck(command: Command): boolean {
  return command.getOptionValue('check') !== undefined || command.getOptionValue('repair') === true;
}

/** The receipt of upload --check; the receipt names the place, so there is no DEST. Throws MediactlError('usage'). */
export function requireReceipt(command: Command): string {
  const receipt: unknown = command.getOptionValue('check');
  const hint = 'compare with a receipt: mediactl upload [DIR] --check movie.receipt.json';
  if (typeof receipt !== 'string' || receipt === '') {
    throw new MediactlError('usage', '--repair needs --check, which finds what to repair', { hint });
  }
  if (command.args.length > 1) {
    throw new MediactlError('usage', '--check takes no DEST: the receipt names the place', { hint });
  }
  return receipt;
}

/** The argument of ls and rm. Throws MediactlError('usage'). */
export function requirePlace(where: string | undefined, command: string): string {
  if (where) return where;
  throw new MediactlError('usage', 'no WHERE was given', {
    hint: `name a place: mediactl ${command} gs://bucket/titles/movie`,
  });
}

function meantInstead(
  error: CommanderError,
  argv: readonly string[],
  commands: readonly string[],
  meant: string | undefined,
): string | null {
  const at = argv.findIndex((word) => commands.includes(word));
  if (error.code === 'commander.unknownOption' && at > 0 && argv[0]?.startsWith('-')) {
    const sorted = [...argv.slice(at), ...argv.slice(0, at)];
    return `flags go after the command: mediactl ${shellCommand(sorted)}`;
  }
  if (meant !== undefined) return `did you mean ${meant}?`;
  const word = argv[0] ?? '';
  if (error.code === 'commander.unknownCommand' && existsSync(word)) {
    return `did you mean mediactl encode ${shellQuote(word)}?`;
  }
  if (error.code === 'commander.excessArguments') return 'give one input per run, and put names with spaces in quotes';
  return null;
}
