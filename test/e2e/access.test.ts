import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';
import { createTestKey } from '../gcs/test-key.js';
import { TEST_CERTIFICATE } from '../support/tls.js';
import { startTunnelledServer, type TunnelledServer } from '../support/tunnel.js';
import { runMediactl, type Ran } from './run.js';

/**
 * Who the real program is to a bucket, and what it says where it may not. Tokens come from Google's own addresses,
 * which a proxy leads to the fake: nothing of mediactl or of Google's library knows.
 */

const WRITER = 'writer@test-project.iam.gserviceaccount.com';
const writer = createTestKey(WRITER);
const nobody = createTestKey('nobody@test-project.iam.gserviceaccount.com');
const stranger = createTestKey('stranger@elsewhere.iam.gserviceaccount.com');

let fake: FakeGcs;
let google: TunnelledServer;
let root = '';

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-access-'));
  fake = await startFakeGcs({
    buckets: [
      { name: 'media' },
      { name: 'public', public: true },
      { name: 'pays', project: 'theirs', billing: { requesterPays: true } },
      { name: 'retained', retentionPolicy: { retentionPeriod: '3600' } },
      { name: 'held', defaultEventBasedHold: true },
      { name: 'deleted' },
    ],
    projects: ['test-project', 'theirs'],
    signers: [writer.signer, { ...nobody.signer, permissions: [] }],
    tokens: [
      { token: 'good' },
      { token: 'theirs-alone', permissions: ['storage.objects.*'], projects: ['test-project'] },
      { token: 'expired', expires: 1 },
    ],
    settings: { auth: 'required' },
  });
  google = await startTunnelledServer(fake.endpoint);
  await fs.mkdir(path.join(root, 'home'));
  await fs.mkdir(path.join(root, 'tree'));
  await fs.writeFile(path.join(root, 'ca.pem'), TEST_CERTIFICATE);
  const files: Readonly<Record<string, unknown>> = {
    'writer.json': writer.keyFile('https://storage.googleapis.com'),
    'nobody.json': nobody.keyFile('https://storage.googleapis.com'),
    'stranger.json': stranger.keyFile('https://storage.googleapis.com'),
    'no-key.json': { type: 'service_account', client_email: WRITER },
    'rotten.json': { ...writer.keyFile(''), private_key: '-----BEGIN PRIVATE KEY-----\nhunter2\n' },
  };
  for (const [name, content] of Object.entries(files)) {
    await fs.writeFile(path.join(root, name), JSON.stringify(content), { mode: 0o600 });
  }
  await fs.writeFile(path.join(root, 'half.json'), '{"private_key":"hunter2', { mode: 0o600 });
});
afterAll(async () => {
  google.close();
  await fake.stop();
  await fs.rm(root, { recursive: true, force: true });
});
beforeEach(async () => {
  await fs.writeFile(path.join(root, 'tree', 'a.json'), `"${Math.random()}"`);
  await fake.control.clearLog();
});
afterEach(() => fake.control.removeFault());

