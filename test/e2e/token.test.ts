import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';
import { createTestKey } from '../gcs/test-key.js';
import { TEST_CERTIFICATE } from '../support/tls.js';
import { startTunnelledServer, type TunnelledServer } from '../support/tunnel.js';
import { startMediactl, type Running } from './run.js';

/** The real program where tokens come late, never, or from the machine it runs on. */

const key = createTestKey();
const reader = createTestKey('reader@test-project.iam.gserviceaccount.com');
const BIN = fileURLToPath(new URL('../../bin/mediactl.js', import.meta.url));
const OWN_LINK = fileURLToPath(new URL('../support/own-link.mjs', import.meta.url));

let fake: FakeGcs;
let google: TunnelledServer;
let root = '';
let silent: (target: string) => boolean = () => false;

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-token-'));
  fake = await startFakeGcs({
    buckets: [{ name: 'media' }],
    signers: [key.signer, { ...reader.signer, permissions: ['storage.objects.get', 'storage.objects.list'] }],
    tokens: [{ token: 'from-the-machine' }],
    settings: { auth: 'required' },
  });
  google = await startTunnelledServer(fake.endpoint, (_, target) => (silent(target) ? 'silent' : 200));
  const files: Readonly<Record<string, unknown>> = {
    'key.json': key.keyFile('https://storage.googleapis.com'),
    'user.json': { type: 'authorized_user', client_id: 'a', client_secret: 'b', refresh_token: 'c' },
    'workload.json': {
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a/providers/b',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: 'https://sts.googleapis.com/v1/token',
      credential_source: { file: path.join(root, 'ca.pem') },
    },
  };
  await fs.writeFile(path.join(root, 'ca.pem'), TEST_CERTIFICATE);
  await fs.mkdir(path.join(root, 'tree'));
  await fs.mkdir(path.join(root, 'gcloud'));
  const login = path.join(root, 'gcloud', 'application_default_credentials.json');
  await fs.writeFile(login, JSON.stringify(reader.keyFile('https://storage.googleapis.com')), { mode: 0o600 });
  await fs.writeFile(path.join(root, 'tree', 'a.ts'), 'segment');
  for (const [name, content] of Object.entries(files)) {
    await fs.writeFile(path.join(root, name), JSON.stringify(content), { mode: 0o600 });
  }
});
afterAll(async () => {
  google.close();
  await fake.stop();
  await fs.rm(root, { recursive: true, force: true });
});
afterEach(() => {
  silent = () => false;
  google.tunnels.length = 0;
});

const upload = (args: readonly string[], env: Readonly<Record<string, string>>): Running =>
  startMediactl(['upload', 'tree', 'gs://media/token', '--no-receipt', '--json', ...args], {
    cwd: root,
    env: {
      MEDIACTL_ENDPOINT: 'https://storage.googleapis.com',
      HTTPS_PROXY: google.proxy,
      https_proxy: '',
      HTTP_PROXY: '',
      http_proxy: '',
      NO_PROXY: '',
      no_proxy: '',
      NODE_EXTRA_CA_CERTS: path.join(root, 'ca.pem'),
      HOME: path.join(root, 'home'),
      CLOUDSDK_CONFIG: '',
      GOOGLE_APPLICATION_CREDENTIALS: '',
      METADATA_SERVER_DETECTION: 'none',
      CLOUDSDK_AUTH_ACCESS_TOKEN: '',
      GOOGLE_OAUTH_ACCESS_TOKEN: '',
      STORAGE_EMULATOR_HOST: '',
      ...env,
    },
  });

async function asked(target: string): Promise<void> {
  while (!google.tunnels.some((tunnel) => tunnel.target === target)) {
    await sleep(20);
  }
}

describe('a token that never comes', () => {
  test.each([
    ['a key file', ['--key-file', 'key.json'], {}, 'www.googleapis.com:443'],
    ['a user', [], { GOOGLE_APPLICATION_CREDENTIALS: 'user.json' }, 'oauth2.googleapis.com:443'],
    ['workload identity', [], { GOOGLE_APPLICATION_CREDENTIALS: 'workload.json' }, 'sts.googleapis.com:443'],
    [
      'impersonation',
      ['--impersonate', 'other@test-project.iam.gserviceaccount.com'],
      { MEDIACTL_ACCESS_TOKEN: 'from-the-machine' },
      'iamcredentials.googleapis.com:443',
    ],
  ] as const)('%s: one SIGTERM ends it', async (_, args, env, target) => {
    silent = (wanted) => wanted === target;
    const run = upload(args, env);
    await asked(target);
    run.child.kill('SIGTERM');
    const { exitCode, events } = await run.done;
    expect(exitCode).toBe(143);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'terminated' });
    // Once: it was still waiting, and had not begun anew.
    expect(google.tunnels.filter((tunnel) => tunnel.target === target).length).toBe(1);
  });

  test('once: the request is cut, the next one is answered, and the run ends when it has said so', async () => {
    let unanswered = 1;
    silent = (target) => target === 'www.googleapis.com:443' && unanswered-- > 0;
    const { exitCode, events, stderr } = await upload(['--key-file', 'key.json'], {}).done;
    expect(events.at(-1)).toMatchObject({ type: 'result', outcome: 'uploaded' });
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(google.tunnels.filter(({ target }) => target === 'www.googleapis.com:443').length).toBe(2);
  });
});

