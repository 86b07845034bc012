import type { DecodeMode } from './schedule.js';

/**
 * What a run is asked to do, fully resolved: defaults < file < environment < flags. A key here is the same name as
 * a flag in kebab-case (`stallTimeout` = `--stall-timeout`) and a variable (`MEDIACTL_STALL_TIMEOUT`).
 */
export interface Settings {
  /** Name of a built-in ladder, or path of a ladder file. */
  readonly ladder: string;
  /** Folder of the title; null: beside the working directory, named after the input. */
  readonly output: string | null;
  /** INPUT may be an address of the web. */
  readonly allowHttp: boolean;
  /** Whether a remote INPUT is fetched into the working folder: whole before the encode, as it is read, or not at all. */
  readonly fetch: 'auto' | 'always' | 'never';
  /** gs://bucket/prefix or a folder; excludes `output`. */
  readonly to: string | null;
  /** Another address of the Cloud Storage API; null: Google's, or STORAGE_EMULATOR_HOST. */
  readonly endpoint: string | null;
  /** Key file of a service account; null: what Google's tools find by themselves. */
  readonly keyFile: string | null;
  /** Service account to act as. */
  readonly impersonate: string | null;
  /** Ask the bucket without credentials. */
  readonly anonymous: boolean;
  /** Project that pays for requests, where the bucket's owner does not. */
  readonly userProject: string | null;
  /** Storage class of new objects; null: the bucket's. */
  readonly storageClass: string | null;
  /** Resource name of the Cloud KMS key for new objects; null: the bucket's. */
  readonly kmsKey: string | null;
  /** Predefined ACL of new objects; null: the bucket's. */
  readonly acl: string | null;
  /** Custom metadata of every object. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Exceptions from the headers that objects get by what they are. Has no flag. */
  readonly headers: readonly HeaderRule[];
  /** Requests to the bucket at once. */
  readonly uploadJobs: number;
  /** Bytes a second that all uploads together may take; null: no limit. */
  readonly bwlimit: number | null;
  /** Bytes on disk that are made, or wait for their upload; the encoder waits rather than make more. */
  readonly maxStaging: number;
  /** Older versions of a title whose files stay; null: 1 in a bucket, none in a folder. */
  readonly keepVersions: number | null;
  /** Origins of the pages whose players may read a bucket, "*" for all. */
  readonly corsOrigins: readonly string[];
  /** Days after which leftovers in a bucket are removed by a lifecycle rule; 0: no such rule. */
  readonly tmpDays: number;
  /** Days after which titles in a bucket go to `coldClass` by a lifecycle rule; 0: no such rule. */
  readonly coldDays: number;
  readonly coldClass: 'NEARLINE' | 'COLDLINE' | 'ARCHIVE';
  /** Where the list of the uploaded objects is written as JSON; false: nowhere; null: beside the folder. */
  readonly receipt: string | false | null;
  /** Encoders side by side; null: all rungs at once. */
  readonly jobs: number | null;
  /** Names of the rungs to make; null: all that fit. */
  readonly only: readonly string[] | null;
  /** x264 speed preset; null: as the ladder says. */
  readonly encoderPreset: string | null;
  /** null: as the ladder says. */
  readonly rateControl: 'crf' | 'abr' | null;
  /** Constant quality, 0 to 51; null: as the ladder says. */
  readonly crf: number | null;
  /** BCP 47 tags of the audio tracks to keep; null: all. */
  readonly audioLang: readonly string[] | null;
  readonly decode: 'auto' | DecodeMode;
  /** FFmpeg without progress for this many seconds is killed. */
  readonly stallTimeout: number;
  /** Niceness of the child processes, 0 to 19; null: as mediactl's own. */
  readonly nice: number | null;
  /** Warnings about lost media become an error. */
  readonly strict: boolean;
  /** Go on with what an interrupted run left (false: --fresh). */
  readonly resume: boolean;
  /** Encode although the title is there and unchanged. */
  readonly force: boolean;
  /** Keep the staging folder of an interrupted run (false: --no-keep). */
  readonly keep: boolean;
  /** NDJSON on stdout. */
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** null: colour where the terminal shows it (NO_COLOR, FORCE_COLOR). */
  readonly color: boolean | null;
  /** Program names, or paths. */
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** What it names replaces the default for the paths that match. */
export interface HeaderRule {
  /** Glob on the path inside the title, or on the file's name when it has no slash: "*.ts", "thumbs/*.jpg". */
  readonly match: string;
  readonly contentType?: string | undefined;
  readonly cacheControl?: string | undefined;
  /** Added to that of the rules before. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export type SettingSource = 'default' | 'file' | 'environment' | 'flag';

/** Where a setting's value came from. */
export interface SettingOrigin {
  readonly value: Settings[keyof Settings];
  readonly source: SettingSource;
  /** "built in", the file's absolute path, the variable ("MEDIACTL_JOBS") or the flag ("--jobs"). */
  readonly where: string;
}

export type SettingOrigins = Readonly<Record<keyof Settings, SettingOrigin>>;
