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
import { Throttle } from '../../storage/throttle.js';
import { stagingName } from '../work/staging.js';
import { bucketPlace } from './bucket-place.js';
import { folderPlace } from './folder-place.js';
import type { Place } from './place.js';
import { createUploadMeter } from './upload-meter.js';

export interface DestinationRequest {
  readonly settings: Pick<Settings, 'access' | 'objects' | 'output'>;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** `--to`, `-o`, or a folder in the working directory named after the input. Throws MediactlError usage. */
export async function destinationOf(input: string, request: DestinationRequest): Promise<Place> {
  const { settings, cwd } = request;
  const { to, output } = settings.output;
  const location = to === null ? null : parseLocation(to);
  if (location?.kind === 'gcs') {
    // Large segments go on after a crash where they were.
    const work = join(cwd, stagingName(workName(location)));
    return openDestination(location, request, new FileSessions(join(work, 'sessions')));
  }
  const folder = outputFolder(resolve(cwd, input), location?.path ?? output, cwd);
  return openDestination({ kind: 'folder', path: folder }, request);
}

/** Throws MediactlError usage. Asks nothing of the network; a folder needs no credentials, whatever is set. */
export async function openDestination(
  location: Location,
  request: DestinationRequest,
  sessions: SessionStore = noSessions,
): Promise<Place> {
  const { settings, cwd, env, signal, emit } = request;
  if (location.kind === 'folder') return folderPlace(location.path, settings.objects.keepVersions ?? 0);
  const meter = createUploadMeter(emit);
  const stopped = new AbortController();
  const access = bucketOptionsOf(request);
  const storage = await openStorage(location, {
    sessions,
    ...access,
    signal: AbortSignal.any([signal, stopped.signal]),
    onEvent: meter.onEvent,
  });
  const path = [location.bucket, ...location.prefix.split('/').filter(Boolean)].map(encodeURIComponent).join('/');
  return bucketPlace({
    storage,
    name: formatLocation(location),
    url: `${chooseEndpoint(settings.access.endpoint, access.credentials, env)}/${path}`,
    folder: join(cwd, workName(location)),
    workFolder: join(cwd, stagingName(workName(location))),
    keepVersions: settings.objects.keepVersions ?? 1,
    meter,
    stop: (reason) => stopped.abort(reason),
  });
}

/** Who asks a bucket, where, and how its objects are to be kept. Throws MediactlError usage. */
export function bucketOptionsOf({ settings, env }: Pick<DestinationRequest, 'settings' | 'env'>): GcsOptions {
  const { endpoint, userProject, uploadJobs: jobs, bwlimit } = settings.access;
  const { headers: rules, metadata, storageClass, kmsKey, acl: predefinedAcl } = settings.objects;
  return {
    credentials: chooseCredentials(settings.access, env),
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
