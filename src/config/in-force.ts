import type { Preset } from '../model/preset.js';
import { SETTINGS } from '../model/setting-table.js';
import type { SettingKey } from '../model/settings.js';

/** What holds where a setting is null: a value that the ladder gives, or a rule in words. */
export type InForce = { readonly value: unknown; readonly from: string } | { readonly rule: string };

/** `ladder`: the ladder in force; null: it cannot be read. */
export function inForceForNull(key: SettingKey, ladder: Preset | null): InForce {
  const value = ladder === null ? undefined : fromLadder(key, ladder);
  if (ladder !== null && value !== undefined) return { value, from: `ladder ${ladder.name}` };
  return { rule: RULES[key] ?? 'none' };
}

/** A value as people write it: "2G" for bytes, "nearline" for a word in capitals, else JSON. */
export function asWritten(key: SettingKey, value: unknown): string {
  const { kind } = SETTINGS[key];
  if (kind.type === 'size' && typeof value === 'number') return sizeText(value);
  const isWord = kind.type === 'choice' && kind.inCapitals && typeof value === 'string';
  return JSON.stringify(isWord ? value.toLowerCase() : value);
}

function fromLadder(key: SettingKey, { video }: Preset): unknown {
  switch (key) {
    case 'encoderPreset':
      return video.options['preset'];
    case 'rateControl':
      return video.rateControl.mode;
    case 'crf':
      return video.rateControl.mode === 'crf' ? video.rateControl.crf : undefined;
    default:
      return undefined;
  }
}

const FROM_LADDER = 'from the ladder';
const AS_BUCKET = "the bucket's";

const RULES: Readonly<Partial<Record<SettingKey, string>>> = {
  output: './INPUTNAME',
  to: 'no bucket',
  endpoint: "Google's, or STORAGE_EMULATOR_HOST",
  keyFile: 'credentials of gcloud or the machine',
  impersonate: 'nobody',
  userProject: "the bucket's owner pays",
  storageClass: AS_BUCKET,
  kmsKey: AS_BUCKET,
  acl: AS_BUCKET,
  bwlimit: 'no limit',
  keepVersions: '1 in a bucket, 0 in a folder',
  receipt: 'beside the folder, or in this one',
  jobs: 'all rungs at once',
  only: 'all rungs that fit',
  encoderPreset: FROM_LADDER,
  rateControl: FROM_LADDER,
  crf: FROM_LADDER,
  audioLang: 'all languages',
  start: 'the start of the source',
  end: 'the end of the source',
  audioTracks: 'one per language and role',
  defaultAudioLang: "the file's default",
  nice: "mediactl's own",
  port: '8123, or any that is free',
  throttle: 'as fast as it goes',
  allowOrigin: 'none',
  beacon: 'none',
  tlsCert: 'plain HTTP',
  tlsKey: 'plain HTTP',
  rateLimit: '600 a minute',
  auth: 'nobody',
  color: 'where the terminal shows it',
};

const UNITS: readonly (readonly [string, number])[] = [
  ['G', 1024 ** 3],
  ['M', 1024 ** 2],
  ['k', 1024],
];

function sizeText(bytes: number): string {
  const [unit, factor] = UNITS.find(([, size]) => bytes % size === 0) ?? ['', 1];
  return `${bytes / factor}${unit}`;
}
