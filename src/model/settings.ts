import type { Kind } from './setting-kinds.js';
import type { SettingGroup, SettingRow } from './setting-row.js';
import { SETTINGS } from './setting-table.js';

/**
 * What a run is asked to do, fully resolved: defaults < file < environment < flags. People write settings flat; here
 * they are in groups, so that each room is given those that concern it. setting-table.ts says what each means.
 */
export interface Settings {
  /** What decides the title. */
  readonly title: TitleSettings;
  /** How it is made on this machine. */
  readonly work: WorkSettings;
  /** How buckets and the web are reached. */
  readonly access: AccessSettings;
  /** How objects are kept in a bucket. */
  readonly objects: ObjectSettings;
  /** Where the title goes, and what the user sees. */
  readonly output: OutputSettings;
  /** How a title is shown in a browser. */
  readonly play: PlaySettings;
  /** How `beacon serve` and the like answer others. */
  readonly service: ServiceSettings;
}

export type TitleSettings = SettingsOf<'title'>;
export type WorkSettings = SettingsOf<'work'>;
export type AccessSettings = SettingsOf<'access'>;
export type ObjectSettings = SettingsOf<'objects'>;
export type OutputSettings = SettingsOf<'output'>;
export type PlaySettings = SettingsOf<'play'>;
export type ServiceSettings = SettingsOf<'service'>;

export type SettingsOf<G extends SettingGroup> = {
  readonly [Key in SettingKey as Table[Key]['group'] extends G ? Key : never]: ValueIn<Table[Key]>;
};

/** A setting's name in files; `stallTimeout` is the flag --stall-timeout and the variable MEDIACTL_STALL_TIMEOUT. */
export type SettingKey = keyof Table;

export type SettingSource = 'default' | 'file' | 'environment' | 'flag';

/** Where a setting's value came from. */
export interface SettingOrigin {
  readonly value: unknown;
  readonly source: SettingSource;
  /** "built in", the file's absolute path, the variable ("MEDIACTL_JOBS") or the flag ("--jobs"). */
  readonly where: string;
}

export type SettingOrigins = Readonly<Record<SettingKey, SettingOrigin>>;

/** Every setting's name, in the order to show them. */
export const SETTING_KEYS: readonly SettingKey[] = Object.keys(SETTINGS).filter(isSettingKey);

export function isSettingKey(name: string): name is SettingKey {
  return Object.hasOwn(SETTINGS, name);
}

type Table = typeof SETTINGS;
type ValueIn<Row> = Row extends SettingRow<SettingGroup, Kind, infer Value> ? Value : never;
