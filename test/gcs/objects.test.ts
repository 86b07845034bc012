import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, bytesOf, checksum, field, pathsOf, put, reasonOf, sendJson, type Paths } from './http.js';
import { startFakeGcs, type FakeGcs } from './start.mjs';

let fake: FakeGcs;
let paths: Paths;
let buckets = 0;

beforeAll(async () => {
  fake = await startFakeGcs();
});
afterAll(() => fake.stop());

async function newBucket(config: object = {}): Promise<Paths> {
  const name = `bucket-${++buckets}`;
  await fake.control.createBucket({ name, ...config });
  paths = pathsOf(fake.endpoint, name);
  return paths;
}

test('ifGenerationMatch and ifMetagenerationMatch: 412 on writes, 304 for …NotMatch on reads', async () => {
  await newBucket();
  const generation = field(await put(paths, 'a', '1', 'ifGenerationMatch=0'), 'generation');
  const taken = await put(paths, 'a', '2', 'ifGenerationMatch=0');
  expect([taken.status, reasonOf(taken)]).toEqual([412, 'conditionNotMet']);
  expect((await put(paths, 'none', '2', 'ifGenerationMatch=5')).status).toBe(412);

  const get = (query: string) => ask(paths.object('a', query));
  expect((await get(`ifGenerationMatch=${generation}`)).status).toBe(200);
  expect((await get('ifGenerationMatch=7')).status).toBe(412);
  const same = await get(`ifGenerationNotMatch=${generation}`);
  expect([same.status, same.text]).toEqual([304, '']);
  expect((await get('ifMetagenerationNotMatch=1')).status).toBe(304);
  expect((await get('ifMetagenerationMatch=2')).status).toBe(412);
  expect((await put(paths, 'a', '2', `ifGenerationNotMatch=${generation}`)).status).toBe(412);
  expect((await get('ifGenerationMatch=x')).status).toBe(400);

  const stale = await ask(paths.object('a', 'ifGenerationMatch=7'), { method: 'DELETE' });
  expect(stale.status).toBe(412);
  expect((await put(paths, 'a', '2', `ifGenerationMatch=${generation}`)).status).toBe(200);
  expect((await ask(paths.object('none', 'ifGenerationMatch=7'))).status).toBe(404);
});

test('PATCH merges and removes, PUT replaces; the generation stays, the metageneration grows', async () => {
  await newBucket();
  const made = (await put(paths, 'a', '1')).json;
  const url = paths.object('a');
  const one = await sendJson(url, 'PATCH', { cacheControl: 'no-store', metadata: { a: '1', b: '2' }, size: '99' });
  expect(one.json).toMatchObject({ cacheControl: 'no-store', metageneration: '2', size: '1' });
  expect(one.json['generation']).toBe(made['generation']);
  const two = await sendJson(`${url}?ifMetagenerationMatch=2`, 'PATCH', { cacheControl: null, metadata: { a: null } });
  expect(two.json['metadata']).toEqual({ b: '2' });
  expect(two.json).not.toHaveProperty('cacheControl');
  expect((await sendJson(`${url}?ifMetagenerationMatch=2`, 'PATCH', {})).status).toBe(412);
  const three = await sendJson(url, 'PUT', { contentType: 'text/plain' });
  expect(three.json).toMatchObject({ contentType: 'text/plain', metageneration: '4', storageClass: 'STANDARD' });
  expect(three.json).not.toHaveProperty('metadata');
  expect((await sendJson(url, 'PATCH', { cacheControl: 5 })).status).toBe(400);
  expect((await sendJson(url, 'PATCH', { metadata: { a: 1 } })).status).toBe(400);
  expect((await sendJson(paths.object('none'), 'PATCH', {})).status).toBe(404);
});

test('errors have the documented body', async () => {
  await newBucket();
  const answer = await ask(paths.object('none'));
  expect(answer.json).toEqual({
    error: {
      code: 404,
      message: `No such object: bucket-${buckets}/none`,
      errors: [{ message: `No such object: bucket-${buckets}/none`, domain: 'global', reason: 'notFound' }],
    },
  });
  const bucket = await ask(pathsOf(fake.endpoint, 'missing-bucket').object('a'));
  expect(bucket.json).toMatchObject({ error: { code: 404, message: 'The specified bucket does not exist.' } });
  expect((await ask(`${paths.objects}/a/unknown`, { method: 'POST' })).status).toBe(404);
  expect((await ask(paths.objects, { method: 'PATCH' })).status).toBe(405);
});

