import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../support/browser.js';
import { serve } from '../support/serve.js';
import { runMediactl, startMediactl, type JsonLine, type Ran, type Running } from './run.js';

const read = async (name: string): Promise<object> =>
  JSON.parse(await fs.readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8')) as object;

let root = '';
let browser: Browser;
const keys = ['sd', 'hd', 'audio'].map((label) => ({
  kid: randomBytes(16).toString('hex'),
  key: randomBytes(16).toString('hex'),
  label,
}));
const [SD = '', HD = '', AUDIO = ''] = keys.map(({ kid }) => kid);
const secret = randomBytes(32).toString('hex');
/** All that any of the programs has said. */
let said = '';
const tokens: string[] = [];

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'license-'));
  browser = await launchChromium();
  await fs.mkdir(path.join(root, 'keys'));
  const file = JSON.stringify({ schema: 'mediactl.keys/1', title: 'movie', keys });
  await fs.writeFile(path.join(root, 'keys/movie.json'), file, { mode: 0o600 });
  await fs.writeFile(path.join(root, 'token.secret'), secret, { mode: 0o600 });
  await fs.writeFile(path.join(root, 'page.html'), '<!doctype html><title>page</title>');
});

afterAll(async () => {
  await browser?.close();
  await fs.rm(root, { recursive: true, force: true });
});

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const ran = await runMediactl(args, { cwd: root, env });
  // What a token is for is to be printed.
  if (args[1] !== 'token' || args.includes('--explain')) said += ran.stdout;
  said += ran.stderr;
  return ran;
}

async function token(...flags: readonly string[]): Promise<string> {
  const { stdout, exitCode } = await run(['license', 'token', '--auth', 'jwt:token.secret', ...flags]);
  expect(exitCode).toBe(0);
  tokens.push(stdout.trim());
  return stdout.trim();
}

const SERVE = ['license', 'serve', '--keys', 'keys', '--auth', 'jwt:token.secret', '--port', '0', '--json'];

async function start(): Promise<{ readonly running: Running; readonly url: string }> {
  const running = startMediactl(SERVE, { cwd: root });
  let text = '';
  running.child.stdout?.on('data', (piece: string) => (text += piece));
  await running.waitFor(/"type":"listening".*\n/);
  const line = JSON.parse(text.split('\n')[0] ?? '') as JsonLine;
  const validate = new Ajv2020({ validateFormats: false }).compile(await read('events.schema.json'));
  expect(validate(line), text).toBe(true);
  expect(line).toMatchObject({ service: 'license', exposedAt: [], encrypted: false });
  return { running, url: String(line['address']) };
}

async function stop({ running }: { readonly running: Running }): Promise<void> {
  running.child.kill('SIGTERM');
  const { exitCode, stdout, stderr } = await running.done;
  said += stdout + stderr;
  expect(exitCode).toBe(143);
}

/** What Chromium makes of licences: the state of each key that a page got by EME, or what it was told instead. */
async function keysInBrowser(url: string, bearer: string, kid: string): Promise<unknown> {
  const served = await serve({ '/page': path.join(root, 'page.html') });
  const page = await browser.newPage();
  try {
    await page.goto(`${served.origin}/page`);
    const wanted = JSON.stringify({ url, bearer, kids: [Buffer.from(kid, 'hex').toString('base64url')] });
    return await page.evaluate(`(async ({ url, bearer, kids }) => {
      const capabilities = [{ contentType: 'video/mp4; codecs="avc1.42E01E"' }];
      const config = [{ initDataTypes: ['keyids'], videoCapabilities: capabilities }];
      const access = await navigator.requestMediaKeySystemAccess('org.w3.clearkey', config);
      const session = (await access.createMediaKeys()).createSession();
      const asked = new Promise((resolve) => session.addEventListener('message', ({ message }) => resolve(message)));
      await session.generateRequest('keyids', new TextEncoder().encode(JSON.stringify({ kids })));
      const headers = { authorization: 'Bearer ' + bearer, 'x-device-id': 'chromium' };
      const response = await fetch(url, { method: 'POST', headers, body: await asked });
      if (!response.ok) return [response.status, (await response.json()).detail];
      await session.update(await response.arrayBuffer());
      const hex = (id) => [...new Uint8Array(id)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      return [...session.keyStatuses].map(([id, status]) => [hex(id), status]).sort();
    })(${wanted})`);
  } finally {
    await page.close();
    await served.close();
  }
}

