import { Option, type Command } from 'commander';

const WHAT = 'What to make:';
const WHERE = 'Where, and what to do with what is there:';
const SOURCE = 'When INPUT is in a bucket, or on the web:';
const BUCKET = 'When it goes to a bucket:';
const CHECK = 'What is there already:';
const IN_BUCKET = 'In a bucket:';
const QUALITY = 'Picture quality:';
const WORK = 'How to work:';
const OUTPUT = 'What to say:';
const MEND = 'A bucket to mend:';
const SETUP = 'Settings and tools:';
const REMOVAL = 'What to remove:';

// An option belongs to one group of one command.
const allowHttp = (): Option => new Option('--allow-http', 'INPUT may be https://… or http://…');

const RECEIPT = [
  new Option('--receipt <file>', 'where all objects are listed, with checksums (default: NAME.receipt.json)'),
  new Option('--no-receipt', 'keep no such list'),
];

/** Flags of encode and plan: the same, so that a command line is tried out by changing one word. */
export function addTitleOptions(command: Command): Command {
  return add(command, [
    grouped(WHAT, [
      new Option(
        '-l, --ladder <name|file>',
        'sizes, bit rates and segment length (default: vod; see mediactl ladders)',
      ),
      new Option('--only <names>', 'make only these rungs of the ladder, e.g. 720p,480p').argParser(collect),
      new Option('--audio-lang <tags>', 'keep only sound in these languages, e.g. en,fr').argParser(collect),
    ]),
    grouped(WHERE, [
      new Option('-o, --output <dir>', 'folder of the title (default: ./INPUTNAME)').conflicts('to'),
      new Option('--to <dest>', 'gs://bucket/path of the title, uploaded while it is encoded; or a folder'),
      new Option('--keep-versions <n>', 'leave the files of so many older versions (default: 1 in a bucket, else 0)'),
      new Option('--resume', 'go on with what an interrupted run has finished (default)').conflicts('fresh'),
      new Option('--fresh', 'forget what an interrupted run has finished, begin anew').conflicts('resume'),
      new Option('--force', 'encode even though the title is there and unchanged'),
      new Option('--no-keep', 'when interrupted, leave nothing to go on with'),
      new Option('--keep').hideHelp(),
    ]),
    grouped(SOURCE, [
      allowHttp(),
      new Option(
        '--fetch <when>',
        'keep it on disk: auto: what comes, if it is read again; always: all of it first; never (default: auto)',
      ),
    ]),
    bucketOptions([
      ...RECEIPT,
      new Option('--max-staging <size>', 'the encoder waits rather than have more than this on disk (default: 2G)'),
    ]),
    grouped(QUALITY, [
      new Option(
        '--encoder-preset <name>',
        'speed against size: ultrafast … medium … placebo (default: from the ladder)',
      ),
      new Option(
        '--rate-control <mode>',
        'crf: even quality below a cap; abr: predictable size (default: from the ladder)',
      ),
      new Option('--crf <n>', 'quality for crf: 18 is near perfect, 28 small (default: from the ladder)'),
    ]),
    grouped(WORK, [
      new Option('-j, --jobs <n>', 'encode at most this many rungs at once (default: all)'),
      new Option('--decode <mode>', 'auto, shared, per-rung or single-process (default: auto)'),
      new Option('--nice <n>', 'run with lower priority, 0 to 19'),
      new Option('--stall-timeout <seconds>', 'end an FFmpeg that does nothing for this long (default: 120)'),
      new Option('--strict', 'fail when anything of the source is lost'),
    ]),
  ]);
}

/** Flags of probe. */
export function addSourceOptions(command: Command): Command {
  return add(command, [grouped(SOURCE, [allowHttp(), ...accessFlags()])]);
}

/** Flags of upload. */
export function addUploadOptions(command: Command): Command {
  return add(command, [
    grouped(WHERE, [
      new Option('--keep-versions <n>', 'leave the objects of so many older versions of a title (default: 1)'),
      new Option('--force', 'replace what mediactl did not make; with --repair, what is newer than the receipt'),
    ]),
    grouped(CHECK, [
      new Option('-n, --dry-run', 'show what would be sent, patched, left and removed; write nothing').conflicts([
        'check',
        'repair',
      ]),
      new Option('--check <receipt>', 'compare the bucket with a receipt, and say what differs; sends nothing'),
      new Option('--repair', 'with --check: mend what differs, from DIR or the folder that the receipt names'),
    ]),
    bucketOptions(RECEIPT),
  ]);
}

