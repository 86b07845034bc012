import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';
import { createTestKey } from '../gcs/test-key.js';
import { TEST_CERTIFICATE } from '../support/tls.js';
import { startTunnelledServer, type TunnelledServer } from '../support/tunnel.js';
import { runMediactl, type Ran } from './run.js';

/** The real program where the network is reached through a proxy only. */

const key = createTestKey();
const SECRET = 'pa ss%wörd';
const AUTHORIZATION = `Basic ${Buffer.from(`me:${SECRET}`).toString('base64')}`;

let fake: FakeGcs;
let root = '';
let server: TunnelledServer;

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-proxy-'));
  fake = await startFakeGcs({ buckets: [{ name: 'media' }], signers: [key.signer], settings: { auth: 'required' } });
  await fs.writeFile(path.join(root, 'ca.pem'), TEST_CERTIFICATE);
  await fs.writeFile(path.join(root, 'key.json'), JSON.stringify(key.keyFile('https://storage.test')), { mode: 0o600 });
  await fs.mkdir(path.join(root, 'tree'));
  for (let i = 0; i < 30; i++) await fs.writeFile(path.join(root, 'tree', `${i}.ts`), `segment ${i}`);
  await fs.writeFile(path.join(root, 'tree', 'large.ts'), Buffer.alloc(9 * 1024 * 1024, 7));
});
afterAll(async () => {
  await fake.stop();
  await fs.rm(root, { recursive: true, force: true });
});
beforeEach(async () => {
  server = await startTunnelledServer(fake.endpoint, (given) => (given === AUTHORIZATION ? 200 : 407));
});
afterEach(() => server.close());

const upload = async (env: Readonly<Record<string, string>>): Promise<Ran> =>
  runMediactl(['upload', 'tree', 'gs://media/a', '--upload-jobs', '4', '--key-file', 'key.json', '--json'], {
    cwd: root,
    env: {
      MEDIACTL_ENDPOINT: 'https://storage.test',
      NODE_EXTRA_CA_CERTS: path.join(root, 'ca.pem'),
      NO_PROXY: '',
      no_proxy: '',
      https_proxy: '',
      HTTPS_PROXY: '',
      ...env,
    },
  });
const named = (password: string): string =>
  server.proxy.replace('http://', `http://me:${encodeURIComponent(password)}@`);

test('token and objects go through it, over kept tunnels', async () => {
  const { exitCode, events, stdout, stderr } = await upload({ HTTPS_PROXY: named(SECRET) });
  expect(events.at(-1)).toMatchObject({ type: 'result', outcome: 'uploaded' });
  expect(exitCode).toBe(0);
  expect((await fake.control.objects('media')).length).toBe(31);
  const targets = server.tunnels.map(({ target }) => target);
  expect(new Set(targets)).toEqual(new Set(['storage.test:443', 'www.googleapis.com:443']));
  expect(new Set(server.tunnels.map(({ authorization }) => authorization))).toEqual(new Set([AUTHORIZATION]));
  // One for the token, and one for each request at a time.
  expect(server.tunnels.length).toBeLessThanOrEqual(1 + 4);
  expect(stdout + stderr).not.toContain('wörd');
  expect((await fake.control.requests({ kind: 'token' })).length).toBe(1);
});

test('what it refuses is told, without the password, and not tried again and again', async () => {
  const { exitCode, events, stdout, stderr } = await upload({
    HTTPS_PROXY: named('wrong-secret'),
    MEDIACTL_ACCESS_TOKEN: 'x',
  });
  expect(exitCode).toBe(10);
  expect(events.at(-1)?.['code']).toMatch(/^storage-(unavailable|auth)$/);
  expect(stdout + stderr).not.toContain('wrong-secret');
  expect(server.tunnels.length).toBeLessThan(5);
});

test('without a token to fetch, its answer and what to do', async () => {
  const { events } = await runMediactl(['upload', 'tree', 'gs://media/a', '--anonymous', '--json'], {
    cwd: root,
    env: { MEDIACTL_ENDPOINT: 'https://storage.test', https_proxy: server.proxy },
  });
  expect(events.at(-1)).toMatchObject({
    code: 'storage-unavailable',
    reason: expect.stringContaining(`the proxy ${server.proxy.slice(7)} answered 407`),
    hint: expect.stringContaining('HTTPS_PROXY'),
  });
  expect(server.tunnels.length).toBe(1);
});

test('what NO_PROXY names is asked directly', async () => {
  const { exitCode } = await runMediactl(['ls', 'gs://media/a', '--json'], {
    cwd: root,
    env: {
      MEDIACTL_ENDPOINT: server.direct,
      MEDIACTL_ACCESS_TOKEN: 'x',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: 'example.com,127.0.0.1',
      NODE_EXTRA_CA_CERTS: path.join(root, 'ca.pem'),
    },
  });
  // The server was reached, and does not know the token.
  expect(exitCode).toBe(10);
  expect((await fake.control.requests({ status: 401 })).length).toBeGreaterThan(0);
  expect(server.tunnels).toEqual([]);
});

test('an address that is none is wrong usage, and its password is not shown', async () => {
  const { exitCode, stdout, stderr, events } = await upload({ HTTPS_PROXY: 'socks5://me:hunter2@127.0.0.1:1' });
  expect(exitCode).toBe(2);
  expect(events.at(-1)).toMatchObject({ code: 'usage', message: 'HTTPS_PROXY is not a usable proxy address' });
  expect(stdout + stderr).not.toContain('hunter2');
});
