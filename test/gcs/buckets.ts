import { ApiError } from './api-error.js';
import { bucketResource, createBucket, patchBucket, type Bucket } from './bucket.js';
import { readJson, type Exchange, type Reply } from './exchange.js';
import { selectFields } from './fields.js';
import type { JsonObject } from './json.js';
import { checkPreconditions, number } from './preconditions.js';

/** "Buckets: list". */
export function listBuckets(exchange: Exchange): Reply {
  const { world, route, origin } = exchange;
  const project = checkProject(exchange);
  const prefix = route.query.get('prefix') ?? '';
  const limit = number(route.query, 'maxResults') ?? 1000;
  const after = route.query.get('pageToken') ?? '';
  const fitting = [...world.buckets.values()]
    .filter((bucket) => bucket.project === project && bucket.name.startsWith(prefix) && bucket.name > after)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const page = fitting.slice(0, limit);
  const json: JsonObject = { kind: 'storage#buckets', items: page.map((bucket) => bucketResource(bucket, origin)) };
  const last = page.at(-1);
  if (fitting.length > page.length && last) json['nextPageToken'] = last.name;
  return { status: 200, json: selectFields(json, route.query.get('fields')) };
}

/** "Buckets: insert". */
export async function insertBucket(exchange: Exchange): Promise<Reply> {
  const { world } = exchange;
  const project = checkProject(exchange);
  const resource = await readJson(exchange);
  const bucket = createBucket(resource, project, world.clock.now());
  if (world.buckets.has(bucket.name)) {
    throw new ApiError(
      409,
      'conflict',
      'Your previous request to create the named bucket succeeded and you already own it.',
    );
  }
  world.buckets.set(bucket.name, bucket);
  return bucketReply(exchange, bucket);
}

/** "Buckets: get". */
export function getBucket(exchange: Exchange): Reply {
  const bucket = exchange.world.bucket(exchange.route.bucket);
  checkMetageneration(exchange, bucket, 'read');
  return bucketReply(exchange, bucket);
}

/** "Buckets: patch". */
export async function changeBucket(exchange: Exchange): Promise<Reply> {
  const patch = await readJson(exchange);
  const bucket = exchange.world.bucket(exchange.route.bucket);
  checkMetageneration(exchange, bucket, 'write');
  patchBucket(bucket, patch, exchange.world.clock.now());
  return bucketReply(exchange, bucket);
}

/** "Buckets: delete": an empty one only. */
export function deleteBucket({ world, route }: Exchange): Reply {
  const bucket = world.bucket(route.bucket);
  if (bucket.objects.versions().length > 0) {
    throw new ApiError(409, 'conflict', 'The bucket you tried to delete is not empty.', { xmlCode: 'BucketNotEmpty' });
  }
  world.buckets.delete(bucket.name);
  return { status: 204 };
}

/** getIamPolicy, setIamPolicy, testIamPermissions. */
export async function bucketIam(exchange: Exchange, allows: (permission: string) => boolean): Promise<Reply> {
  const { world, route, request } = exchange;
  const bucket = world.bucket(route.bucket);
  if (route.detail === 'testPermissions') {
    const permissions = route.query.getAll('permissions').filter(allows);
    return { status: 200, json: { kind: 'storage#testIamPermissionsResponse', permissions } };
  }
  if (request.method === 'PUT') {
    const policy = await readJson(exchange);
    const { etag } = bucket.iam;
    if (policy['etag'] !== undefined && etag !== undefined && policy['etag'] !== etag) {
      throw new ApiError(412, 'conditionNotMet', 'Precondition Failed');
    }
    const next = Buffer.from(String(world.clock.nextGeneration())).toString('base64');
    bucket.iam = { kind: 'storage#policy', version: 1, bindings: [], ...policy, etag: next };
  }
  return { status: 200, json: { resourceId: `projects/_/buckets/${bucket.name}`, ...bucket.iam } };
}

function bucketReply({ route, origin }: Exchange, bucket: Bucket): Reply {
  return { status: 200, json: selectFields(bucketResource(bucket, origin), route.query.get('fields')) };
}

function checkMetageneration({ route }: Exchange, { metageneration }: Bucket, access: 'read' | 'write'): void {
  checkPreconditions(route.query, { generation: 0, metageneration }, access);
}

function checkProject({ world, route }: Exchange): string {
  const project = route.query.get('project');
  if (project === null) throw new ApiError(400, 'required', 'Required parameter: project', { location: 'project' });
  if (!world.projects.includes(project)) throw new ApiError(400, 'invalid', `Unknown project id: ${project}`);
  return project;
}
