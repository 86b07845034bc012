import http from 'node:http';
import os from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { doctorBucket } from '../../src/commands/doctor-bucket.js';
import { loadSettings } from '../../src/config/load.js';
import { corsForPlayers } from '../../src/stages/examine/cors.js';
import { lifecycleFor } from '../../src/stages/examine/lifecycle.js';
import type { BucketOptions } from '../gcs/options.js';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';
import { runMediactl, startMediactl, type JsonLine, type Ran } from './run.js';

/** A bucket is examined: the real program and the fake server over a socket. */

const OBJECTS = ['create', 'delete', 'get', 'list', 'update'].map((verb) => `storage.objects.${verb}`);
const WITHOUT = (verb: string): string[] => OBJECTS.filter((name) => !name.endsWith(`.${verb}`));

let fake: FakeGcs;
beforeAll(async () => {
  fake = await startFakeGcs({
    projects: ['test-project', 'payer'],
    settings: { writeLimit: true },
    tokens: [
      { token: 'all' },
      { token: 'objects', permissions: OBJECTS },
      { token: 'reads', permissions: ['storage.objects.get', 'storage.objects.list', 'storage.buckets.get'] },
      { token: 'no-update', permissions: [...WITHOUT('update'), 'storage.buckets.get'] },
      { token: 'no-settings', permissions: [...OBJECTS, 'storage.buckets.get', 'storage.buckets.getIamPolicy'] },
    ],
  });
});
afterAll(() => fake.stop());
beforeEach(async () => {
  await fake.control.removeFault();
  await fake.control.settings({ auth: 'open' });
});

/** An empty bucket of that kind, and nothing of others in the log. */
async function bucket(options: Omit<BucketOptions, 'name'> = {}): Promise<void> {
  await fake.control.deleteBucket('media');
  await fake.control.createBucket({ name: 'media', ...options });
  await fake.control.clearLog();
}

const env = (token = ''): Record<string, string> => ({
  MEDIACTL_ENDPOINT: fake.endpoint,
  ...(token === '' ? { MEDIACTL_ANONYMOUS: 'true' } : { MEDIACTL_ACCESS_TOKEN: token }),
});
const options = (token = '') => ({ cwd: os.tmpdir(), env: env(token) });
const run = (args: readonly string[] = [], token = ''): Promise<Ran> =>
  runMediactl(['doctor', 'gs://media/my titles', '--json', ...args], options(token));

/** State of each check. */
function states(ran: Ran): Record<string, string> {
  const findings = (ran.events[0]?.['findings'] ?? []) as { check: string; state: string }[];
  return Object.fromEntries(findings.map(({ check, state }) => [check, state]));
}

function finding(ran: Ran, check: string): JsonLine | undefined {
  return ((ran.events[0]?.['findings'] ?? []) as JsonLine[]).find((each) => each['check'] === check);
}

async function resource(): Promise<Record<string, unknown>> {
  return (await (await fetch(`${fake.endpoint}/storage/v1/b/media`)).json()) as Record<string, unknown>;
}

async function patch(settings: object): Promise<void> {
  await fetch(`${fake.endpoint}/storage/v1/b/media`, { method: 'PATCH', body: JSON.stringify(settings) });
}

