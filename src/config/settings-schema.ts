import { z } from 'zod';
import type { Settings } from '../model/settings.js';
import {
  coldClass,
  customMetadata,
  headerRules,
  kmsKey,
  origin,
  predefinedAcl,
  storageClass,
} from './bucket-settings.js';
import { rate, size } from './byte-counts.js';
import { X264_PRESETS } from './encoders.js';
import { expecting, fields, oneOf } from './problems.js';

/** Settings as values of their own types (a configuration file's, and all others once their text is read). */
export const settingsSchema = fields({
  ladder: text('the name of a ladder or the path of a ladder file'),
  output: text('a folder').nullable(),
  allowHttp: flag(),
  fetch: oneOf(['auto', 'always', 'never']),
  to: text('gs://bucket/path/of/the/title, or a folder').nullable(),
  endpoint: text('an address, such as https://storage.googleapis.com').nullable(),
  keyFile: text("a service account's key file").nullable(),
  impersonate: text('the e-mail address of a service account').nullable(),
  anonymous: flag(),
  userProject: text('the name of a project').nullable(),
  storageClass: storageClass().nullable(),
  kmsKey: kmsKey().nullable(),
  acl: predefinedAcl().nullable(),
  metadata: customMetadata(),
  headers: headerRules(),
  uploadJobs: whole(1, 256, 'requests at once'),
  bwlimit: rate(),
  maxStaging: size(),
  keepVersions: whole(0, 100, 'older versions').nullable(),
  corsOrigins: list(origin(), 'origins, such as https://www.example.com, or *'),
  tmpDays: whole(0, 36_500, 'days; 0: no such rule'),
  coldDays: whole(0, 36_500, 'days; 0: no such rule'),
  coldClass: coldClass(),
  receipt: fileOrNone().nullable(),
  jobs: whole(1, 64, 'encoders side by side').nullable(),
  only: list(text('a rung name'), 'rung names, such as 720p,1080p').nullable(),
  encoderPreset: oneOf(X264_PRESETS).nullable(),
  rateControl: oneOf(['crf', 'abr']).nullable(),
  crf: between(0, 51, 'lower is better').nullable(),
  audioLang: list(languageTag(), 'language tags, such as en,pt-BR').nullable(),
  decode: oneOf(['auto', 'shared', 'per-rung', 'single-process']),
  stallTimeout: between(1, 86_400, 'seconds'),
  nice: whole(0, 19, 'niceness').nullable(),
  strict: flag(),
  resume: flag(),
  force: flag(),
  keep: flag(),
  json: flag(),
  quiet: flag(),
  verbose: flag(),
  color: flag().nullable(),
  ffmpeg: text('a program name or path'),
  ffprobe: text('a program name or path'),
}) satisfies z.ZodType<Settings>;

export const DEFAULTS: Settings = {
  ladder: 'vod',
  output: null,
  allowHttp: false,
  fetch: 'auto',
  to: null,
  endpoint: null,
  keyFile: null,
  impersonate: null,
  anonymous: false,
  userProject: null,
  storageClass: null,
  kmsKey: null,
  acl: null,
  metadata: {},
  headers: [],
  uploadJobs: 64,
  bwlimit: null,
  maxStaging: 2 * 1024 ** 3,
  keepVersions: null,
  receipt: null,
  corsOrigins: ['*'],
  tmpDays: 7,
  coldDays: 30,
  coldClass: 'NEARLINE',
  jobs: null,
  only: null,
  encoderPreset: null,
  rateControl: null,
  crf: null,
  audioLang: null,
  decode: 'auto',
  stallTimeout: 120,
  nice: null,
  strict: false,
  resume: true,
  force: false,
  keep: true,
  json: false,
  quiet: false,
  verbose: false,
  color: null,
  ffmpeg: 'ffmpeg',
  ffprobe: 'ffprobe',
};

/** Every setting's name, in the order to show them. */
export const SETTING_KEYS = settingsSchema.keyof().options;

