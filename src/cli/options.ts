import { Option, type Command } from 'commander';
import { REPORT_GROUPS } from '../model/beacon-report.js';
import type { COMMANDS } from './help-text.js';
import { settingOptions } from './setting-options.js';

const SELECTION = 'Tracks and sizes:';
const QUALITY = 'Quality:';
const DESTINATION = 'Destination:';
const SOURCE = 'Source in a bucket or on the web:';
const PERFORMANCE = 'Performance:';
const UPLOAD = 'Upload to a bucket:';
const ACCESS = 'Bucket access:';
const COMPARE = 'Compare and repair:';
const REPAIR = 'Bucket repair:';
const COMPARISON = 'Comparison:';
const REMOVAL = 'Removal:';
const SERVING = 'Page:';
const EXPORT = 'Page for a site:';
const SERVICE = 'Server:';
const RECORDS = 'Records:';
const OUTPUT = 'Output options:';
const SETUP = 'Settings and tools:';

type Name = keyof typeof COMMANDS;
type Options = readonly Option[];

/**
 * Adds the flags of a command, under the headings of its help. Each command takes --quiet, --verbose, --no-color and
 * the flags about settings, so that scripts may give them always; help shows those that can change something.
 */
export function addOptions(command: Command, name: Name): void {
  // What it prints is for a shell, and nothing changes it.
  const all = name === 'completion' ? [] : [...ownOptions(name), ...outputOptions(name), ...setupOptions(name)];
  for (const option of all) command.addOption(option);
  command.addHelpOption(new Option('-h, --help', 'show this help').helpGroup(OUTPUT));
}

// An Option of commander belongs to one command, so each function here makes its own.
function ownOptions(name: Name): Options {
  switch (name) {
    case 'encode':
    case 'plan':
      return titleOptions(name === 'plan');
    case 'package':
      return packageOptions();
    case 'upload':
      return uploadOptions();
    case 'play':
      return [...playOptions(), ...accessOptions()];
    case 'ls':
      return [...listOptions(), ...requestOptions(), ...accessOptions()];
    case 'rm':
      return [...removalOptions(), ...requestOptions(), ...accessOptions()];
    case 'probe':
      return [...grouped(SOURCE, settingOptions('allowHttp')), ...accessOptions()];
    case 'beacon serve':
      return [...serviceOptions(8124), ...grouped(RECORDS, settingOptions('rotateAt', 'keepAddresses'))];
    case 'beacon report':
      return reportOptions();
    case 'ladders':
    case 'completion':
      return [];
    case 'doctor':
      return doctorOptions();
  }
}

/** Flags of encode and plan. They are the same, so that changing one word of a command line tries it out. */
function titleOptions(isPlan: boolean): Options {
  const forWork = (options: Options): Options => (isPlan ? hidden(options) : options);
  return [
    ...grouped(
      SELECTION,
      settingOptions('ladder', 'only', 'audioLang', 'audioTracks', 'defaultAudioLang', 'start', 'end', 'strict'),
    ),
    ...grouped(QUALITY, settingOptions('encoderPreset', 'rateControl', 'crf', 'deinterlace')),
    ...grouped(DESTINATION, settingOptions('output', 'to', 'format')),
    ...grouped(DESTINATION, forWork(settingOptions('keepVersions'))),
    ...grouped(DESTINATION, settingOptions('resume', 'replace', 'force')),
    ...grouped(DESTINATION, forWork(settingOptions('keep'))),
    ...grouped(SOURCE, settingOptions('allowHttp', 'fetch')),
    ...grouped(PERFORMANCE, settingOptions('jobs', 'decode')),
    ...grouped(PERFORMANCE, forWork(settingOptions('nice', 'stallTimeout'))),
    ...grouped(UPLOAD, forWork([...transferOptions('NAME-HASH.receipt.json'), ...settingOptions('maxStaging')])),
    ...grouped(UPLOAD, forWork(objectOptions())),
    ...accessOptions(),
  ];
}

/** Flags of package: those of encode that have to do with where a title goes. */
function packageOptions(): Options {
  return [
    ...grouped(
      DESTINATION,
      settingOptions({
        output: 'folder of the new title; may contain {dir} and {name} of TITLE',
        to: 'gs://bucket/path of the new title, uploaded while it is made; or a folder',
        format: 'hls (MPEG-TS), cmaf (fMP4: HLS and DASH), or hls,cmaf for both (default: cmaf)',
      }),
    ),
    ...grouped(DESTINATION, settingOptions('keepVersions', 'resume', 'replace', 'force', 'keep', 'strict')),
    ...grouped(PERFORMANCE, settingOptions('nice')),
    ...grouped(UPLOAD, [...transferOptions('NAME-HASH.receipt.json'), ...settingOptions('maxStaging')]),
    ...grouped(UPLOAD, objectOptions()),
    ...accessOptions(),
  ];
}

