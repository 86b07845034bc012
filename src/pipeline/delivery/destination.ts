import { createHash } from 'node:crypto';
import { join, parse, resolve } from 'node:path';
import type { Emit } from '../../model/events.js';
import type { Settings } from '../../model/settings.js';
import { systemClock } from '../../storage/clock.js';
import { chooseCredentials, chooseEndpoint } from '../../storage/credentials.js';
import type { GcsOptions } from '../../storage/gcs/open-gcs.js';
import { FileSessions, noSessions, type SessionStore } from '../../storage/gcs/sessions.js';
import { formatLocation, parseLocation, type Location } from '../../storage/location.js';
import { openStorage } from '../../storage/open.js';
import type { Storage } from '../../storage/storage.js';
import { Throttle } from '../../storage/throttle.js';
import { stagingName } from '../work/staging.js';
import { createUploadMeter, type UploadMeter } from './upload-meter.js';

/** Where a title goes: chosen once, and handed down the street. */
export interface Destination {
  readonly storage: Storage;
  /** Absolute path, or gs://bucket/prefix. */
  readonly name: string;
  /** The folder beside which the work happens: the title's own, or one in the working directory for a bucket. */
  readonly folder: string;
  /** Null: a folder. */
  readonly bucket: Bucket | null;
  /** Versions before the present one whose files stay. */
  readonly keepVersions: number;
}

export interface Bucket {
  /** Where players get the title when its objects are public. */
  readonly url: string;
  readonly meter: UploadMeter;
  /** Absolute path of the folder in which a title for it is made, and which remembers what was brought. */
  readonly workFolder: string;
  /** Ends what is under way, with this as its reason. */
  stop(reason: unknown): void;
}

export interface DestinationRequest {
  readonly settings: Settings;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** `--to`, `-o`, or a folder in the working directory named after the input. Throws MediactlError usage. */
export async function destinationOf(input: string, request: DestinationRequest): Promise<Destination> {
  const { settings, cwd } = request;
  const location = settings.to === null ? null : parseLocation(settings.to);
  if (location?.kind === 'gcs') {
    // Large segments go on after a crash where they were.
    const work = join(cwd, stagingName(workName(location)));
    return openDestination(location, request, new FileSessions(join(work, 'sessions')));
  }
  const folder = outputFolder(resolve(cwd, input), location?.path ?? settings.output, cwd);
  return openDestination({ kind: 'folder', path: folder }, request);
}

/** Throws MediactlError usage. Asks nothing of the network. */
export async function openDestination(
  location: Location,
  request: DestinationRequest,
  sessions: SessionStore = noSessions,
): Promise<Destination> {
  const { settings, cwd, env, signal, emit } = request;
  const { endpoint } = settings;
  const credentials = chooseCredentials(settings, env);
  const name = formatLocation(location);
  const meter = createUploadMeter(emit);
  const stopped = new AbortController();
  const storage = await openStorage(location, {
    sessions,
    ...bucketOptionsOf(request),
    signal: AbortSignal.any([signal, stopped.signal]),
    onEvent: meter.onEvent,
  });
  if (location.kind === 'folder') {
    return { storage, name, folder: location.path, bucket: null, keepVersions: settings.keepVersions ?? 0 };
  }
  const path = [location.bucket, ...location.prefix.split('/').filter(Boolean)].map(encodeURIComponent).join('/');
  return {
    storage,
    name,
    folder: join(cwd, workName(location)),
    bucket: {
      url: `${chooseEndpoint(endpoint, credentials, env)}/${path}`,
      meter,
      workFolder: join(cwd, stagingName(workName(location))),
      stop: (reason) => stopped.abort(reason),
    },
    keepVersions: settings.keepVersions ?? 1,
  };
}

/** Who asks a bucket, where, and how its objects are to be kept. Throws MediactlError usage. */
export function bucketOptionsOf({ settings, env }: Pick<DestinationRequest, 'settings' | 'env'>): GcsOptions {
  const { endpoint, userProject, uploadJobs: jobs, headers: rules, metadata } = settings;
  const { storageClass, kmsKey, acl: predefinedAcl, bwlimit } = settings;
  return {
    credentials: chooseCredentials(settings, env),
    endpoint,
    userProject,
    jobs,
    throttle: bwlimit === null ? null : new Throttle(bwlimit, systemClock),
    headers: { rules, metadata },
    placement: { storageClass, kmsKey, predefinedAcl },
    env,
  };
}

/** "movie-1a2b3c4d" for gs://bucket/titles/movie: other buckets' titles of the same name have another. */
function workName(location: Extract<Location, { kind: 'gcs' }>): string {
  const hash = createHash('sha256').update(formatLocation(location)).digest('hex').slice(0, 8);
  return `${location.prefix.split('/').at(-1) || location.bucket}-${hash}`;
}

/** The named folder, or one in the working directory named after the input without its extension. */
function outputFolder(input: string, named: string | null, cwd: string): string {
  if (named !== null) return resolve(cwd, named);
  const { name } = parse(input);
  const folder = join(cwd, name);
  return folder === input ? `${folder}-hls` : folder;
}
