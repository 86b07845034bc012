import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Settings } from '../../model/settings.js';
import { systemClock } from '../../storage/clock.js';
import { chooseCredentials, chooseEndpoint } from '../../storage/credentials.js';
import type { GcsOptions } from '../../storage/gcs/open-gcs.js';
import { FileSessions, noSessions, type SessionStore } from '../../storage/gcs/sessions.js';
import { formatLocation, type Location } from '../../storage/location.js';
import { openStorage } from '../../storage/open.js';
import { Throttle } from '../../storage/throttle.js';
import type { RunContext } from '../../tools/run-context.js';
import { stagingName } from '../work/staging.js';
import { bucketPlace } from './bucket-place.js';
import { folderPlace } from './folder-place.js';
import type { Place } from './place.js';
import { createUploadMeter } from './upload-meter.js';

/** How a bucket is reached, and how objects are kept there. */
export type DestinationSettings = Pick<Settings, 'access' | 'objects'>;

/** Where a title is encoded to: large segments go on after a crash where they were. Throws MediactlError usage. */
export async function openForEncode(
  location: Location,
  settings: DestinationSettings,
  run: RunContext,
): Promise<Place> {
  if (location.kind === 'folder') return openDestination(location, settings, run);
  const work = join(run.cwd, stagingName(workName(location)));
  return openDestination(location, settings, run, new FileSessions(join(work, 'sessions')));
}

/** Throws MediactlError usage. Asks nothing of the network; a folder needs no credentials, whatever is set. */
export async function openDestination(
  location: Location,
  settings: DestinationSettings,
  { cwd, env, signal, emit }: RunContext,
  sessions: SessionStore = noSessions,
): Promise<Place> {
  if (location.kind === 'folder') return folderPlace(location.path, settings.objects.keepVersions ?? 0);
  const meter = createUploadMeter(emit);
  const stopped = new AbortController();
  const access = bucketOptionsOf(settings, env);
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
export function bucketOptionsOf({ access, objects }: DestinationSettings, env: RunContext['env']): GcsOptions {
  const { endpoint, userProject, uploadJobs: jobs, bwlimit } = access;
  const { headers: rules, metadata, storageClass, kmsKey, acl: predefinedAcl } = objects;
  return {
    credentials: chooseCredentials(access, env),
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
