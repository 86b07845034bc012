import { exampleLines, paragraph, twoColumns, type Entry } from './help-writer.js';

/** The commands, in the order a reader wants them. */
export const COMMANDS = {
  encode: { usage: 'INPUT...', does: 'Turn INPUT into a streaming title (HLS, DASH) that plays everywhere.' },
  package: { usage: 'TITLE', does: 'Bring a finished title into other forms (HLS, DASH), without encoding.' },
  upload: { usage: 'DIR DEST', does: 'Upload a folder to gs://bucket/path and confirm every object.' },
  play: { usage: 'TITLE', does: 'Show a title in a browser, with figures of how it plays.' },
  ls: { usage: 'WHERE', does: 'List the titles in a folder or below gs://bucket/path.' },
  rm: { usage: 'WHERE', does: 'Remove a title from a folder or from gs://bucket/path.' },
  plan: { usage: 'INPUT', does: 'Show what encode would do with INPUT, and why.' },
  probe: { usage: 'INPUT', does: 'Show what INPUT contains.' },
  ladders: { usage: '[NAME]', does: 'Show the ladders (sizes and bit rates), or one of them.' },
  doctor: { usage: '[DEST]', does: 'Check whether this machine or gs://bucket/path is ready.' },
  'beacon serve': { usage: 'DIR', does: 'Collect in DIR what the pages of play report.' },
  'beacon report': { usage: 'DIR', does: 'Show what was collected: starts, stalls, switches.' },
  'license serve': { usage: '', does: 'Give keys to players that have a token (ClearKey).' },
  'license token': { usage: '', does: 'Make a token for a viewer, or explain one.' },
  'license check': { usage: 'URL', does: 'Ask a licence server as a player would.' },
  completion: { usage: 'SHELL', does: 'Print a completion script for bash, zsh or fish.' },
} as const;

/** Of commands of two words: the first, and what they are about. */
export const GROUPS = {
  beacon: 'Collect what players report, and show it.',
  license: 'Give viewers the keys of encrypted titles (ClearKey).',
} as const;

/** What exit codes mean. README's table has the codes of JSON for each. */
export const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  0: 'done, or nothing to do',
  1: 'a bug in mediactl',
  2: 'wrong usage or settings',
  3: 'the input cannot be used',
  4: 'FFmpeg is missing, too old, or lacks something',
  5: 'encoding failed',
  6: 'a problem with the destination or the disk',
  7: 'another run is using the destination',
  8: 'a check failed',
  9: 'part of the source was lost (--strict)',
  10: 'a problem with the bucket or the network',
  129: 'the terminal was closed',
  130: 'Ctrl-C',
  131: 'told to quit (SIGQUIT)',
  141: 'the reader closed stdout',
  143: 'told to stop (SIGTERM)',
};

const EXAMPLES: readonly Entry[] = [
  { term: 'mediactl encode movie.mp4', text: 'a title in ./movie' },
  { term: 'mediactl play movie', text: 'play it in a browser' },
  { term: 'mediactl plan movie.mp4', text: 'what encode would do; writes nothing' },
  { term: 'mediactl probe movie.mp4', text: 'what the file contains' },
  { term: 'mediactl doctor', text: 'can this machine encode?' },
];

export const SETTINGS_TEXT =
  'Settings, from the weakest to the strongest: built in < ~/.config/mediactl/config.json < the nearest settings ' +
  'file in this folder or above (package.json "mediactl", .mediactlrc.json, mediactl.config.yaml, …) < MEDIACTL_* ' +
  'variables < flags. A setting is called stallTimeout in a file, MEDIACTL_STALL_TIMEOUT as a variable and ' +
  '--stall-timeout as a flag. `mediactl encode --print-config` shows each one and where it comes from.';

/** The text of `mediactl --help`, for a terminal `width` columns wide. It is asked for most and must appear at once. */
export function overview(width: number): string {
  const commands = Object.entries(COMMANDS).map(([name, { usage, does }]) => ({
    term: `${name} ${usage}`.trimEnd(),
    text: does,
  }));
  const flags = [
    { term: '-h, --help', text: 'Show this help; mediactl COMMAND --help lists the flags of a command.' },
    { term: '-V, --version', text: 'Show the versions of mediactl, Node.js and FFmpeg.' },
  ];
  const blocks = [
    ['Usage: mediactl COMMAND [INPUT] [flags]'],
    paragraph('Turns a video file into a streaming title: one address, several sizes, any player.', width),
    ['Commands:', ...twoColumns(commands, width)],
    ['Flags:', ...twoColumns(flags, width, commands)],
    ['Examples:', ...exampleLines(EXAMPLES, width)],
    paragraph(SETTINGS_TEXT, width),
    exitCodes(Object.keys(EXIT_MEANINGS).map(Number), width),
  ];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** The text of `mediactl GROUP --help`. */
export function groupHelp(group: keyof typeof GROUPS, width: number): string {
  const commands = Object.entries(COMMANDS)
    .filter(([name]) => name.startsWith(`${group} `))
    .map(([name, { usage, does }]) => ({ term: `${name} ${usage}`.trimEnd(), text: does }));
  const blocks = [
    [`Usage: mediactl ${group} COMMAND [flags]`],
    paragraph(GROUPS[group], width),
    ['Commands:', ...twoColumns(commands, width)],
    paragraph(`mediactl ${group} COMMAND --help lists the flags of a command.`, width),
  ];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** The list of exit codes that ends a help. */
export function exitCodes(codes: readonly number[], width: number): string[] {
  const entries = codes.map((code) => ({ term: String(code), text: EXIT_MEANINGS[code] ?? '' }));
  const widest = [{ term: '000', text: '' }];
  return ['Exit codes:', ...twoColumns(entries, width, widest)];
}
