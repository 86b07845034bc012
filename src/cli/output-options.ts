import { Option } from 'commander';
import type { COMMANDS } from './help-text.js';
import { grouped, hidden, settingOptions } from './setting-options.js';

export const OUTPUT = 'Output options:';
const SETUP = 'Settings and tools:';

type Name = keyof typeof COMMANDS;
type Options = readonly Option[];

const JSON_HELP: Readonly<Record<Name, string>> = {
  encode: 'NDJSON events on stdout, for scripts (docs/json-output.md)',
  package: 'NDJSON events on stdout, for scripts (docs/json-output.md)',
  upload: 'NDJSON events on stdout, or one document with -n or --check',
  play: 'NDJSON events on stdout, for scripts (docs/json-output.md)',
  ls: 'one JSON document on stdout',
  rm: 'one JSON document on stdout',
  plan: 'one JSON document on stdout',
  probe: 'one JSON document on stdout',
  ladders: 'the ladders as JSON on stdout',
  doctor: 'one JSON document on stdout',
  'beacon serve': 'NDJSON events on stdout, for scripts (docs/json-output.md)',
  'beacon report': 'one JSON document on stdout',
  'license serve': 'NDJSON events on stdout, for scripts (docs/json-output.md)',
  'license token': 'one JSON document on stdout',
  'license check': 'one JSON document on stdout',
  completion: '',
};

const COMMANDS_HELP = {
  encode: 'with --dry-run: also show the commands',
  plan: 'also show the commands',
} as const;

/** What they tell goes on while they run. */
const TELLS_EVENTS: ReadonlySet<Name> = new Set([
  'encode',
  'package',
  'upload',
  'play',
  'beacon serve',
  'license serve',
]);

const RUNS_TOOLS: ReadonlySet<Name> = new Set(['encode', 'plan', 'probe', 'doctor']);

/** What it prints, and how. */
export function outputOptions(name: Name): Options {
  const verbose = settingOptions('verbose');
  return grouped(OUTPUT, [
    ...(name === 'encode' ? [new Option('-n, --dry-run', 'show the plan and write nothing (like mediactl plan)')] : []),
    ...(name === 'encode' || name === 'plan' ? [new Option('--commands', COMMANDS_HELP[name])] : []),
    ...(name === 'ladders' ? [new Option('--schema', 'print the JSON Schema of ladder files, for editors')] : []),
    ...settingOptions({ json: JSON_HELP[name] }),
    ...(TELLS_EVENTS.has(name)
      ? settingOptions('quiet')
      : settingOptions({ quiet: 'print only errors; the exit code tells the rest' })),
    ...(RUNS_TOOLS.has(name) ? verbose : hidden(verbose)),
    ...settingOptions('color'),
  ]);
}

/** Settings files and programs. */
export function setupOptions(name: Name): Options {
  const tools = settingOptions('ffmpeg', 'ffprobe');
  return grouped(SETUP, [
    new Option('--config <file>', 'read settings from this file (default: .mediactlrc.*, mediactl.config.*, …)'),
    new Option('--no-config', 'read no settings file'),
    new Option('--print-config', 'show each setting and where it comes from, then exit'),
    ...(RUNS_TOOLS.has(name) ? tools : hidden(tools)),
  ]);
}
