import { existsSync } from 'node:fs';
import type { Command, CommanderError } from 'commander';
import { MediactlError } from '../errors.js';
import { REPORT_GROUPS, type ReportGroup } from '../model/beacon-report.js';
import type { OutputSettings } from '../model/settings.js';
import { nearest, printable, shellCommand, shellQuote } from '../model/text.js';
import { commandElsewhere, flagElsewhere } from './neighbours.js';
import { commandsOf } from './program.js';

/** Commander's error as ours: it says what is wrong, and the right name or where to read more. */
export function describeUsageError(error: CommanderError, argv: readonly string[], program: Command): MediactlError {
  const [first = ''] = error.message.replace(/^error: /, '').split('\n');
  const [command, named] = commandMeant(argv, program);
  const help = `see mediactl${named} --help`;
  const hint = meantInstead(error, argv, program, command) ?? help;
  return new MediactlError('usage', inOurWords(error, first), { hint });
}

function inOurWords({ code }: CommanderError, message: string): string {
  const [, flag = ''] = /'([^']*)'/.exec(message) ?? [];
  if (code === 'commander.optionMissingArgument') return `${flag} needs a value`;
  // "unknown option '--json=yes'" of a flag that takes no value.
  if (code === 'commander.unknownOption' && flag.includes('=') && flag.startsWith('--'))
    return `${flag.slice(0, flag.indexOf('='))} is unknown here, or takes no value: ${printable(flag)}`;
  return message.replace(/\.$/, '');
}

/** The command that the first words name, or the group that has none of the second name; and these words. */
function commandMeant(argv: readonly string[], program: Command): readonly [Command | undefined, string] {
  const first = program.commands.find((one) => one.name() === argv[0]);
  const second = first?.commands.find((one) => one.name() === argv[1]);
  if (first === undefined) return [undefined, ''];
  return second === undefined ? [first, ` ${first.name()}`] : [second, ` ${first.name()} ${second.name()}`];
}

/** The one argument of encode, plan and probe. Throws MediactlError('usage') when it cannot be a file. */
export function requireInput(input: string | undefined, command: string): string {
  if (input === undefined || input === '') {
    throw new MediactlError('usage', 'no INPUT was given', {
      hint: `name a media file: mediactl ${command} movie.mp4`,
    });
  }
  if (STDIN.has(input)) {
    throw new MediactlError('usage', `reading the source from stdin (${input}) is not supported`, {
      reason: 'the source is read more than once and out of order',
      hint: `save it first: cat > movie.mp4 && mediactl ${command} movie.mp4`,
    });
  }
  if (input === 'help' && !existsSync(input)) {
    throw new MediactlError('input-not-found', 'there is no file named help', {
      hint: `for help on ${command}: mediactl help ${command}`,
    });
  }
  return input;
}

