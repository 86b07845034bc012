import { Option, type Command } from 'commander';
import type { COMMANDS } from './help-text.js';
import { OUTPUT, outputOptions, setupOptions } from './output-options.js';
import {
  beaconServerOptions,
  checkOptions,
  licenseServerOptions,
  reportOptions,
  tokenOptions,
} from './service-options.js';
import { grouped, hidden, settingOptions } from './setting-options.js';

const SELECTION = 'Tracks and sizes:';
const QUALITY = 'Quality:';
const DESTINATION = 'Destination:';
const PROTECTION = 'Protection (DRM):';
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
      return beaconServerOptions();
    case 'beacon report':
      return reportOptions();
    case 'license serve':
      return licenseServerOptions();
    case 'license token':
      return tokenOptions();
    case 'license check':
      return checkOptions();
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
    ...grouped(QUALITY, settingOptions('encoderPreset', 'rateControl', 'crf', 'copyTop', 'deinterlace')),
    ...grouped(DESTINATION, settingOptions('output', 'to', 'format')),
    ...grouped(DESTINATION, forWork(settingOptions('keepVersions'))),
    ...grouped(DESTINATION, settingOptions('resume', 'replace', 'force')),
    ...grouped(DESTINATION, forWork(settingOptions('keep'))),
    ...grouped(PROTECTION, settingOptions('drm', 'keys', 'drmKeys', 'drmSystems', 'licenseUrl', 'packager')),
    ...grouped(SOURCE, settingOptions('allowHttp')),
    ...grouped(SOURCE, forWork(settingOptions('fetch'))),
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
    ...grouped(
      SERVING,
      settingOptions({ keys: 'file of keys of an encrypted title, for browsers on this machine only' }),
    ),
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