/** Until a request of that kind was made. */
async function seen(kind: string): Promise<void> {
  while ((await fake.control.requests({ kind })).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

const root = 'my titles/';
const WELL: Omit<BucketOptions, 'name'> = {
  public: true,
  cors: corsForPlayers([], ['*']) as never,
  lifecycle: { rule: lifecycleFor([], { root, tmpDays: 7, coldDays: 30, coldClass: 'NEARLINE' }) as never },
  softDeletePolicy: { retentionDurationSeconds: '0' },
  iamConfiguration: { uniformBucketLevelAccess: { enabled: true } },
};

describe('what it finds', () => {
  test('a bucket in which all is well', async () => {
    await bucket(WELL);
    await fake.control.settings({ auth: 'required' });
    const ran = await run([], 'all');
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.events).toMatchObject([
      { schema: 'mediactl.doctor-bucket/1', place: 'gs://media/my titles', ok: true, code: null, exitCode: 0 },
    ]);
    expect(Object.values(states(ran)).filter((state) => state !== 'ok')).toEqual([]);
    // The object was there for a moment only, changed at most once a second, under a name nobody can guess.
    expect(await fake.control.objects('media')).toEqual([]);
    const names = new Set((await fake.control.writes(null)).map(({ object }) => object));
    expect([...names]).toEqual([expect.stringMatching(/^my titles\/\.mediactl-probe-[0-9a-f]{32}\.m3u8$/)]);
    expect((await fake.control.requests({ status: 429 })).length).toBe(0);
    const [write] = await fake.control.requests({ kind: 'insert-multipart' });
    expect(write?.url).toContain('ifGenerationMatch=0');
    const [removal] = await fake.control.requests({ kind: 'object-delete' });
    expect(removal?.url).toMatch(/ifGenerationMatch=[1-9]/);
  });

  test('a bare private bucket: everything else works', async () => {
    await bucket();
    await fake.control.settings({ auth: 'required' });
    const ran = await run([], 'all');
    expect(ran.exitCode).toBe(0);
    expect(states(ran)).toMatchObject({
      permissions: 'ok',
      write: 'ok',
      served: 'ok',
      range: 'ok',
      patch: 'ok',
      delete: 'ok',
      'public-access': 'advice',
      'uniform-access': 'advice',
      cors: 'advice',
      'cors-served': 'advice',
      lifecycle: 'advice',
      'soft-delete': 'advice',
      'requester-pays': 'ok',
      'storage-class': 'ok',
    });
    const text = await runMediactl(['doctor', 'gs://media/my titles'], options('all'));
    expect(text.stdout).toContain("mediactl doctor 'gs://media/my titles' --fix");
    expect(text.stdout).toContain('titles can be published here (6 recommendations)');
    expect(text.stdout).not.toMatch(/undefined|\[object/);
  });

  test('headers, ranges and bytes that a proxy changes on the way', async () => {
    await bucket(WELL);
    const proxy = http.createServer((request, response) => {
      const { host: _, ...headers } = request.headers;
      const outgoing = http.request(`${fake.endpoint}${request.url}`, { method: request.method ?? 'GET', headers });
      outgoing.on('response', (incoming) => {
        const served = request.method === 'GET' && request.url?.startsWith('/media/') === true;
        const changes = served ? { 'cache-control': 'private', 'content-encoding': 'gzip' } : {};
        const isPart = incoming.statusCode === 206;
        response.writeHead(isPart ? 200 : (incoming.statusCode ?? 500), { ...incoming.headers, ...changes });
        incoming.pipe(response);
      });
      request.pipe(outgoing);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as { port: number };
    const ran = await run(['--endpoint', `http://127.0.0.1:${port}`]);
    proxy.closeAllConnections();
    proxy.close();
    expect(ran).toMatchObject({ exitCode: 8, events: [{ code: 'verify-failed', ok: false }] });
    expect(finding(ran, 'served')?.['what']).toMatch(/cache-control is private instead of public.*compressed/);
    expect(finding(ran, 'range')).toMatchObject({ state: 'wrong' });
    expect(await fake.control.objects('media')).toEqual([]);
  });

  test('requester pays: who pays must be named', async () => {
    await bucket({ ...WELL, billing: { requesterPays: true } });
    expect(await run()).toMatchObject({ exitCode: 10, events: [{ type: 'error', code: 'storage-requester-pays' }] });
    const ran = await run(['--user-project', 'payer']);
    expect(ran.exitCode).toBe(0);
    expect(states(ran)).toMatchObject({
      'requester-pays': 'advice',
      'public-access': 'advice',
      served: 'ok',
      delete: 'ok',
    });
  });
});

describe('an object that would stay is not written', () => {
  test.each([
    ['retention', { retentionPolicy: { retentionPeriod: '3600' } }, 'storage-retention'],
    ['event-hold', { defaultEventBasedHold: true }, 'storage-hold'],
  ])('%s', async (check, settings, code) => {
    await bucket({ ...WELL, ...settings });
    const ran = await run();
    expect(ran).toMatchObject({ exitCode: 10, events: [{ ok: false, code }] });
    expect(finding(ran, check)).toMatchObject({ state: 'wrong', command: expect.stringContaining('gs://media') });
    expect(states(ran)).toMatchObject({ write: 'unseen', lifecycle: 'ok' });
    expect(await fake.control.writes(null)).toEqual([]);
  });

  test('without the permission to remove it', async () => {
    await bucket(WELL);
    await fake.control.settings({ auth: 'required' });
    const ran = await run([], 'reads');
    expect(ran).toMatchObject({ exitCode: 10, events: [{ code: 'storage-forbidden' }] });
    expect(finding(ran, 'permissions')?.['what']).toBe(
      'storage.objects.create, storage.objects.delete, storage.objects.update missing',
    );
    expect(await fake.control.writes(null)).toEqual([]);
  });

  test('when the policy could not be seen: what was left is told, with the command', async () => {
    await bucket({ ...WELL, retentionPolicy: { retentionPeriod: '3600' } });
    await fake.control.settings({ auth: 'required' });
    const ran = await run([], 'objects');
    expect(ran).toMatchObject({ exitCode: 10, events: [{ code: 'storage-retention' }] });
    const names = (await fake.control.objects('media')).map(({ name }) => (typeof name === 'string' ? name : ''));
    expect(finding(ran, 'delete')?.['command']).toBe(`gcloud storage rm 'gs://media/${names.join(' ')}'`);
  });
});

describe('what the caller may not do', () => {
  test('settings that could not be seen are no failure', async () => {
    await bucket(WELL);
    await fake.control.settings({ auth: 'required' });
    const ran = await run([], 'objects');
    expect(ran.exitCode).toBe(0);
    expect(states(ran)).toMatchObject({
      permissions: 'ok',
      write: 'ok',
      delete: 'ok',
      'public-access': 'ok',
      'cors-served': 'ok',
      cors: 'unseen',
      lifecycle: 'unseen',
      retention: 'unseen',
      'soft-delete': 'unseen',
    });
    expect(await run(['--fix', '--yes'], 'objects')).toMatchObject({
      exitCode: 10,
      events: [{ type: 'error', code: 'storage-forbidden' }],
    });
  });

  test('to change headers: told, and the object is removed all the same', async () => {
    await bucket(WELL);
    await fake.control.settings({ auth: 'required' });
    const ran = await run([], 'no-update');
    expect(ran).toMatchObject({ exitCode: 10, events: [{ code: 'storage-forbidden' }] });
    expect(states(ran)).toMatchObject({ permissions: 'wrong', write: 'ok', patch: 'wrong', delete: 'ok' });
    expect(await fake.control.objects('media')).toEqual([]);
  });

  test('to change settings: --fix is refused, with the role that is missing', async () => {
    await bucket();
    await fake.control.settings({ auth: 'required' });
    const ran = await run(['--fix', '--yes'], 'no-settings');
    expect(ran).toMatchObject({ exitCode: 10, events: [{ type: 'error', code: 'storage-forbidden' }] });
    expect(ran.stderr).toMatch(/storage\.buckets\.update\b.*: .*roles\/storage\.legacyBucketOwner/);
  });

  test('to come in at all', async () => {
    await bucket();
    await fake.control.settings({ auth: 'required' });
    expect(await run([], 'expired')).toMatchObject({ exitCode: 10, events: [{ type: 'error', code: 'storage-auth' }] });
    const nobody = await run();
    expect(nobody).toMatchObject({ exitCode: 10, events: [{ code: 'storage-forbidden' }] });
    expect(states(nobody)).toMatchObject({ permissions: 'wrong', retention: 'unseen', write: 'unseen' });
  });
});

test('a bucket that is not there, or goes in the middle', async () => {
  await fake.control.deleteBucket('media');
  expect(await run()).toMatchObject({ exitCode: 10, events: [{ type: 'error', code: 'storage-not-found' }] });
  await bucket(WELL);
  await fake.control.addFault({ fault: { type: 'delete-bucket' }, match: { kind: 'object-patch' } });
  const ran = await run();
  expect(ran).toMatchObject({ exitCode: 10, events: [{ ok: false, code: 'storage-not-found' }] });
});

test.each(['insert-multipart', 'xml-get', 'object-patch'] as const)('Ctrl-C during %s leaves nothing', async (kind) => {
  await bucket(WELL);
  await fake.control.addFault({ fault: { type: 'latency', milliseconds: 1500 }, match: { kind } });
  const running = startMediactl(['doctor', 'gs://media/my titles'], options());
  await seen(kind);
  running.child.kill('SIGINT');
  const ran = await running.done;
  expect(ran).toMatchObject({ exitCode: 130, stdout: '' });
  expect(await fake.control.writes(null)).not.toEqual([]);
  expect(await fake.control.objects('media')).toEqual([]);
});

test('Ctrl-C while nothing answers does not wait for long', async () => {
  await bucket(WELL);
  const match = { kind: 'insert-multipart' } as const;
  await fake.control.addFault({ fault: { type: 'stall', when: 'never-answer' }, match, count: 99 });
  const running = startMediactl(['doctor', 'gs://media/my titles'], options());
  await seen('insert-multipart');
  running.child.kill('SIGINT');
  expect(await running.done).toMatchObject({ exitCode: 130 });
  // Not once more after it had been cut.
  expect(await fake.control.requests(match)).toHaveLength(1);
  expect(await fake.control.objects('media')).toEqual([]);
});

describe('--fix', () => {
  const mine = { origin: ['https://upload.example'], method: ['PUT'], responseHeader: ['X-Mine'] };
  const poor = { origin: ['*'], method: ['GET', 'HEAD'], responseHeader: ['Date'], maxAgeSeconds: 5 };
  const rule = { action: { type: 'Delete' }, condition: { age: 3, matchesPrefix: ['tmp/'] } };

  test('adds to what is there, takes nothing away, and has nothing to do the second time', async () => {
    await bucket({ ...WELL, cors: [mine, poor], lifecycle: { rule: [rule] }, versioning: { enabled: true } });
    const flags = ['--fix', '--yes', '--tmp-days', '3', '--cold-days', '90', '--cold-class', 'archive'];
    const first = await run(flags);
    expect(first).toMatchObject({
      exitCode: 0,
      events: [{ fixed: true, changes: [{ setting: 'cors' }, { setting: 'lifecycle' }] }],
    });
    expect(states(first)).toMatchObject({ cors: 'ok', 'cors-served': 'ok', lifecycle: 'ok', versioning: 'advice' });
    const { cors, lifecycle, versioning } = await resource();
    expect(cors).toEqual([
      mine,
      { ...poor, responseHeader: expect.arrayContaining(['Date', 'Range', 'Content-Range']) },
    ]);
    const rules = (lifecycle as { rule: { action: object; condition: object }[] }).rule;
    expect(rules[0]).toEqual(rule);
    expect(rules.slice(1).map(({ action }) => action)).toEqual([
      { type: 'Delete' },
      { type: 'AbortIncompleteMultipartUpload' },
      { type: 'SetStorageClass', storageClass: 'ARCHIVE' },
    ]);
    expect(versioning).toEqual({ enabled: true });

    const before = JSON.stringify(await resource());
    const second = await run(flags);
    expect(second).toMatchObject({ exitCode: 0, events: [{ fixed: false, changes: [] }] });
    expect(JSON.stringify(await resource())).toBe(before);
    expect(await fake.control.requests({ kind: 'bucket-patch' })).toHaveLength(1);
  });

  test('the rules do what they say: leftovers go, titles become cheap, the rest stays', async () => {
    await bucket({ cors: WELL['cors'] as never });
    expect(await run(['--fix', '--yes'])).toMatchObject({ exitCode: 0 });
    const put = (name: string) =>
      fetch(`${fake.endpoint}/media/${name.split('/').map(encodeURIComponent).join('/')}`, {
        method: 'PUT',
        body: 'x',
      });
    for (const name of ['my titles/.mediactl-probe-left.m3u8', 'my titles/a/master.m3u8', 'other/b.ts'])
      await put(name);
    await fake.control.advanceClock(7 * 24 * 3600_000);
    expect(await fake.control.runLifecycle()).toEqual(['Delete media/my titles/.mediactl-probe-left.m3u8']);
    await fake.control.advanceClock(23 * 24 * 3600_000);
    expect(await fake.control.runLifecycle()).toEqual(['SetStorageClass media/my titles/a/master.m3u8']);
  });

  test('shows the change before it makes it', async () => {
    await bucket({ ...WELL, cors: [mine] });
    const args = ['doctor', 'gs://media/my titles', '--fix', '--yes', '--cors-origins', 'https://a.example'];
    const { stdout } = await runMediactl(args, options());
    expect(stdout).toContain('cors of gs://media\n  {');
    expect(stdout).toMatch(/^\+ +"origin": \["https:\/\/a\.example"\],$/m);
    expect(stdout).not.toMatch(/^- /m);
    expect(stdout).toMatch(/changed: cors\n/);
    expect((await resource())['cors']).toMatchObject([mine, { origin: ['https://a.example'] }]);
  });

  test('asks first, so that it needs a terminal or --yes', async () => {
    await bucket();
    expect(await run(['--fix'])).toMatchObject({ exitCode: 2, events: [{ type: 'error', code: 'usage' }] });
    expect(await fake.control.requests(null)).toEqual([]);
    expect(await runMediactl(['doctor', '--fix'], options())).toMatchObject({ exitCode: 2 });
    expect(await runMediactl(['doctor', os.tmpdir()], options())).toMatchObject({ exitCode: 2 });
  });

  test.each([false, true])('somebody is asked, and answers %s', async (answer) => {
    await bucket({ ...WELL, cors: [mine] });
    const { settings } = await loadSettings({ cwd: os.tmpdir(), env: env(), flags: {}, configFile: false });
    const asked: string[] = [];
    const printed: string[] = [];
    const exitCode = await doctorBucket(
      'gs://media/my titles',
      {
        settings,
        tools: { ffmpeg: '', ffprobe: '' },
        signal: new AbortController().signal,
        emit: () => {},
        cwd: os.tmpdir(),
        env: env(),
        version: '0',
      },
      {
        fix: true,
        yes: false,
        color: false,
        columns: 80,
        print: async (text) => void printed.push(text),
        confirm: async (text, question) => {
          asked.push(text, question);
          expect((await resource())['cors']).toEqual([mine]);
          return answer;
        },
      },
    );
    expect(exitCode).toBe(0);
    expect(asked).toEqual([expect.stringMatching(/^\+ .*"GET"/m), 'Apply this change to gs://media?']);
    expect(printed.at(-1)).toMatch(answer ? /^changed: cors\n/ : /^nothing was changed\n/);
    expect((await resource())['cors']).toHaveLength(answer ? 2 : 1);
  });

  test('another change at the same time is kept, and ours made after it', async () => {
    await bucket();
    const running = startMediactl(['doctor', 'gs://media/my titles', '--json', '--fix', '--yes'], options());
    await seen('insert-multipart');
    await patch({ labels: { somebody: 'else' } });
    expect(await running.done).toMatchObject({ exitCode: 0, events: [{ fixed: true }] });
    expect(await fake.control.requests({ kind: 'bucket-patch', status: 412 })).toHaveLength(1);
    expect(await resource()).toMatchObject({ labels: { somebody: 'else' }, cors: [{ origin: ['*'] }] });
  });

  test('a change of the same settings is not overwritten, and told', async () => {
    await bucket();
    const running = startMediactl(['doctor', 'gs://media/my titles', '--json', '--fix', '--yes'], options());
    await seen('insert-multipart');
    await patch({ cors: [mine] });
    expect(await running.done).toMatchObject({ exitCode: 10, events: [{ type: 'error', code: 'storage-conflict' }] });
    const { cors, lifecycle } = await resource();
    expect({ cors, lifecycle }).toEqual({ cors: [mine], lifecycle: undefined });
  });

  test('an acknowledgement that is lost', async () => {
    await bucket();
    await fake.control.addFault({ fault: { type: 'reset', when: 'after-store' }, match: { kind: 'bucket-patch' } });
    expect(await run(['--fix', '--yes'])).toMatchObject({ exitCode: 0, events: [{ fixed: true, ok: true }] });
  });
});
