import type { Kind, ValueOf } from './setting-kinds.js';

/** Which rooms a setting is for. */
export type SettingGroup =
  /** What decides the title. */
  | 'title'
  /** How it is made on this machine. */
  | 'work'
  /** How buckets and the web are reached. */
  | 'access'
  /** How objects are kept in a bucket. */
  | 'objects'
  /** Where the title goes, and what the user sees. */
  | 'output'
  /** How a title is shown in a browser. */
  | 'play'
  /** How `beacon serve` and the like answer others. */
  | 'service';

/** All there is to say of one setting. */
export interface SettingRow<G extends SettingGroup, K extends Kind, Value> {
  readonly group: G;
  readonly kind: K;
  /** Null is a value, too. */
  readonly isNullable: boolean;
  readonly default: Value;
  /** Empty for what is said in files and variables only. */
  readonly flags: readonly Flag[];
  /**
   * Null: any file may give it. Otherwise it names what a file would choose that may have come with the media, and so
   * only the user's own files, variables and flags may give it.
   */
  readonly trustedOnly: string | null;
}

/** One flag of the command line, in the notation of commander: "-o, --output <dir>", "--no-keep". */
export interface Flag {
  readonly notation: string;
  /** One line of the help. Null: the flag is not shown there. */
  readonly help: string | null;
  /** Another flag of its setting that it cannot go with, by its camelCase name. Of other settings: model/exclusions.ts. */
  readonly conflicts: string | null;
}

/** A setting that has a value always. */
export function setting<const G extends SettingGroup, const K extends Kind>(
  group: G,
  kind: K,
  value: ValueOf<K>,
  ...flags: readonly Flag[]
): SettingRow<G, K, ValueOf<K>> {
  return { group, kind, isNullable: false, default: value, flags, trustedOnly: null };
}

/** A setting whose value is null until somebody gives one. */
export function optional<const G extends SettingGroup, const K extends Kind>(
  group: G,
  kind: K,
  ...flags: readonly Flag[]
): SettingRow<G, K, ValueOf<K> | null> {
  return { group, kind, isNullable: true, default: null, flags, trustedOnly: null };
}

/** `chooses`: see SettingRow. */
export function trustedOnly<G extends SettingGroup, K extends Kind, Value>(
  chooses: string,
  row: SettingRow<G, K, Value>,
): SettingRow<G, K, Value> {
  return { ...row, trustedOnly: chooses };
}

export function flag(notation: string, help: string | null, conflicts: string | null = null): Flag {
  return { notation, help, conflicts };
}
