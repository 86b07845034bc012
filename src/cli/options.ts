import { Option, type Command } from 'commander';
import { settingOptions } from './setting-options.js';

const WHAT = 'What to make:';
const WHERE = 'Where it goes, and what happens to what is there:';
const SOURCE = 'When INPUT is in a bucket, or on the web:';
const BUCKET = 'When it goes to a bucket:';
const CHECK = 'What is already there:';
const IN_BUCKET = 'In a bucket:';
const QUALITY = 'Picture quality:';
const WORK = 'How to encode:';
const OUTPUT = 'Output:';
const REPAIR = 'Repairing a bucket:';
const SETUP = 'Settings and tools:';
const REMOVAL = 'What to remove:';

// An Option of commander belongs to one command, so each function here makes its own.

/** Flags of encode and plan. They are the same, so that changing one word of a command line tries it out. */
export function addTitleOptions(command: Command): Command {
  return add(command, [
    grouped(WHAT, settingOptions('ladder', 'only', 'audioLang')),
    grouped(WHERE, settingOptions('output', 'to', 'keepVersions', 'resume', 'force', 'keep')),
    grouped(SOURCE, settingOptions('allowHttp', 'fetch')),
    grouped(BUCKET, [
      ...settingOptions('uploadJobs', 'bwlimit', 'receipt', 'maxStaging'),
      ...accessOptions(),
      ...objectOptions(),
    ]),
    grouped(QUALITY, settingOptions('encoderPreset', 'rateControl', 'crf')),
    grouped(WORK, settingOptions('jobs', 'decode', 'nice', 'stallTimeout', 'strict')),
  ]);
}

/** Flags of probe. */
export function addSourceOptions(command: Command): Command {
  return add(command, [grouped(SOURCE, [...settingOptions('allowHttp'), ...accessOptions()])]);
}

/** Flags of upload. */
export function addUploadOptions(command: Command): Command {
  return add(command, [
    grouped(WHERE, [
      ...settingOptions({
        keepVersions: 'keep the objects of this many older versions of a title (default: 1)',
        force: 'replace what mediactl did not make; with --repair, what is newer than the receipt',
      }),
    ]),
    grouped(CHECK, [
      new Option('-n, --dry-run', 'show what would be sent, patched, left and removed; write nothing').conflicts([
        'check',
        'repair',
      ]),
      new Option('--check <receipt>', 'compare the bucket with a receipt, and show what differs; send nothing'),
      new Option('--repair', 'with --check: repair what differs, from DIR or the folder that the receipt names'),
    ]),
    grouped(BUCKET, [...settingOptions('uploadJobs', 'bwlimit', 'receipt'), ...accessOptions(), ...objectOptions()]),
  ]);
}

/** Flags of ls and rm that say how the bucket is reached. */
export function addAccessOptions(command: Command): Command {
  return add(command, [grouped(IN_BUCKET, [...settingOptions('uploadJobs'), ...accessOptions()])]);
}

/** Flags of rm alone. */
export function addRemovalOptions(command: Command): Command {
  return add(command, [
    grouped(REMOVAL, [
      new Option('-n, --dry-run', 'show what would be removed, and remove nothing'),
      new Option('-y, --yes', 'do not ask'),
      new Option('-r, --recursive', 'remove every title below WHERE, when WHERE is no title itself'),
    ]),
  ]);
}

/** Flags of doctor when it looks at a bucket. */
export function addDoctorOptions(command: Command): Command {
  return add(command, [
    grouped(REPAIR, [
      new Option('--fix', 'change CORS and lifecycle rules, after showing the change and asking'),
      new Option('-y, --yes', 'do not ask'),
      ...settingOptions('corsOrigins', 'tmpDays', 'coldDays', 'coldClass'),
    ]),
    grouped(IN_BUCKET, [...settingOptions('uploadJobs'), ...accessOptions()]),
  ]);
}

/** --json, --quiet and the like. `progress`: the command runs long enough to report events. */
export function addOutputOptions(command: Command, progress: boolean): Command {
  return add(command, [
    grouped(OUTPUT, [
      ...(progress
        ? [
            ...settingOptions({ json: 'NDJSON events on stdout, for scripts (docs/json-output.md)' }),
            ...settingOptions('quiet'),
          ]
        : settingOptions('json')),
      ...settingOptions('verbose', 'color'),
    ]),
  ]).addHelpOption(new Option('-h, --help', 'show this help').helpGroup(OUTPUT));
}

/** --config, and the flags that name the tools. */
export function addSetupOptions(command: Command): Command {
  return add(command, [
    grouped(SETUP, [
      new Option('--config <file>', 'read settings from this file (default: .mediactlrc.*, mediactl.config.*, …)'),
      new Option('--no-config', 'read no settings file'),
      new Option('--print-config', 'show each setting and where it came from, then stop'),
      ...settingOptions('ffmpeg', 'ffprobe'),
    ]),
  ]);
}

/** Adds a flag of this command alone to those about its output. */
export function addOutputOption(command: Command, flags: string, description: string): Command {
  return add(command, [grouped(OUTPUT, [new Option(flags, description)])]);
}

/** The flags that were given on the command line, by setting name. Flags that were not given are absent. */
export function givenFlags(command: Command): Record<string, unknown> {
  const given = Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli');
  const { fresh, ...flags } = Object.fromEntries<unknown>(given);
  return fresh === true ? { ...flags, resume: false } : flags;
}

/** The settings file that the user asked for: a path, false for --no-config, undefined to search for one. */
export function configFileOf(command: Command): string | false | undefined {
  if (command.getOptionValueSource('config') !== 'cli') return undefined;
  const value: unknown = command.getOptionValue('config');
  return typeof value === 'string' ? value : value === false ? false : undefined;
}

function accessOptions(): readonly Option[] {
  return settingOptions('keyFile', 'impersonate', 'anonymous', 'userProject', 'endpoint');
}

function objectOptions(): readonly Option[] {
  return settingOptions('storageClass', 'kmsKey', 'acl', 'metadata');
}

function add(command: Command, groups: readonly (readonly Option[])[]): Command {
  for (const option of groups.flat()) command.addOption(option);
  return command;
}

function grouped(heading: string, options: readonly Option[]): readonly Option[] {
  return options.map((option) => option.helpGroup(heading));
}
