import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { clip, type ClipName } from '../../fixtures/clips.js';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';
import { sendFile, serve } from '../storage/web/server.js';
import { stallSeconds } from '../support/pace.js';
import { runMediactl, startMediactl, type Ran, type Running } from './run.js';

/** Sources in a bucket and on the web: the real program, the real FFmpeg, servers over real sockets. */

let fake: FakeGcs;
let root = '';
let cwd = '';
let movie: Buffer;
const TOKEN = 'ya29.very-secret-token';

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-remote-'));
  fake = await startFakeGcs({
    buckets: [{ name: 'archive' }],
    tokens: [
      { token: TOKEN, permissions: ['storage.objects.get', 'storage.objects.list'] },
      { token: 'may-nothing', permissions: [] },
    ],
  });
  // Large enough for several requests; the index is at the end.
  movie = await fs.readFile(await clip('noise12'));
  await store('in/my movie.mp4', movie);
});
afterAll(async () => {
  await fake.stop();
  await fs.rm(root, { recursive: true, force: true });
});
beforeEach(async () => {
  cwd = await fs.mkdtemp(path.join(root, 'cwd-'));
  await fake.control.clearLog();
});
afterEach(async () => {
  await fake.control.removeFault();
  await fake.control.settings({ auth: 'open', latencyMs: 0 });
});

async function store(name: string, body: Buffer): Promise<void> {
  const address = `${fake.endpoint}/upload/storage/v1/b/archive/o?uploadType=media&name=${encodeURIComponent(name)}`;
  expect((await fetch(address, { method: 'POST', body: new Uint8Array(body) })).status).toBe(200);
}

const INPUT = 'gs://archive/in/my movie.mp4';
const FAST = ['--ladder', 'live', '--only', '240p', '--encoder-preset', 'ultrafast', '--json'];
const env = (more: Record<string, string> = {}): Record<string, string> => ({
  MEDIACTL_ENDPOINT: fake.endpoint,
  MEDIACTL_ANONYMOUS: 'true',
  ...more,
});
const encode = (input: string, ...more: string[]): Promise<Ran> =>
  runMediactl(['encode', input, ...FAST, ...more], { cwd, env: env() });
const start = (input: string, ...more: string[]): Running =>
  startMediactl(['encode', input, ...FAST, ...more], { cwd, env: env() });
const bytesServed = async (): Promise<number> =>
  (await fake.control.requests({ kind: 'object-media' })).reduce((sum, { bytesOut }) => sum + bytesOut, 0);

/** The segments of a rendition, by a name's beginning, as one hash of what is decoded from them. */
async function heard(title: string): Promise<string> {
  const folder = (await fs.readdir(title)).find((name) => name.startsWith('audio-')) ?? '';
  const names = (await fs.readdir(path.join(title, folder))).filter((name) => name.endsWith('.ts')).toSorted();
  const hash = createHash('sha256');
  for (const name of names) hash.update(await fs.readFile(path.join(title, folder, name)));
  return `${names.length} ${hash.digest('hex')}`;
}

async function frames(title: string): Promise<number> {
  const record: unknown = JSON.parse(await fs.readFile(path.join(title, 'mediactl.json'), 'utf8'));
  expect(record).toMatchObject({ status: 'complete', renditions: [{ kind: 'video', frames: 300 }, { kind: 'audio' }] });
  return 300;
}