const STDIN: ReadonlySet<string> = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/** The two arguments of upload. Throws MediactlError('usage'). */
export function requireFolders(folder: string | undefined, to: string | undefined): [string, string] {
  if (folder && to) return [folder, to];
  throw new MediactlError('usage', folder ? 'no DEST was given' : 'no DIR was given', {
    hint: 'name a folder and a destination: mediactl upload movie gs://bucket/titles/movie',
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
    throw new MediactlError('usage', '--check takes no DEST: the receipt names it', { hint });
  }
  return receipt;
}

/** What play --export is to write; null: it is not asked for. Throws MediactlError('usage'). */
export function asksForExport(
  where: string | undefined,
  command: Command,
): { readonly file: string; readonly src: string } | null {
  const { export: file, src } = command.opts<{ export?: string; src?: string }>();
  if (file === undefined && src === undefined) return null;
  if (file && src && where === undefined) return { file, src };
  throw new MediactlError('usage', '--export takes a file, --src an address, and no TITLE was given', {
    hint: 'mediactl play --export player.html --src https://example.com/movie/master.m3u8',
  });
}

/** Of a dry run of several. */
export function oneInput(): MediactlError {
  return new MediactlError('usage', '--dry-run takes only one INPUT', {
    hint: 'run mediactl plan INPUT for each of them',
  });
}

/** Of doctor --fix without a place. */
export function needsBucket(): MediactlError {
  return new MediactlError('usage', '--fix works only on a bucket', {
    hint: 'run mediactl doctor gs://bucket/path --fix',
  });
}

/** The argument of package, and where the title goes. Throws MediactlError('usage'). */
export function requireFinished(
  title: string | undefined,
  { to, output }: Pick<OutputSettings, 'to' | 'output'>,
): string {
  const hint = 'name a title and a place: mediactl package movie -o movie-cmaf --format cmaf';
  if (!title) throw new MediactlError('usage', 'no TITLE was given', { hint });
  if (to === null && output === null) throw new MediactlError('usage', 'no place was given, with -o or --to', { hint });
  return title;
}

/** The argument of play. Throws MediactlError('usage'). */
export function requireTitle(where: string | undefined): string {
  if (where) return where;
  throw new MediactlError('usage', 'no TITLE was given', {
    hint: 'name a folder, a playlist or a manifest: mediactl play movie',
  });
}

/** The argument of beacon serve and report. Throws MediactlError('usage'). */
export function requireReportsFolder(folder: string | undefined, command: string): string {
  if (folder) return folder;
  throw new MediactlError('usage', 'no DIR was given', {
    hint: `name the folder of the reports: mediactl beacon ${command} reports`,
  });
}

/** --by of beacon report, which commander has checked. */
export function reportGroup(command: Command): ReportGroup {
  const given: unknown = command.getOptionValue('by');
  return REPORT_GROUPS.find((each) => each === given) ?? 'title,hour';
}

/** --since, milliseconds since 1970; null: not given. Throws MediactlError('usage'). */
export function sinceOf(command: Command, now = Date.now()): number | null {
  const given: unknown = command.getOptionValue('since');
  if (typeof given !== 'string') return null;
  const ago = spanOf(given);
  if (ago !== null) return now - ago;
  const moment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(given) ? Date.parse(given) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw new MediactlError('usage', `--since: ${JSON.stringify(given)} is no time`, {
    hint: 'give 90m, 24h or 7d, or a moment in UTC such as 2026-11-26 or 2026-11-26T18:00Z',
  });
}

/** "90m", "24h", "7d" in milliseconds; null: it is none. */
export function spanOf(text: string): number | null {
  const [, number = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  return number === '' ? null : Number(number) * (UNIT_MS[unit] ?? 0);
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The argument of ls and rm. Throws MediactlError('usage'). */
export function requirePlace(where: string | undefined, command: string): string {
  if (where) return where;
  throw new MediactlError('usage', 'no WHERE was given', {
    hint: `name a folder or a bucket path: mediactl ${command} gs://bucket/titles/movie`,
  });
}

function meantInstead(
  error: CommanderError,
  argv: readonly string[],
  program: Command,
  command: Command | undefined,
): string | null {
  const [, word = ''] = /'([^']*)'/.exec(error.message) ?? [];
  switch (error.code) {
    case 'commander.unknownCommand':
      if (command !== undefined) return didYouMean(word, namesOf(command));
      if (existsSync(word)) return `did you mean mediactl encode ${shellQuote(word)}?`;
      return commandElsewhere(word) ?? didYouMean(word, namesOf(program));
    case 'commander.unknownOption':
      return command === undefined ? flagBeforeCommand(word, argv, program) : flagOf(command, word, program);
    case 'commander.excessArguments':
      return 'give one input per run, and put names with spaces in quotes';
    default:
      return null;
  }
}

function flagBeforeCommand(word: string, argv: readonly string[], program: Command): string | null {
  const at = argv.findIndex((one) => namesOf(program).includes(one));
  if (at > 0) return `flags go after the command: mediactl ${shellCommand([...argv.slice(at), ...argv.slice(0, at)])}`;
  return word === '-v' ? 'for the version: mediactl --version' : didYouMean(word, ['--help', '--version']);
}

function flagOf(command: Command, word: string, program: Command): string | null {
  const flags = flagsOf(command);
  const known = flagElsewhere(word, flags) ?? didYouMean(word, flags);
  if (known !== null) return known;
  const others = commandsOf(program)
    .filter((other) => flagsOf(other.command).includes(word))
    .map(({ name }) => name);
  return others.length === 0 ? null : `${word} is a flag of ${others.join(', ')}`;
}

function didYouMean(word: string, names: readonly string[]): string | null {
  const near = nearest(
    word,
    names.filter((name) => !DESTROYS.has(name)),
  );
  return near === null ? null : `did you mean ${near}?`;
}

/** What is removed or replaced with these is gone: nobody should get there by a slip. */
const DESTROYS: ReadonlySet<string> = new Set([
  'rm',
  '--fresh',
  '--force',
  '--replace',
  '--no-keep',
  '--yes',
  '--recursive',
  '--fix',
]);

function namesOf(program: Command): string[] {
  return program.commands.map((command) => command.name());
}

function flagsOf(command: Command): string[] {
  return command.options.flatMap(({ long, short, hidden }) =>
    hidden ? [] : [long, short].filter((flag) => flag !== undefined),
  );
}
