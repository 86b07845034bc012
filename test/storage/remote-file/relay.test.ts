import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { clip } from '../../../fixtures/clips.js';
import { Blocks } from '../../../src/storage/remote-file/blocks.js';
import { startRelay, type Relay } from '../../../src/storage/remote-file/relay.js';
import { inputSafetyArgs } from '../../../src/tools/input-safety.js';
import { memorySource, type MemorySource } from './memory-source.js';

const CONTENT = randomBytes(1_500_000);
let open: Relay | null = null;
afterEach(() => open?.close());

async function relay(
  content = CONTENT,
  extension = '.mp4',
): Promise<Relay & { source: MemorySource; failures: unknown[] }> {
  const source = memorySource(content);
  const failures: unknown[] = [];
  open = await startRelay(new Blocks(source), { extension, onFailure: (error) => failures.push(error) });
  return { ...open, source, failures };
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly url?: string;
  readonly word?: string | null;
}

/** Asks as FFmpeg does: the relay is its proxy. */
function ask({ address }: Relay, { method = 'GET', headers = {}, url = address.url, word }: Ask = {}): Promise<Answer> {
  const proxy = new URL(address.env['http_proxy'] ?? '');
  const auth = word === undefined ? `${proxy.username}:${proxy.password}` : word;
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: proxy.hostname,
        port: proxy.port,
        method,
        path: url,
        agent: false,
        headers: auth === null ? headers : { ...headers, 'proxy-authorization': `Basic ${btoa(auth)}` },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
        });
      },
    );
    request.on('error', reject).end();
  });
}

test.each([
  [undefined, 200, 0, 1_500_000],
  ['bytes=0-', 206, 0, 1_500_000],
  ['bytes=100-199', 206, 100, 200],
  ['bytes=1000000-9999999', 206, 1_000_000, 1_500_000],
  ['bytes=-10', 206, 1_499_990, 1_500_000],
])('range %s', async (range, status, start, end) => {
  const answer = await ask(await relay(), range === undefined ? {} : { headers: { range } });
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject({ 'accept-ranges': 'bytes', 'content-length': String(end - start) });
  expect(answer.headers['content-range']).toBe(status === 206 ? `bytes ${start}-${end - 1}/1500000` : undefined);
  expect(answer.body.equals(CONTENT.subarray(start, end))).toBe(true);
});

test.each(['bytes=1500000-', 'bytes=-0', 'bytes=5-4'])('range %s is none of it', async (range) => {
  const answer = await ask(await relay(), { headers: { range } });
  expect(answer).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */1500000' } });
});

test('HEAD', async () => {
  const answer = await ask(await relay(), { method: 'HEAD' });
  expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '1500000' } });
  expect(answer.body).toHaveLength(0);
});

test('only who knows the word, only this source, and nothing written', async () => {
  const served = await relay();
  expect((await ask(served, { word: null })).status).toBe(407);
  expect((await ask(served, { word: 'mediactl:' })).status).toBe(407);
  expect((await ask(served, { word: `mediactl:${'0'.repeat(48)}` })).status).toBe(407);
  expect((await ask(served, { url: 'http://169.254.169.254/latest' })).status).toBe(403);
  expect((await ask(served, { url: '/source.mp4' })).status).toBe(403);
  expect((await ask(served, { url: `${served.address.url}x` })).status).toBe(403);
  expect((await ask(served, { method: 'POST' })).status).toBe(405);
  expect(served.source.asked).toEqual([]);
  expect(served.address.url).not.toMatch(/[0-9a-f]{16}/);
});

test('a source that fails cuts the connection, so that a part is not taken for the whole', async () => {
  const served = await relay();
  const reason = new Error('gone');
  served.source.break(reason);
  await expect(ask(served)).rejects.toThrow();
  expect(served.failures).toEqual([reason]);
});

test('who does not read holds little, and who leaves costs nothing more', async () => {
  const served = await relay(Buffer.alloc(30_000_000));
  const proxy = new URL(served.address.env['http_proxy'] ?? '');
  const auth = `Basic ${btoa(`${proxy.username}:${proxy.password}`)}`;
  const request = http.get({
    host: proxy.hostname,
    port: proxy.port,
    path: served.address.url,
    agent: false,
    headers: { 'proxy-authorization': auth },
  });
  const response = await new Promise<http.IncomingMessage>((resolve) => request.on('response', resolve));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const fetched = (): number => Math.max(...served.source.asked.map(([, end]) => end));
  expect(fetched()).toBeLessThan(20_000_000);
  response.destroy();
  await new Promise((resolve) => setTimeout(resolve, 100));
  // One read may be under way.
  expect(fetched()).toBeLessThan(20_000_000);
});

test('after its end it is not there', async () => {
  const served = await relay();
  await served.close();
  await expect(ask(served)).rejects.toThrow('ECONNREFUSED');
});

const ffprobe = promisify(execFile);

async function probeThrough({ address }: Relay, url = address.url): Promise<string> {
  const args = ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', ...inputSafetyArgs(address)];
  const env = { ...process.env, no_proxy: '*', ...address.env };
  const { stdout } = await ffprobe('ffprobe', [...args, '-i', url], { env });
  return stdout;
}

test('FFmpeg reads it as it reads the file', async () => {
  const served = await relay(await readFile(await clip('film24')));
  expect(await probeThrough(served)).toContain('h264');
  await expect(probeThrough(served, 'http://127.0.0.1:1/other.mp4')).rejects.toThrow('403');
});

test.each(['poserHls', 'poserConcat', 'poserDash', 'poserSdp'] as const)(
  '%s makes FFmpeg open nothing',
  async (name) => {
    const served = await relay(await readFile(await clip(name)));
    await expect(probeThrough(served)).rejects.toThrow(/not on whitelist|Invalid data/);
  },
);