const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> => {
  const ran = await runMediactl([...args, '--json'], {
    cwd: root,
    env: {
      MEDIACTL_ENDPOINT: 'https://storage.googleapis.com',
      HTTPS_PROXY: google.proxy,
      NO_PROXY: '',
      no_proxy: '',
      https_proxy: '',
      NODE_EXTRA_CA_CERTS: path.join(root, 'ca.pem'),
      // Nothing of this machine's own.
      HOME: path.join(root, 'home'),
      GOOGLE_APPLICATION_CREDENTIALS: '',
      METADATA_SERVER_DETECTION: 'none',
      CLOUDSDK_AUTH_ACCESS_TOKEN: '',
      GOOGLE_OAUTH_ACCESS_TOKEN: '',
      STORAGE_EMULATOR_HOST: '',
      ...env,
    },
  });
  expect(ran.stdout + ran.stderr).not.toMatch(/hunter2|PRIVATE KEY|fake\.[\w-]{20}|theirs-alone/);
  return ran;
};
const upload = async (bucket: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran> =>
  run(['upload', 'tree', `gs://${bucket}/a`, '--no-receipt', ...args], env);
const as = (token: string): Record<string, string> => ({ MEDIACTL_ACCESS_TOKEN: token });

interface Told {
  readonly exitCode: number | null;
  readonly code: string;
  readonly said: string;
  readonly hint: string;
}

function told({ exitCode, events }: Ran): Told {
  const last = events.at(-1);
  return { exitCode, code: last?.['code'], said: `${last?.['message']}: ${last?.['reason']}`, hint: last?.['hint'] };
}

describe('who', () => {
  test.each<[string, string[], Record<string, string>]>([
    ['a key file', ['--key-file', 'writer.json'], {}],
    ['a key file of the environment', [], { GOOGLE_APPLICATION_CREDENTIALS: 'writer.json' }],
    ['a token of the environment', [], as('good')],
    ['another service account', ['--key-file', 'nobody.json', '--impersonate', WRITER], {}],
    ['another service account, by a token', ['--impersonate', WRITER], as('good')],
  ])('%s', async (_, args, env) => {
    const ran = await upload('media', args, env);
    expect(ran.events.at(-1), ran.stdout).toMatchObject({ type: 'result', outcome: 'uploaded' });
    expect(ran.stderr).toBe('');
    const asked = new Set(google.tunnels.map(({ target }) => target));
    if (args.includes('--impersonate')) expect(asked).toContain('iamcredentials.googleapis.com:443');
    // One token is enough.
    expect((await fake.control.requests({ kind: 'token' })).length).toBeLessThanOrEqual(2);
  });

  test('nobody reads what is public', async () => {
    const { events } = await run(['ls', 'gs://public/a', '--anonymous']);
    expect(events.at(-1)?.type).not.toBe('error');
    expect(told(await upload('public', ['--anonymous']))).toMatchObject({
      exitCode: 10,
      code: 'storage-auth',
      hint: expect.stringContaining('send no credentials'),
    });
  });

  test('a token that is refused once is asked for again; one that is refused always ends it at once', async () => {
    await fake.control.addFault({ fault: { type: 'status', status: 401 }, match: { kind: 'insert-multipart' } });
    expect((await upload('media', ['--key-file', 'writer.json'])).exitCode).toBe(0);
    expect(told(await upload('media', [], as('expired')))).toMatchObject({
      exitCode: 10,
      code: 'storage-auth',
      said: expect.stringContaining('401'),
      hint: expect.stringContaining('gcloud auth'),
    });
    expect((await fake.control.requests({ status: 401 })).length).toBeLessThanOrEqual(2);
  });
});

describe('key files that are none', () => {
  test.each([
    ['missing.json', /missing\.json/],
    ['half.json', /not JSON/],
    ['no-key.json', /private_key|key file/],
    ['rotten.json', /private key in the key file cannot be read/],
    ['home', /home|director/i],
    ['stranger.json', /invalid_grant|Invalid JWT/],
  ])('%s', async (file, reason) => {
    const answer = told(await upload('media', ['--key-file', file]));
    expect(answer).toMatchObject({ exitCode: 10, code: 'storage-auth', said: expect.stringMatching(reason) });
    expect(answer.hint).toContain('--key-file');
  });

  test('none at all', async () => {
    const answer = told(await upload('media', []));
    expect(answer).toMatchObject({ exitCode: 10, code: 'storage-auth', hint: expect.stringContaining('gcloud auth') });
  });
});

describe('what a bucket refuses', () => {
  const twice = async (bucket: string): Promise<Ran> => {
    await upload(bucket, [], as('good'));
    await fs.writeFile(path.join(root, 'tree', 'a.json'), '"changed"');
    return upload(bucket, [], as('good'));
  };
  test.each<[string, () => Promise<Ran>, string, RegExp]>([
    ['no rights', () => upload('media', ['--key-file', 'nobody.json']), 'storage-forbidden', /add-iam-policy-binding/],
    ['a missing bucket', () => upload('no-such-bucket', [], as('good')), 'storage-not-found', /gs:\/\/no-such-bucket/],
    ['a deleted bucket', () => upload('deleted', [], as('good')), 'storage-not-found', /--soft-deleted/],
    ['requester pays', () => upload('pays', [], as('theirs-alone')), 'storage-requester-pays', /--user-project/],
    [
      'a project that is none',
      () => upload('media', ['--user-project', 'no-such'], as('good')),
      'storage-wrong-project',
      /--user-project/,
    ],
    [
      'a project of others',
      () => upload('pays', ['--user-project', 'theirs'], as('theirs-alone')),
      'storage-forbidden',
      /serviceUsageConsumer/,
    ],
    ['a retention policy', () => twice('retained'), 'storage-retention', /retention_policy/],
    ['a hold', () => twice('held'), 'storage-hold', /--no-event-based-hold/],
  ])('%s', async (name, attempt, code, hint) => {
    if (name === 'a deleted bucket') await fake.control.deleteBucket('deleted');
    expect(told(await attempt())).toMatchObject({ exitCode: 10, code, hint: expect.stringMatching(hint) });
  });

  test('who pays is asked to', async () => {
    const { exitCode } = await upload('pays', ['--user-project', 'test-project'], as('theirs-alone'));
    expect(exitCode).toBe(0);
  });
});