test('keys for tokens: by the program, in Chromium, after a restart; and nothing is shown of them anywhere', async () => {
  const documents = await read('documents.schema.json');
  const validateCheck = new Ajv2020({ strict: false }).compile({ ...documents, $ref: '#/$defs/licenseCheck' });
  const first = await start();
  const viewer = await token('--title', 'movie', '--sub', 'viewer-7', '--devices', '1', '--max-height', '576');
  const explained = await runMediactl(['license', 'token', '--explain', '--auth', 'jwt:token.secret', '--json'], {
    cwd: root,
    under: ['sh', '-c', `printf %s ${viewer} | "$@"`, 'sh'],
  });
  said += explained.stdout + explained.stderr;
  expect(explained.events).toMatchObject([{ valid: true, code: null, claims: { sub: 'viewer-7', devices: 1 } }]);

  expect(await keysInBrowser(first.url, viewer, SD)).toEqual(
    [
      [SD, 'usable'],
      [AUDIO, 'usable'],
    ].sort(),
  );
  const more = await token('--title', 'movie', '--max-height', '576');
  expect(await keysInBrowser(first.url, more, HD)).toEqual([403, 'This is not part of what you may watch.']);

  // A token comes by a file or a variable: a command line is seen by everybody on the machine.
  await fs.writeFile(path.join(root, 'token.txt'), viewer, { mode: 0o600 });
  const check = ['license', 'check', first.url, '--kids', `${SD},${AUDIO}`, '--device', 'chromium'];
  const granted = await run([...check, '--token', 'token.txt', '--json']);
  expect(validateCheck(granted.events[0]), granted.stdout).toBe(true);
  expect(granted).toMatchObject({
    exitCode: 0,
    events: [{ ok: true, status: 200, missing: [], cors: true, problem: null }],
  });
  const refused = await run(check, { MEDIACTL_LICENSE_TOKEN: 'a.b.c' });
  expect(refused).toMatchObject({
    exitCode: 8,
    stdout: expect.stringMatching(/^refused: HTTP 401, the token is not valid\n/),
  });

  // One folder has one server.
  expect(await run(SERVE)).toMatchObject({ exitCode: 7 });
  await stop(first);
  const second = await start();
  const other = await run(['license', 'check', second.url, '--kids', SD, '--device', 'tv', '--json'], {
    MEDIACTL_LICENSE_TOKEN: viewer,
  });
  expect(other).toMatchObject({ exitCode: 8, events: [{ problem: { code: 'too-many-devices' } }] });
  await stop(second);

  const names = await fs.readdir(path.join(root, 'licences'));
  const kept = await Promise.all(names.map((name) => fs.readFile(path.join(root, 'licences', name), 'utf8')));
  expect(kept.join('')).toContain('"outcome":"granted"');
  for (const hex of [...keys.map(({ key }) => key), secret]) {
    const bytes = Buffer.from(hex, 'hex');
    for (const form of [hex, hex.toUpperCase(), bytes.toString('base64'), bytes.toString('base64url')]) {
      expect(said + kept.join('')).not.toContain(form);
    }
  }
  for (const part of tokens.flatMap((each) => each.split('.').slice(1)))
    expect(said + kept.join('')).not.toContain(part);
});

test('what is not safe, or not there, is refused at once', async () => {
  await fs.writeFile(path.join(root, 'open.json'), '{}', { mode: 0o644 });
  await fs.chmod(path.join(root, 'open.json'), 0o644);
  const with_ = async (...flags: readonly string[]): Promise<JsonLine | undefined> =>
    (await run(['license', 'serve', '--port', '0', '--records', 'other', '--json', ...flags])).events.at(-1);
  const auth = ['--auth', 'jwt:token.secret'];
  expect(await with_('--keys', 'open.json', ...auth)).toMatchObject({ code: 'keys-exposed', exitCode: 2 });
  expect(await with_('--keys', 'keys')).toMatchObject({ code: 'usage' });
  expect(await with_(...auth)).toMatchObject({ code: 'usage' });
  expect(await with_('--keys', 'keys', '--auth', 'jwt:none')).toMatchObject({ code: 'input-not-found', exitCode: 3 });
  expect(await with_('--keys', 'keys', '--auth', 'secret')).toMatchObject({ code: 'config' });
  expect(await with_('--keys', 'keys', ...auth, '--host', '0.0.0.0')).toMatchObject({ code: 'usage' });
  expect(await run(['license', 'token', ...auth])).toMatchObject({ exitCode: 2, stdout: '' });
  expect(await run(['license', 'token', ...auth, '--title', 'x', '--expires', 'soon'])).toMatchObject({ exitCode: 2 });
  expect(await run(['license', 'check', 'example.com'])).toMatchObject({ exitCode: 2 });
  expect(await run(['license', 'check', 'http://127.0.0.1:1/license', '--kids', SD])).toMatchObject({ exitCode: 10 });
});
