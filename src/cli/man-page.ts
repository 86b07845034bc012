import { optionGroups } from './command-help.js';
import { COMMAND_TEXTS } from './command-texts.js';
import { COMMANDS, EXIT_MEANINGS, SETTINGS_TEXT } from './help-text.js';
import type { Entry } from './help-writer.js';
import { buildProgram, commandsOf, type NamedCommand } from './program.js';

/** The manual page mediactl(1) in the man macros, from the same source as the help. */
export function manPage(version: string): string {
  const program = buildProgram(version, 80, async () => {});
  return [
    `.TH MEDIACTL 1 "" "mediactl ${text(version)}" "User Commands"`,
    '.SH NAME',
    'mediactl \\- turn a video file into a streaming title (HLS, DASH)',
    '.SH SYNOPSIS',
    ...Object.entries(COMMANDS).flatMap(([name, { usage }]) => [
      `.B mediactl ${name}`,
      `${text(usage)} [\\fIflags\\fR]`,
      '.br',
    ]),
    '.SH DESCRIPTION',
    text('Turns a video file into a streaming title: one address, several sizes, any player.'),
    '.PP',
    text(SETTINGS_TEXT),
    '.SH COMMANDS',
    ...commandsOf(program).flatMap(commandPart),
    '.SH EXIT STATUS',
    ...Object.entries(EXIT_MEANINGS).flatMap(([code, meaning]) => ['.TP', `.B ${code}`, text(meaning)]),
    '.SH SEE ALSO',
    '.BR ffmpeg (1),',
    '.BR ffprobe (1)',
    '',
  ].join('\n');
}

function commandPart({ name, command }: NamedCommand): string[] {
  const { examples, notes } = COMMAND_TEXTS[name];
  return [
    `.SS mediactl ${name} ${text(COMMANDS[name].usage)}`,
    text(COMMANDS[name].does),
    ...notes.flatMap((note) => ['.PP', text(note)]),
    ...optionGroups(command).flatMap(({ heading, options }) => [
      '.PP',
      `.I "${text(heading)}"`,
      ...options.flatMap(({ flags, description }) => ['.TP', `.B ${text(flags)}`, text(description)]),
    ]),
    ...(examples.length === 0 ? [] : ['.PP', '.I "Examples:"', ...examples.flatMap(examplePart)]),
  ];
}

function examplePart(example: Entry): string[] {
  const about = example.text === '' ? [] : [text(`# ${example.text}`)];
  return ['.PP', '.RS 4', '.nf', ...about, text(`$ ${example.term}`), '.fi', '.RE'];
}

// A line that begins with a dot or an apostrophe would be a request; dashes are those that can be copied.
function text(plain: string): string {
  const escaped = plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('"', '\\(dq')
    .replaceAll('…', '...')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti');
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}