function uploadOptions(): Options {
  return [
    ...grouped(
      DESTINATION,
      settingOptions({
        keepVersions: 'keep the objects of this many older versions of a title (default: 1)',
        replace: 'replace a title that was made from another source',
        force: 'replace what is in the way, whoever made it; with --repair, also what is newer than the receipt',
        strict: 'upload nothing when a file of DIR cannot be uploaded',
      }),
    ),
    ...grouped(COMPARE, [
      new Option('-n, --dry-run', 'show what would be sent, patched, kept and removed; write nothing').conflicts([
        'check',
        'repair',
      ]),
      new Option('--check <receipt>', 'compare the bucket with a receipt and show the differences; send nothing'),
      new Option('--repair', 'with --check: repair what differs, from DIR or the folder that the receipt names'),
    ]),
    ...grouped(UPLOAD, [...transferOptions('DIR.receipt.json'), ...objectOptions()]),
    ...accessOptions(),
  ];
}

function playOptions(): Options {
  return [
    ...grouped(SERVING, settingOptions('open', 'host', 'port', 'allowOrigin', 'throttle', 'beacon')),
    ...grouped(EXPORT, [
      new Option(
        '--export <file>',
        'write the page as one file for a site of yours, and serve nothing; takes --beacon',
      ),
      new Option('--src <url>', 'with --export: what the page plays, https://…/master.m3u8 or …/manifest.mpd'),
    ]),
  ];
}

/** `port`: the one that is taken by default. */
function serviceOptions(port: number): Options {
  return grouped(
    SERVICE,
    settingOptions(
      { host: 'serve at this address; for others it takes --tls-cert or --insecure (default: 127.0.0.1)' },
      { port: `serve at this port; 0: any that is free (default: ${port})` },
      ...(['tlsCert', 'tlsKey', 'insecure'] as const),
      { allowOrigin: 'pages that may post, by their origin (default: all)' },
      ...(['rateLimit', 'forwarded', 'openMetrics'] as const),
    ),
  );
}

function reportOptions(): Options {
  return grouped(RECORDS, [
    new Option(
      '--by <what>',
      'one line for each: title,hour, title,day, title, hour or day (default: title,hour)',
    ).choices([...REPORT_GROUPS]),
    new Option('--since <when>', 'only what came since then: 24h, 7d, 2026-11-26 or 2026-11-26T18:00Z (UTC)'),
  ]);
}

function listOptions(): Options {
  return grouped(COMPARISON, [new Option('--check', 'also read the files of a folder and compare their checksums')]);
}

function removalOptions(): Options {
  return grouped(REMOVAL, [
    new Option('-n, --dry-run', 'show what would be removed; remove nothing'),
    new Option('-y, --yes', 'do not ask for confirmation'),
    new Option('-r, --recursive', 'remove every title below WHERE if WHERE is not a title itself'),
  ]);
}

function doctorOptions(): Options {
  return [
    ...grouped(REPAIR, [
      new Option('--fix', 'change CORS and lifecycle rules, after showing the change and asking'),
      new Option('-y, --yes', 'do not ask for confirmation'),
      ...settingOptions('corsOrigins', 'tmpDays', 'coldDays', 'coldClass'),
    ]),
    ...requestOptions(),
    ...accessOptions(),
  ];
}

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
  completion: '',
};

const COMMANDS_HELP = {
  encode: 'with --dry-run: also show the commands',
  plan: 'also show the commands',
} as const;

/** What they tell goes on while they run. */
const TELLS_EVENTS: ReadonlySet<Name> = new Set(['encode', 'package', 'upload', 'play', 'beacon serve']);

const RUNS_TOOLS: ReadonlySet<Name> = new Set(['encode', 'plan', 'probe', 'doctor']);

function outputOptions(name: Name): Options {
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

function setupOptions(name: Name): Options {
  const tools = settingOptions('ffmpeg', 'ffprobe');
  return grouped(SETUP, [
    new Option('--config <file>', 'read settings from this file (default: .mediactlrc.*, mediactl.config.*, …)'),
    new Option('--no-config', 'read no settings file'),
    new Option('--print-config', 'show each setting and where it comes from, then exit'),
    ...(RUNS_TOOLS.has(name) ? tools : hidden(tools)),
  ]);
}

function transferOptions(receipt: string): Options {
  return [
    ...settingOptions('uploadJobs', 'bwlimit'),
    ...settingOptions({ receipt: `file that lists all objects with their checksums (default: ${receipt})` }),
  ];
}

function accessOptions(): Options {
  return grouped(ACCESS, settingOptions('keyFile', 'impersonate', 'anonymous', 'userProject', 'endpoint'));
}

function requestOptions(): Options {
  return grouped(ACCESS, settingOptions('uploadJobs'));
}

function objectOptions(): Options {
  return settingOptions('storageClass', 'kmsKey', 'acl', 'metadata');
}

function grouped(heading: string, options: Options): Options {
  return options.map((option) => option.helpGroup(heading));
}

function hidden(options: Options): Options {
  return options.map((option) => option.hideHelp());
}