test("the login in gcloud's own folder is taken, and a refusal names it and what would help", async () => {
  const { exitCode, events } = await upload(['--metadata', 'a=b'], { CLOUDSDK_CONFIG: path.join(root, 'gcloud') }).done;
  expect(exitCode).toBe(10);
  const { email } = reader.signer;
  // As another test has uploaded it by now, or has not.
  const from =
    /^the service account reader@.* \(application_default_credentials\.json\) lacks storage\.objects\.(create|update): /;
  expect(events.at(-1)).toMatchObject({ code: 'storage-forbidden', hint: expect.stringMatching(from) });
  expect(events.at(-1)).toMatchObject({
    hint: expect.stringContaining(`gs://media --member=serviceAccount:${email} --role=roles/storage.objectUser`),
  });
  expect(JSON.stringify(events)).not.toMatch(/PRIVATE KEY|Bearer/);
});

test("the machine's own token is asked for on its own link, whatever proxies the environment names", async () => {
  const seen: (string | undefined)[] = [];
  const metadata = http.createServer((request, response) => {
    seen.push(request.url);
    const isToken = request.url?.includes('/token') === true;
    const answer = isToken ? { access_token: 'from-the-machine', expires_in: 3600, token_type: 'Bearer' } : {};
    response.writeHead(200, { 'metadata-flavor': 'Google', 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
  metadata.listen(0, '127.0.0.1');
  await once(metadata, 'listening');
  const { port } = metadata.address() as AddressInfo;
  try {
    const machine = {
      NODE_OPTIONS: `--import=${OWN_LINK}`,
      OWN_LINK_PORT: String(port),
      METADATA_SERVER_DETECTION: 'ping-only',
      HTTP_PROXY: google.proxy,
    };
    const { events } = await upload([], machine).done;
    expect(google.tunnels.map(({ target }) => target)).toEqual(google.tunnels.map(() => 'storage.googleapis.com:443'));
    expect(events.at(-1)).toMatchObject({ type: 'result' });
    expect(seen.some((address) => address?.includes('/token'))).toBe(true);
  } finally {
    metadata.close();
    metadata.closeAllConnections();
  }
});

describe('a reader that takes its time', () => {
  const unread = async (): Promise<ChildProcessByStdio<null, Readable, null>> => {
    // Far more than a pipe holds: the result names each object.
    const tree = path.join(root, 'many');
    await fs.mkdir(tree, { recursive: true });
    for (let i = 0; i < 1000; i++) await fs.writeFile(path.join(tree, `${String(i).padStart(99, '0')}.ts`), '');
    const argv = [
      BIN,
      'upload',
      'many',
      'gs://media/token-many',
      '--receipt',
      path.join(root, 'receipt.json'),
      '--json',
    ];
    await fs.rm(path.join(root, 'receipt.json'), { force: true });
    const env = { ...process.env, MEDIACTL_ENDPOINT: fake.endpoint, MEDIACTL_ACCESS_TOKEN: 'from-the-machine' };
    const child = spawn(process.execPath, argv, { cwd: root, env, stdio: ['ignore', 'pipe', 'ignore'] });
    while (!(await fs.stat(path.join(root, 'receipt.json')).catch(() => null))) await sleep(20);
    return child;
  };

  test('gets all of it', async () => {
    const child = await unread();
    await sleep(500);
    const lines = (await text(child.stdout)).trimEnd().split('\n');
    const result = JSON.parse(lines.at(-1) ?? '') as { type: string; objects: unknown[] };
    expect(result).toMatchObject({ type: 'result' });
    expect(result.objects.length).toBe(1000);
  });

  test('and one that never reads keeps nothing alive after a signal', async () => {
    const child = await unread();
    child.kill('SIGTERM');
    const ended = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
    // By the signal; or by itself, when the signal came as the last of the work was done.
    expect([0, 143]).toContain(ended[0]);
    child.stdout.destroy();
  });
});
