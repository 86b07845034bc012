import { ApiError } from './api-error.js';
import { isPublic } from './bucket.js';
import { header, type Exchange } from './exchange.js';
import { asObject } from './json.js';
import { verifyJwt } from './jwt.js';
import type { Token } from './options.js';
import type { Kind, Route } from './route.js';
import { verifySignature } from './signature.js';
import type { World } from './world.js';

/** Who asks, and what they may. */
export interface Caller {
  /** Null: nobody said. */
  readonly email: string | null;
  readonly permissions: readonly string[];
  /** Null: all. */
  readonly projects: readonly string[] | null;
}

const ANYBODY: Caller = { email: 'anybody@open.invalid', permissions: ['*'], projects: null };
const ANONYMOUS: Caller = { email: null, permissions: [], projects: [] };

/** Permission of each kind, as "IAM permissions for JSON methods" lists them. */
const NEEDED: Readonly<Record<Kind, string | null>> = {
  'bucket-list': 'storage.buckets.list',
  'bucket-insert': 'storage.buckets.create',
  'bucket-get': 'storage.buckets.get',
  'bucket-patch': 'storage.buckets.update',
  'bucket-delete': 'storage.buckets.delete',
  // By what is done with it.
  'bucket-iam': null,
  'insert-media': 'storage.objects.create',
  'insert-multipart': 'storage.objects.create',
  'resumable-start': 'storage.objects.create',
  // The session's URI is a secret that is enough.
  'resumable-chunk': null,
  'resumable-final': null,
  'resumable-status': null,
  'resumable-cancel': null,
  'object-list': 'storage.objects.list',
  'object-get': 'storage.objects.get',
  'object-media': 'storage.objects.get',
  'object-patch': 'storage.objects.update',
  'object-update': 'storage.objects.update',
  'object-delete': 'storage.objects.delete',
  'object-restore': 'storage.objects.restore',
  compose: 'storage.objects.create',
  rewrite: 'storage.objects.create',
  copy: 'storage.objects.create',
  'xml-get': 'storage.objects.get',
  'xml-head': 'storage.objects.get',
  'xml-put': 'storage.objects.create',
  'xml-delete': 'storage.objects.delete',
  'xml-options': null,
  token: null,
};
const OVERWRITES: readonly Kind[] = ['insert-media', 'insert-multipart', 'resumable-start', 'xml-put'];

/**
 * Lets the request pass, or not: signature, bearer token, permissions, the project that pays.
 * @throws ApiError 400 requester pays, 401 not known, 403 not allowed
 */
export function authorize(exchange: Exchange): Caller {
  const { world, route } = exchange;
  const caller = identify(exchange);
  const permission = route.kind === 'bucket-iam' ? neededForPolicy(exchange) : NEEDED[route.kind];
  if (permission === null) return caller;
  if (!allows(caller, permission) && !mayReadPublicly(world, route)) throw denied(caller, permission);
  if (OVERWRITES.includes(route.kind) && !allows(caller, 'storage.objects.delete')) {
    const name = route.object;
    if (world.buckets.get(route.bucket)?.objects.live(name)) throw denied(caller, 'storage.objects.delete');
  }
  checkBilling(exchange, caller);
  return caller;
}

/** testIamPermissions needs none. */
function neededForPolicy({ route, request }: Exchange): string | null {
  if (route.detail === 'testPermissions') return null;
  return request.method === 'PUT' ? 'storage.buckets.setIamPolicy' : 'storage.buckets.getIamPolicy';
}

export function allows({ permissions }: Caller, permission: string): boolean {
  return permissions.some(
    (one) => one === '*' || one === permission || (one.endsWith('.*') && permission.startsWith(one.slice(0, -1))),
  );
}

function identify(exchange: Exchange): Caller {
  const { world } = exchange;
  const signer = verifySignature(exchange);
  if (signer)
    return { email: signer.email, permissions: signer.permissions ?? ['*'], projects: signer.projects ?? null };
  const bearer = /^Bearer (.+)$/i.exec(header(exchange, 'authorization') ?? '')?.[1];
  if (bearer === undefined) return world.settings.auth === 'open' ? ANYBODY : ANONYMOUS;
  const token = world.tokens.get(bearer) ?? selfSigned(world, bearer);
  if (!token && world.settings.auth === 'open') return ANYBODY;
  if (!token || (token.expires ?? Infinity) <= world.clock.now()) {
    throw new ApiError(401, 'authError', 'Invalid Credentials', {
      location: 'Authorization',
      locationType: 'header',
      headers: { 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
    });
  }
  return {
    email: token.email ?? 'tester@example.com',
    permissions: token.permissions ?? ['*'],
    projects: token.projects ?? null,
  };
}

/** A service account may sign its own token for the service ("self-signed JWTs"). */
function selfSigned(world: World, bearer: string): Token | undefined {
  const claims = verifyJwt(world.signers, bearer);
  if (!claims) return undefined;
  const { signer, expires } = claims;
  return {
    token: bearer,
    email: signer.email,
    expires,
    ...(signer.permissions === undefined ? {} : { permissions: signer.permissions }),
    ...(signer.projects === undefined ? {} : { projects: signer.projects }),
  };
}

function mayReadPublicly(world: World, { kind, bucket, object }: Route): boolean {
  if (!['object-get', 'object-media', 'object-list', 'xml-get', 'xml-head'].includes(kind)) return false;
  const found = world.buckets.get(bucket);
  if (!found) return false;
  return isPublic(found) || found.objects.live(object)?.publicRead === true;
}

/** "Requester Pays": without a project that pays 400, with one the caller may not bill 403. */
function checkBilling(exchange: Exchange, caller: Caller): void {
  const { world, route } = exchange;
  const bucket = world.buckets.get(route.bucket);
  const project = route.query.get('userProject') ?? header(exchange, 'x-goog-user-project');
  const requesterPays = asObject(bucket?.config['billing'])?.['requesterPays'] === true;
  if (project === undefined) {
    const isOwner = caller.projects?.includes(bucket?.project ?? '') === true;
    if (requesterPays && !isOwner) {
      throw new ApiError(400, 'required', 'Bucket is a requester pays bucket but no user project provided.', {
        xmlCode: 'UserProjectMissing',
      });
    }
    return;
  }
  if (!world.projects.includes(project)) {
    throw new ApiError(400, 'invalid', 'User project specified in the request is invalid.', {
      xmlCode: 'UserProjectInvalid',
    });
  }
  if (caller.projects && !caller.projects.includes(project))
    throw denied(caller, 'serviceusage.services.use', 'Google Cloud project');
}

function denied(caller: Caller, permission: string, what = 'Google Cloud Storage object'): ApiError {
  const who = caller.email ?? 'Anonymous caller';
  const thing = permission.startsWith('storage.buckets.') ? 'Google Cloud Storage bucket' : what;
  const message = `${who} does not have ${permission} access to the ${thing}. Permission '${permission}' denied on resource (or it may not exist).`;
  if (caller.email !== null) return new ApiError(403, 'forbidden', message);
  return new ApiError(401, 'required', message, {
    location: 'Authorization',
    locationType: 'header',
    headers: { 'www-authenticate': 'Bearer realm="https://accounts.google.com/"' },
  });
}