test('lists: byte order, prefix, delimiter, pages, fields', async () => {
  await newBucket();
  const names = ['t/b/1', 't/a', 't/b/2', 'u', 't/b/3', 't/z', 'Z', '\uffee', '𝄞', 't/c/1'];
  for (const name of names) await put(paths, name, name);
  const all = await ask(`${paths.objects}?fields=items/name`);
  const sorted = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(all.json['items']).toEqual(sorted.map((name) => ({ name })));

  for (const size of [1, 2, 3, 100]) {
    const seen: string[] = [];
    let token = '';
    do {
      const page = await ask(
        `${paths.objects}?prefix=t/&delimiter=/&maxResults=${size}&pageToken=${encodeURIComponent(token)}`,
      );
      const {
        items = [],
        prefixes = [],
        nextPageToken = '',
      } = page.json as {
        items?: { name: string }[];
        prefixes?: string[];
        nextPageToken?: string;
      };
      expect(items.length + prefixes.length).toBeLessThanOrEqual(size);
      seen.push(...items.map(({ name }) => name), ...prefixes);
      token = nextPageToken;
    } while (token !== '');
    expect(seen.toSorted()).toEqual(['t/a', 't/b/', 't/c/', 't/z']);
  }
  const range = await ask(`${paths.objects}?startOffset=t/b/2&endOffset=t/z&fields=items/name`);
  expect(range.json['items']).toEqual([{ name: 't/b/2' }, { name: 't/b/3' }, { name: 't/c/1' }]);
  // What comes under a prefix that was listed does not bring it back on the next page.
  const page = (token: string) => ask(`${paths.objects}?prefix=t/&delimiter=/&maxResults=2&pageToken=${token}`);
  const first = await page('');
  await put(paths, 't/b/9', 'x');
  const second = await page(encodeURIComponent(field(first, 'nextPageToken')));
  expect([first.json['prefixes'], second.json['prefixes']]).toEqual([['t/b/'], ['t/c/']]);
  expect((await ask(`${paths.objects}?prefix=nothing`)).json).toEqual({ kind: 'storage#objects' });
  expect((await ask(`${paths.objects}?pageToken=%25`)).status).toBe(400);
});

test('delete: 204, then 404; soft-deleted objects are listed, read by generation and restored', async () => {
  await newBucket();
  const generation = field(await put(paths, 'a', 'old'), 'generation');
  expect((await ask(paths.object('a'), { method: 'DELETE' })).status).toBe(204);
  expect((await ask(paths.object('a'), { method: 'DELETE' })).status).toBe(404);
  expect((await ask(paths.objects)).json).not.toHaveProperty('items');
  const listed = await ask(`${paths.objects}?softDeleted=true`);
  expect(listed.json['items']).toMatchObject([{ name: 'a', generation, softDeleteTime: expect.any(String) }]);
  expect((await ask(paths.object('a', `softDeleted=true&generation=${generation}`))).json['name']).toBe('a');
  expect((await ask(paths.object('a', 'softDeleted=true'))).status).toBe(400);
  const back = await ask(`${paths.objects}/a/restore?generation=${generation}`, { method: 'POST' });
  expect(Number(back.json['generation'])).toBeGreaterThan(Number(generation));
  expect((await ask(paths.media('a'))).text).toBe('old');

  await newBucket({ softDeletePolicy: { retentionDurationSeconds: 0 } });
  await put(paths, 'a', 'gone');
  await ask(paths.object('a'), { method: 'DELETE' });
  expect((await ask(`${paths.objects}?softDeleted=true`)).json).not.toHaveProperty('items');
});

test('versions: replaced generations stay readable by their number', async () => {
  await newBucket({ versioning: { enabled: true } });
  const generation = field(await put(paths, 'a', 'old'), 'generation');
  await put(paths, 'a', 'new');
  expect((await ask(`${paths.media('a')}&generation=${generation}`)).text).toBe('old');
  expect((await ask(`${paths.objects}?versions=true`)).json['items']).toHaveLength(2);
  expect((await ask(paths.object('a', `generation=${generation}`), { method: 'DELETE' })).status).toBe(204);
  expect((await ask(`${paths.objects}?versions=true`)).json['items']).toHaveLength(1);
  expect((await ask(paths.media('a'))).text).toBe('new');
});