/** How a setting is written as text (variables, flags): "key=value" for pairs. */
export const KINDS: Readonly<Record<keyof Settings, 'text' | 'number' | 'boolean' | 'list' | 'pairs' | 'json'>> = {
  ladder: 'text',
  output: 'text',
  allowHttp: 'boolean',
  fetch: 'text',
  to: 'text',
  endpoint: 'text',
  keyFile: 'text',
  impersonate: 'text',
  anonymous: 'boolean',
  userProject: 'text',
  storageClass: 'text',
  kmsKey: 'text',
  acl: 'text',
  metadata: 'pairs',
  headers: 'json',
  uploadJobs: 'number',
  bwlimit: 'text',
  maxStaging: 'text',
  keepVersions: 'number',
  receipt: 'text',
  corsOrigins: 'list',
  tmpDays: 'number',
  coldDays: 'number',
  coldClass: 'text',
  jobs: 'number',
  only: 'list',
  encoderPreset: 'text',
  rateControl: 'text',
  crf: 'number',
  audioLang: 'list',
  decode: 'text',
  stallTimeout: 'number',
  nice: 'number',
  strict: 'boolean',
  resume: 'boolean',
  force: 'boolean',
  keep: 'boolean',
  json: 'boolean',
  quiet: 'boolean',
  verbose: 'boolean',
  color: 'boolean',
  ffmpeg: 'text',
  ffprobe: 'text',
};

/** One value for every setting. */
export function eachSetting<T>(make: (key: keyof Settings) => T): Record<keyof Settings, T> {
  return {
    ladder: make('ladder'),
    output: make('output'),
    allowHttp: make('allowHttp'),
    fetch: make('fetch'),
    to: make('to'),
    endpoint: make('endpoint'),
    keyFile: make('keyFile'),
    impersonate: make('impersonate'),
    anonymous: make('anonymous'),
    userProject: make('userProject'),
    storageClass: make('storageClass'),
    kmsKey: make('kmsKey'),
    acl: make('acl'),
    metadata: make('metadata'),
    headers: make('headers'),
    uploadJobs: make('uploadJobs'),
    bwlimit: make('bwlimit'),
    maxStaging: make('maxStaging'),
    keepVersions: make('keepVersions'),
    receipt: make('receipt'),
    corsOrigins: make('corsOrigins'),
    tmpDays: make('tmpDays'),
    coldDays: make('coldDays'),
    coldClass: make('coldClass'),
    jobs: make('jobs'),
    only: make('only'),
    encoderPreset: make('encoderPreset'),
    rateControl: make('rateControl'),
    crf: make('crf'),
    audioLang: make('audioLang'),
    decode: make('decode'),
    stallTimeout: make('stallTimeout'),
    nice: make('nice'),
    strict: make('strict'),
    resume: make('resume'),
    force: make('force'),
    keep: make('keep'),
    json: make('json'),
    quiet: make('quiet'),
    verbose: make('verbose'),
    color: make('color'),
    ffmpeg: make('ffmpeg'),
    ffprobe: make('ffprobe'),
  };
}

function text(what: string) {
  // A NUL ends a path or an argument early in the system's eyes.
  const params = expecting(what);
  return z
    .string(params)
    .min(1, params)
    .regex(/^[^\0]*$/, params);
}

/** False, also as text, for none. */
function fileOrNone() {
  const params = expecting('a file, or false for none');
  const none = (value: unknown): unknown => (value === 'false' ? false : value);
  return z.preprocess(none, z.union([z.literal(false), text('a file, or false for none')], params));
}

function flag() {
  return z.boolean(expecting('true or false'));
}

function between(least: number, most: number, unit: string) {
  const params = expecting(`a number from ${least} to ${most} (${unit})`);
  return z.number(params).min(least, params).max(most, params);
}

function whole(least: number, most: number, unit: string) {
  const params = expecting(`a whole number from ${least} to ${most} (${unit})`);
  return z.int(params).min(least, params).max(most, params);
}

function list(item: z.ZodString, what: string) {
  const params = expecting(`a list of ${what}`);
  return z.array(item, params).min(1, params);
}

function languageTag() {
  const params = expecting('a language tag, such as en or pt-BR');
  return z.string(params).regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, params);
}
