import type { Command, Option } from 'commander';
import { COMMAND_TEXTS } from './command-texts.js';
import { COMMANDS, exitCodes } from './help-text.js';
import { exampleLines, paragraph, twoColumns, type Entry } from './help-writer.js';

/** The text of `mediactl COMMAND --help`, for a terminal `width` columns wide. */
export function commandHelp(name: keyof typeof COMMANDS, command: Command, width: number): string {
  const { usage, does } = COMMANDS[name];
  const { examples, notes, exits } = COMMAND_TEXTS[name];
  const groups = optionGroups(command);
  const all = groups.flatMap(({ options }) => options.map(toEntry));
  const blocks = [
    paragraph(`Usage: mediactl ${[name, usage].filter((word) => word !== '').join(' ')} [flags]`, width, 2),
    paragraph(does, width),
    ...groups.map(({ heading, options }) => [heading, ...twoColumns(options.map(toEntry), width, all)]),
    ['Examples:', ...exampleLines(examples, width)],
    ...notes.map((note) => paragraph(note, width)),
    exitCodes(exits, width),
  ];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** The flags of a command that help shows, by heading. Every heading comes where its first flag was added. */
export function optionGroups(command: Command): { heading: string; options: readonly Option[] }[] {
  const visible = command.createHelp().visibleOptions(command);
  const headings = [...new Set(visible.map(({ helpGroupHeading }) => helpGroupHeading ?? 'Options:'))];
  return headings.map((heading) => ({
    heading,
    options: visible.filter(({ helpGroupHeading }) => (helpGroupHeading ?? 'Options:') === heading),
  }));
}

function toEntry({ flags, description }: Option): Entry {
  return { term: flags, text: description };
}