test('holds and retention forbid to delete and to replace, not to patch', async () => {
  await newBucket();
  await put(paths, 'held', '1');
  await sendJson(paths.object('held'), 'PATCH', { temporaryHold: true });
  const held = await ask(paths.object('held'), { method: 'DELETE' });
  expect([held.status, reasonOf(held)]).toEqual([403, 'objectUnderActiveHold']);
  expect((await put(paths, 'held', '2')).status).toBe(403);
  expect((await sendJson(paths.object('held'), 'PATCH', { temporaryHold: false })).status).toBe(200);
  expect((await ask(paths.object('held'), { method: 'DELETE' })).status).toBe(204);

  await newBucket({ retentionPolicy: { retentionPeriod: 3600 } });
  await put(paths, 'kept', '1');
  const kept = await put(paths, 'kept', '2');
  expect([kept.status, reasonOf(kept)]).toEqual([403, 'retentionPolicyNotMet']);
  await fake.control.advanceClock(3601_000);
  expect((await put(paths, 'kept', '2')).status).toBe(200);
});

test('one write a second of one name, when switched on: upload, patch and delete count', async () => {
  await newBucket();
  await fake.control.settings({ writeLimit: true });
  await put(paths, 'a', '1');
  await put(paths, 'other', '1');
  const fast = await put(paths, 'a', '2');
  expect([fast.status, reasonOf(fast)]).toEqual([429, 'rateLimitExceeded']);
  expect((await sendJson(paths.object('a'), 'PATCH', {})).status).toBe(429);
  expect((await ask(paths.object('a'), { method: 'DELETE' })).status).toBe(429);
  await fake.control.advanceClock(1000);
  expect((await put(paths, 'a', '2')).status).toBe(200);
  await fake.control.settings({ writeLimit: false });
  expect((await fake.control.shortestWriteGap())?.milliseconds).toBeLessThan(1000);
});

test('compose: in order, no MD5, preconditions of sources, 32 at most', async () => {
  await newBucket();
  const generation = field(await put(paths, 'a', 'first '), 'generation');
  await put(paths, 'b', 'second');
  const url = `${paths.objects}/whole/compose`;
  const made = await sendJson(url, 'POST', {
    sourceObjects: [
      { name: 'a', objectPreconditions: { ifGenerationMatch: generation } },
      { name: 'b' },
      { name: 'a' },
    ],
    destination: { contentType: 'text/plain' },
  });
  expect(made.json).toMatchObject({
    componentCount: 3,
    contentType: 'text/plain',
    crc32c: checksum('first secondfirst '),
  });
  expect(made.json).not.toHaveProperty('md5Hash');
  expect((await ask(paths.media('whole'))).text).toBe('first secondfirst ');
  const stale = { sourceObjects: [{ name: 'a', objectPreconditions: { ifGenerationMatch: '1' } }] };
  expect((await sendJson(url, 'POST', stale)).status).toBe(412);
  expect((await sendJson(url, 'POST', { sourceObjects: [{ name: 'none' }] })).status).toBe(404);
  expect((await sendJson(url, 'POST', { sourceObjects: Array(33).fill({ name: 'a' }) })).status).toBe(400);
});

test('rewrite: at once, and in steps with a token; copy keeps the metadata', async () => {
  await newBucket();
  const bytes = bytesOf(2.5 * 1024 * 1024);
  const bucket = `bucket-${buckets}`;
  await put(paths, 'src', bytes);
  await sendJson(paths.object('src'), 'PATCH', { cacheControl: 'no-store', contentType: 'video/mp2t' });
  const url = `${paths.objects}/src/rewriteTo/b/${bucket}/o/dst`;
  const whole = await ask(url, { method: 'POST' });
  expect(whole.json).toMatchObject({ done: true, resource: { cacheControl: 'no-store', crc32c: checksum(bytes) } });

  let token = '';
  const steps: unknown[] = [];
  for (let step = 0; step < 3; step++) {
    const answer = await sendJson(
      `${url}2?maxBytesRewrittenPerCall=1048576${token && `&rewriteToken=${token}`}`,
      'POST',
      {
        storageClass: 'NEARLINE',
      },
    );
    steps.push(answer.json['totalBytesRewritten'], answer.json['done']);
    token = field(answer, 'rewriteToken');
  }
  expect(steps).toEqual(['1048576', false, '2097152', false, '2621440', true]);
  expect((await ask(paths.object('dst2'))).json).toMatchObject({ storageClass: 'NEARLINE', crc32c: checksum(bytes) });
  expect((await ask(`${url}?maxBytesRewrittenPerCall=5`, { method: 'POST' })).status).toBe(400);
  expect((await ask(`${url}?ifSourceGenerationMatch=5`, { method: 'POST' })).status).toBe(412);
  expect((await ask(`${url}?ifGenerationMatch=0`, { method: 'POST' })).status).toBe(412);

  const copied = await ask(`${paths.objects}/src/copyTo/b/${bucket}/o/c%2F1`, { method: 'POST' });
  expect(copied.json).toMatchObject({ name: 'c/1', cacheControl: 'no-store' });
});