/** Flags of ls and rm: who asks the bucket. */
export function addAccessOptions(command: Command): Command {
  return add(command, [grouped(IN_BUCKET, accessOptions())]);
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

/** `more`: what stands beside the first flag. */
function bucketOptions(more: readonly Option[]): readonly Option[] {
  return grouped(BUCKET, [
    ...accessOptions([
      new Option(
        '--bwlimit <rate>',
        'upload at most so many bytes a second, e.g. 10M for 10 MiB/s (84 Mbit/s); or off',
      ),
      ...more,
    ]),
    new Option('--storage-class <name>', "of new objects: standard, nearline, … (default: the bucket's)"),
    new Option('--kms-key <name>', 'encrypt new objects with this Cloud KMS key: projects/…/cryptoKeys/…'),
    new Option('--acl <name>', 'who may read new objects: private, publicRead, … (not with uniform access)'),
    new Option('--metadata <key=value>', 'custom metadata of every object; may be given again').argParser(collectAll),
  ]);
}

function accessOptions(more: readonly Option[] = []): readonly Option[] {
  return [new Option('--upload-jobs <n>', 'requests at once (default: 64)'), ...more, ...accessFlags()];
}

/** Flags of doctor for a bucket. */
export function addDoctorOptions(command: Command): Command {
  return add(command, [
    grouped(MEND, [
      new Option('--fix', 'change CORS and lifecycle rules, after showing the change and asking'),
      new Option('-y, --yes', 'do not ask'),
      new Option(
        '--cors-origins <list>',
        'origins of the pages that play, e.g. https://www.example.com (default: *)',
      ).argParser(collect),
      new Option('--tmp-days <n>', 'leftovers go after so many days; 0: no such rule (default: 7)'),
      new Option('--cold-days <n>', 'titles go to a colder class after so many days; 0: no such rule (default: 30)'),
      new Option('--cold-class <name>', 'which: nearline, coldline or archive (default: nearline)'),
    ]),
    grouped(IN_BUCKET, accessOptions()),
  ]);
}

function accessFlags(): readonly Option[] {
  return [
    new Option('--key-file <file>', "a service account's key (default: what gcloud and the machine offer)"),
    new Option('--impersonate <email>', 'act as this service account'),
    new Option('--anonymous', 'without credentials'),
    new Option('--user-project <id>', 'project that pays for requests'),
    new Option('--endpoint <url>', "another address of the API than Google's"),
  ];
}

/** --json, --quiet and the like; `progress`: for a command that runs long. */
export function addOutputOptions(command: Command, progress: boolean): Command {
  return add(command, [
    grouped(OUTPUT, [
      new Option('--json', progress ? 'NDJSON events on stdout, for scripts (docs/json-output.md)' : 'JSON on stdout'),
      ...(progress ? [new Option('-q, --quiet', 'errors only').conflicts('verbose')] : []),
      new Option('-v, --verbose', 'show the commands that are run'),
      new Option('--no-color', 'no colours (as NO_COLOR=1)'),
      new Option('--color').hideHelp(),
    ]),
  ]).addHelpOption(new Option('-h, --help', 'show this help').helpGroup(OUTPUT));
}

/** --config and what names the tools. */
export function addSetupOptions(command: Command): Command {
  return add(command, [
    grouped(SETUP, [
      new Option('--config <file>', 'read settings from this file (default: .mediactlrc.*, mediactl.config.*, …)'),
      new Option('--no-config', 'read no settings file'),
      new Option('--print-config', 'show each setting and where it came from, then stop'),
      new Option('--ffmpeg <path>', 'the ffmpeg program (default: the one in PATH)'),
      new Option('--ffprobe <path>', 'the ffprobe program (default: the one in PATH)'),
    ]),
  ]);
}

/** A flag on its own under "What to say:". */
export function addOutputOption(command: Command, flags: string, description: string): Command {
  return add(command, [grouped(OUTPUT, [new Option(flags, description)])]);
}

/** What was given on the command line, by setting name; what was not given is not there. */
export function givenFlags(command: Command): Record<string, unknown> {
  const given = Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli');
  const { fresh, ...flags } = Object.fromEntries<unknown>(given);
  return fresh === true ? { ...flags, resume: false } : flags;
}

/** The settings file that was asked for: a path, false for --no-config, undefined to look for one. */
export function configFileOf(command: Command): string | false | undefined {
  if (command.getOptionValueSource('config') !== 'cli') return undefined;
  const value: unknown = command.getOptionValue('config');
  return typeof value === 'string' ? value : value === false ? false : undefined;
}

function add(command: Command, groups: readonly (readonly Option[])[]): Command {
  for (const option of groups.flat()) command.addOption(option);
  return command;
}

function grouped(heading: string, options: readonly Option[]): readonly Option[] {
  return options.map((option) => option.helpGroup(heading));
}

// Values may have commas.
function collectAll(value: string, before: unknown): readonly unknown[] {
  const all: readonly unknown[] = Array.isArray(before) ? before : [];
  return [...all, value];
}

// --only 720p --only 480p is --only 720p,480p.
function collect(value: string, before: unknown): string {
  return typeof before === 'string' ? `${before},${value}` : value;
}