test.each(['auto', 'never', 'always'])('an object makes the title that its file makes (--fetch %s)', async (fetch) => {
  await fs.writeFile(path.join(cwd, 'local.mp4'), movie);
  expect((await encode('local.mp4')).exitCode).toBe(0);
  const ran = await encode(INPUT, '--fetch', fetch);
  expect(ran.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded', output: path.join(cwd, 'my movie') });
  expect(await heard(path.join(cwd, 'my movie'))).toBe(await heard(path.join(cwd, 'local')));
  await frames(path.join(cwd, 'my movie'));
  expect(ran.events.find(({ type }) => type === 'start')).toMatchObject({ input: INPUT });
  const record: unknown = JSON.parse(await fs.readFile(path.join(cwd, 'my movie', 'mediactl.json'), 'utf8'));
  expect(record).toMatchObject({
    source: { path: path.basename(INPUT), version: expect.stringMatching(/^\d+$/), bytes: movie.length },
  });
  expect(await bytesServed()).toBeLessThan(movie.length * (fetch === 'never' ? 2.2 : 1.1));
  expect(ran.events.filter(({ type }) => type === 'fetch').at(-1)?.['bytes']).toBe(
    fetch === 'always' ? movie.length : undefined,
  );
  // Nothing of it stays beside the title.
  expect((await fs.readdir(cwd)).toSorted()).toEqual(['local', 'local.mp4', 'my movie']);

  await fake.control.clearLog();
  expect((await encode(INPUT, '--fetch', fetch)).events.at(-1)).toMatchObject({ outcome: 'unchanged' });
  // The same bytes in another generation are another source.
  await store('in/my movie.mp4', movie);
  expect((await encode(INPUT)).events.at(-1)).toMatchObject({ type: 'error', code: 'output-other-source' });
  expect((await encode(INPUT, '--replace')).events.at(-1)).toMatchObject({ outcome: 'encoded' });
});

test('breaks on the way are mended', async () => {
  const media = { kind: 'object-media' as const };
  await fake.control.addFault({
    fault: { type: 'truncate', afterBytes: 50_000, how: 'reset' },
    match: media,
    count: 3,
  });
  await fake.control.addFault({ fault: { type: 'status', status: 503 }, match: media, skip: 4, count: 2 });
  await fake.control.addFault({ fault: { type: 'slow-download', bytesPerSecond: 500_000 }, match: media, skip: 5 });
  const ran = await encode(INPUT, '--fetch', 'never');
  expect(ran.events.at(-1)).toMatchObject({ type: 'result' });
  await frames(path.join(cwd, 'my movie'));
});

test('neither token nor the word of the relay is in any argument, line or file', async () => {
  await fake.control.settings({ auth: 'required' });
  const running = startMediactl(['encode', INPUT, ...FAST, '--verbose'], {
    cwd,
    env: { MEDIACTL_ENDPOINT: fake.endpoint, MEDIACTL_ACCESS_TOKEN: TOKEN },
  });
  const lines = new Set<string>();
  const words = new Set<string>();
  let ended = false;
  const done = running.done.finally(() => (ended = true));
  while (!ended) {
    for (const pid of await fs.readdir('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
      const argv = await fs.readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      // The fake is told which tokens are good.
      if (!argv.includes('gcs-fake')) lines.add(argv);
      if (!argv.includes('mediactl.invalid')) continue;
      const environment = await fs.readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      const word = /http_proxy=http:\/\/mediactl:([0-9a-f]+)@/.exec(environment)?.[1];
      if (word !== undefined) words.add(word);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  const ran = await done;
  expect(ran.events.at(-1)).toMatchObject({ type: 'result' });
  expect(words.size).toBeGreaterThan(0);
  const record = await fs.readFile(path.join(cwd, 'my movie', 'mediactl.json'), 'utf8');
  for (const secret of [TOKEN, ...words]) {
    expect([...lines].filter((argv) => argv.includes(secret))).toEqual([]);
    expect(ran.stdout + ran.stderr + record).not.toContain(secret);
  }
});

test('an object that is replaced meanwhile', async () => {
  await store('changing.mp4', movie);
  await fake.control.addFault({
    fault: { type: 'slow-download', bytesPerSecond: 1_000_000 },
    match: { kind: 'object-media' },
    count: 1000,
  });
  const running = start('gs://archive/changing.mp4');
  await running.waitFor(/"type":"start"/);
  await store('changing.mp4', randomBytes(movie.length));
  const { events, exitCode } = await running.done;
  expect(exitCode).toBe(5);
  expect(events.at(-1)).toMatchObject({ code: 'source-changed', message: /gs:\/\/archive\/changing\.mp4 changed/ });
  await expect(fs.access(path.join(cwd, 'changing'))).rejects.toThrow();
});

test('bytes that changed on the way are found out before anything is published, and not gone on with', async () => {
  await fake.control.addFault({
    fault: { type: 'corrupt', direction: 'download' },
    // Of the media itself, past what is probed.
    match: { kind: 'object-media' },
    skip: 7,
  });
  for (const fetch of ['auto', 'always']) {
    const { events, exitCode } = await encode(INPUT, '--fetch', fetch);
    expect(exitCode).toBe(10);
    expect(events.at(-1)).toMatchObject({ code: 'storage-checksum', message: /my movie\.mp4/ });
    expect(await fs.readdir(cwd)).toEqual([]);
    if (fetch === 'auto') {
      await fake.control.addFault({
        fault: { type: 'corrupt', direction: 'download' },
        match: { kind: 'object-media' },
        skip: 7,
      });
    }
  }
  expect((await encode(INPUT)).exitCode).toBe(0);
});

test('an end of permission in the middle is told as what it is, and no half title comes of it', async () => {
  await fake.control.addFault({
    fault: { type: 'status', status: 403, reason: 'forbidden', message: 'storage.objects.get is denied' },
    match: { kind: 'object-media' },
    skip: 7,
    count: 1000,
  });
  const { events, exitCode } = await encode(INPUT);
  expect(exitCode).toBe(10);
  expect(events.at(-1)).toMatchObject({ code: 'storage-forbidden', message: `could not read ${INPUT}` });
  await expect(fs.access(path.join(cwd, 'my movie'))).rejects.toThrow();
  await fake.control.removeFault();
  expect((await encode(INPUT)).exitCode).toBe(0);
});

test('when FFmpeg stands still for lack of bytes, the network is blamed', async () => {
  await fake.control.addFault({
    fault: { type: 'status', status: 503, message: 'back soon' },
    match: { kind: 'object-media' },
    // The look at the source takes nine, the whole encode fifteen.
    skip: 11,
    count: 1000,
  });
  const { events } = await encode(INPUT, '--stall-timeout', String(stallSeconds()));
  expect(events.at(-1)).toMatchObject({ code: 'storage-unavailable', exitCode: 10, reason: /503: back soon/ });
  await fake.control.removeFault();
  expect((await encode(INPUT)).exitCode).toBe(0);
});

test('an object of a long name makes a folder that can be', async () => {
  const name = `${'é'.repeat(300)}.mp4`;
  await store(name, movie);
  const planned = await runMediactl(['plan', `gs://archive/${name}`, ...FAST], { cwd, env: env() });
  expect(path.basename(String(planned.events[0]?.['output']))).toBe('é'.repeat(98));
});

test('after kill -9 nothing is left running, and a fetch goes on where it was', async () => {
  await fake.control.addFault({
    fault: { type: 'slow-download', bytesPerSecond: 1_000_000 },
    match: { kind: 'object-media' },
    count: 1000,
  });
  const running = start(INPUT, '--fetch', 'always');
  await running.waitFor(/"type":"fetch"[^\n]*\n(?:[^]*"type":"fetch"){2}/);
  running.child.kill('SIGKILL');
  await running.done.catch(() => undefined);
  await fake.control.removeFault();
  await fake.control.clearLog();
  const ran = await encode(INPUT, '--fetch', 'always');
  expect(ran.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded' });
  const first = ran.events.find(({ type }) => type === 'fetch');
  expect(first?.['bytes']).toBeGreaterThan(256 * 1024);
  await frames(path.join(cwd, 'my movie'));

  const killed = start(INPUT, '--force');
  await killed.waitFor(/"type":"progress"/);
  const ours = async (): Promise<string[]> => {
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'args']);
    return stdout.split('\n').filter((line) => line.includes('mediactl.invalid') && line.includes(cwd));
  };
  expect((await ours()).length).toBeGreaterThan(0);
  killed.child.kill('SIGKILL');
  await expect.poll(ours).toEqual([]);
});

test.each<ClipName>(['poserHls', 'poserConcat', 'poserDash', 'poserSdp'])(
  'an object that points elsewhere is refused (%s)',
  async (name) => {
    await store(`hostile/${name}.mp4`, await fs.readFile(await clip(name)));
    const { events, exitCode } = await encode(`gs://archive/hostile/${name}.mp4`);
    expect(exitCode).toBe(3);
    expect(events.at(-1)).toMatchObject({ code: 'input-forbidden', reason: /refers to other files or addresses/ });
  },
);

test('what cannot be opened', async () => {
  const failure = async (input: string, ...more: string[]): Promise<unknown> =>
    (await runMediactl(['probe', input, '--json', ...more], { cwd, env: env() })).events.at(-1);
  expect(await failure('gs://archive/none.mp4')).toMatchObject({ code: 'input-not-found', exitCode: 3 });
  expect(await failure('gs://no-such-bucket/none.mp4')).toMatchObject({ code: 'storage-not-found', exitCode: 10 });
  expect(await failure('gs://archive/in/')).toMatchObject({
    code: 'usage',
    reason: 'it names a folder, not an object',
  });
  expect(await failure('gs://ARCHIVE/x')).toMatchObject({ code: 'usage' });
  expect(await failure('s3://archive/x.mp4')).toMatchObject({ code: 'input-not-found', reason: /gs:\/\// });
  await fake.control.settings({ auth: 'required' });
  expect(await failure(INPUT)).toMatchObject({ code: 'storage-auth', message: `could not read ${INPUT}` });
  const stranger = await runMediactl(['probe', INPUT, '--json'], {
    cwd,
    env: { MEDIACTL_ENDPOINT: fake.endpoint, MEDIACTL_ACCESS_TOKEN: 'may-nothing' },
  });
  expect(stranger.events.at(-1)).toMatchObject({ code: 'storage-forbidden' });
});

test('an empty object, and one that is cut off', async () => {
  await store('empty.mp4', Buffer.alloc(0));
  await store('cut.mp4', movie.subarray(0, movie.length / 2));
  expect((await encode('gs://archive/empty.mp4')).events.at(-1)).toMatchObject({ code: 'input-empty' });
  expect((await encode('gs://archive/cut.mp4')).events.at(-1)).toMatchObject({ code: 'input-truncated' });
});

test('plan says how to get it by hand, and probe shows it', async () => {
  const planned = await runMediactl(['plan', INPUT, ...FAST], { cwd, env: env() });
  const commands = planned.events[0]?.['commands'];
  expect(commands[0].shell).toMatch(/^gcloud storage cp 'gs:\/\/archive\/in\/my movie\.mp4#\d+' '\.\/my movie\.mp4'$/);
  expect(JSON.stringify(commands)).not.toContain('mediactl.invalid');
  const probed = await runMediactl(['probe', INPUT], { cwd, env: env() });
  expect(probed.stdout).toContain('426×240');
  expect(await fs.readdir(cwd)).toEqual([]);
});

test('the web is read only when that is allowed, and what is secret in an address stays so', async () => {
  const { origin } = await serve((request, response) => sendFile(request, response, movie));
  const address = `${origin.replace('//', '//me:topsecret@')}/in/a%20film.mp4?signature=topsecret`;
  const refused = await encode(address);
  expect(refused.events.at(-1)).toMatchObject({ code: 'input-forbidden', hint: /--allow-http/ });
  const ran = await encode(address, '--allow-http', '--verbose');
  expect(ran.events.at(-1)).toMatchObject({ type: 'result', output: path.join(cwd, 'a film') });
  const record = await fs.readFile(path.join(cwd, 'a film', 'mediactl.json'), 'utf8');
  expect(JSON.parse(record)).toMatchObject({ source: { path: 'a%20film.mp4', version: '"one"' } });
  const planned = await runMediactl(['plan', address, '--allow-http'], { cwd, env: env() });
  for (const said of [refused, ran, planned]) expect(said.stdout + said.stderr).not.toContain('topsecret');
  expect(record).not.toContain('topsecret');
});

test('a server without ranges is read whole first', async () => {
  const { origin, requests } = await serve((_, response) => response.writeHead(200).end(movie));
  const ran = await encode(`${origin}/movie.mp4`, '--allow-http', '--fetch', 'never');
  expect(ran.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded' });
  await frames(path.join(cwd, 'movie'));
  expect(requests.length).toBeLessThan(4);
  const again = await encode(`${origin}/movie.mp4`, '--allow-http');
  expect(again.events.at(-1)).toMatchObject({ outcome: 'unchanged' });
});

test('a settings file that came with the media does not open the web', async () => {
  await fs.writeFile(path.join(cwd, '.mediactlrc.json'), JSON.stringify({ allowHttp: true }));
  const ran = await encode('http://127.0.0.1:9/movie.mp4');
  expect(ran.events.at(-1)).toMatchObject({ code: 'config', message: expect.stringContaining('allowHttp') });
});
