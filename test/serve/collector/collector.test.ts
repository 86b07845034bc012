import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PLAYBACK } from '../../../fixtures/playback.js';
import type { PlaybackReport } from '../../../src/model/playback.js';
import { createCollector } from '../../../src/serve/collector/collector.js';
import { Durations } from '../../../src/serve/collector/durations.js';
import type { KeptReport } from '../../../src/serve/collector/kept-report.js';
import { keptFiles, readKept } from '../../../src/serve/collector/read-kept.js';
import { SeenReports } from '../../../src/serve/collector/seen-reports.js';
import { Summary } from '../../../src/serve/collector/summary.js';
import { AddressNames } from '../../../src/serve/http/address-names.js';
import { RotatedFiles } from '../../../src/serve/http/rotated-files.js';
import type { HttpServer } from '../../../src/serve/http/server.js';
import { startService } from '../../../src/serve/http/service.js';

const REPORTS: readonly PlaybackReport[] = PLAYBACK.map(({ type: _, ...report }) => report);
let folder = '';
let server: HttpServer | null = null;
let files: RotatedFiles | null = null;
let now = Date.UTC(2026, 10, 26, 18, 30);
let url = '';
let troubles = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-collector-'));
  now = Date.UTC(2026, 10, 26, 18, 30);
  troubles = 0;
});

afterEach(async () => {
  await server?.close(0);
  await files?.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(keepAddresses = false, into = folder): Promise<void> {
  await files?.close();
  const kept = new RotatedFiles({ folder: into, prefix: 'reports', rotateAt: 1e6, today: () => now });
  files = kept;
  server = await startService({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    rateLimit: 60_000,
    forwarded: true,
    openMetrics: false,
    allowOrigin: '*',
    onTrouble: (error) => {
      throw error;
    },
    routes: (registry) => ({
      '/reports': createCollector({
        registry,
        keepAddresses,
        today: () => now,
        keep: (lines) => kept.append(lines),
        onTrouble: () => troubles++,
      }),
    }),
  });
  url = `http://127.0.0.1:${server.port}/reports`;
}

async function post(value: unknown, headers: Record<string, string> = {}): Promise<number> {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  const { status } = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return status;
}

async function lines(): Promise<readonly KeptReport[]> {
  const texts = await Promise.all((await keptFiles(folder, null)).map((file) => readFile(file, 'utf8')));
  return texts
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as KeptReport);
}

test('a batch is in a file when it is answered, each report once, with a name for its address', async () => {
  await start();
  expect(await post(REPORTS)).toBe(204);
  const kept = await lines();
  expect(kept.map(({ v: _, received: __, address: ___, ...report }) => report)).toEqual(REPORTS);
  expect(kept[0]).toMatchObject({
    v: 1,
    received: '2026-11-26T18:30:00.000Z',
    address: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  // Sent again, because the answer was lost on the way; and one more.
  const next = { ...REPORTS[2]!, number: 8 };
  expect(await post([...REPORTS, next])).toBe(204);
  expect(await lines()).toHaveLength(REPORTS.length + 1);
  const metrics = await (await fetch(url.replace('reports', 'metrics'))).text();
  expect(metrics).toMatch(/^mediactl_beacon_reports_total\{event="startup",player="hls.js",format="hls"\} 1$/m);
  for (const { title } of REPORTS) expect(metrics).not.toContain(title);
});

test('one address has one name through a day and another on the next; as it is only where that was asked for', async () => {
  await start();
  const from = async (address: string, number: number): Promise<void> => {
    expect(await post([{ ...REPORTS[2]!, number }], { 'x-forwarded-for': address })).toBe(204);
  };
  await from('192.0.2.1', 0);
  await from('192.0.2.1', 1);
  await from('192.0.2.2', 2);
  now += 24 * 3600 * 1000;
  await from('192.0.2.1', 3);
  const [first, again, other, tomorrow] = (await lines()).map(({ address }) => address);
  expect(first).toBe(again);
  expect(new Set([first, other, tomorrow]).size).toBe(3);
  const files = await keptFiles(folder, null);
  for (const file of files) expect(await readFile(file, 'utf8')).not.toContain('192.0.2');
  // Nobody can compute a name without the salt of the day, which is in memory only.
  expect(new AddressNames().nameOf('192.0.2.1', '2026-11-26')).not.toBe(first);

  await server?.close(0);
  await start(true);
  await from('192.0.2.7', 4);
  expect((await lines()).map(({ address }) => address)).toContain('192.0.2.7');
});

test('what is no batch of reports is refused, and nothing of it kept', async () => {
  await start();
  const stall = REPORTS.find(({ event }) => event === 'stall')!;
  for (const [value, status] of [
    ['', 400],
    ['[', 400],
    ['null', 400],
    ['[]', 400],
    ['[null]', 400],
    [`${'['.repeat(100_000)}`, 400],
    [stall, 400],
    [[{ ...stall, more: 1 }], 400],
    [[stall, { ...stall, number: -1 }], 400],
    [[{ ...stall, title: 'x'.repeat(201) }], 400],
    [Array.from({ length: 201 }, (_, number) => ({ ...stall, number })), 400],
    [`[${' '.repeat(300_000)}]`, 413],
  ] as const) {
    expect([JSON.stringify(value).slice(0, 60), await post(value)]).toEqual([
      JSON.stringify(value).slice(0, 60),
      status,
    ]);
  }
  expect(await post([stall], { 'content-type': 'text/plain' })).toBe(415);
  expect(await post([stall], { 'content-type': 'application/json; charset=utf-8' })).toBe(204);
  expect(await lines()).toHaveLength(1);
});

test('where the disk takes nothing, players are told to come again, and nothing is lost', async () => {
  await start(false, join(folder, 'missing'));
  expect(await post(REPORTS)).toBe(503);
  expect(troubles).toBe(1);
  await files?.prepare();
  expect(await post(REPORTS)).toBe(204);
  const [name = ''] = await readdir(join(folder, 'missing'));
  expect((await readFile(join(folder, 'missing', name), 'utf8')).trimEnd().split('\n')).toHaveLength(REPORTS.length);
});

const kept = (report: Partial<PlaybackReport>, received = '2026-11-26T18:30:00.000Z'): KeptReport =>
  ({ ...REPORTS[0]!, v: 1, received, address: 'a', ...report }) as KeptReport;

test('counts by title and time, and sums of a session once', () => {
  const summary = new Summary('title,hour');
  const sum = { stalls: 0, switches: 0, frames: 0, droppedFrames: 0 };
  const quality = { width: 1, height: 1, bitrate: 1 };
  [
    kept({ number: 0, title: 'b', event: 'startup', milliseconds: 400 }),
    kept({ number: 1, title: 'b', event: 'quality_switch', from: null, to: quality, automatic: true }),
    kept({ number: 2, title: 'b', event: 'quality_switch', from: quality, to: quality, automatic: true }),
    kept({ number: 3, title: 'b', event: 'stall', milliseconds: 1500 }),
    kept({ number: 3, title: 'b', event: 'stall', milliseconds: 1500 }),
    kept({ number: 4, title: 'b', event: 'low_buffer' }),
    kept({ number: 5, title: 'b', event: 'error', code: 'x', message: '', fatal: true }),
    kept({ number: 6, title: 'b', event: 'ended', watchedSeconds: 60, ...sum }, '2026-11-26T19:00:00.000Z'),
    kept({ number: 7, title: 'b', event: 'left', watchedSeconds: 75, ...sum }, '2026-11-26T19:00:00.000Z'),
    kept({ session: 'f'.repeat(16), number: 0, title: 'a', event: 'startup', milliseconds: 800 }),
  ].forEach((report) => summary.add(report));
  const none = {
    starts: 0,
    startupMedianMs: null,
    startup95Ms: null,
    switches: 0,
    lowBuffers: 0,
    stalls: 0,
    stallSeconds: 0,
    errors: 0,
    fatalErrors: 0,
    watchedSeconds: 0,
  };
  const rows = summary.rows();
  expect(rows.map(({ title, time }) => [title, time])).toEqual([
    ['a', '2026-11-26T18:00Z'],
    ['b', '2026-11-26T18:00Z'],
    ['b', '2026-11-26T19:00Z'],
  ]);
  expect(rows[1]).toMatchObject({
    starts: 1,
    switches: 1,
    stalls: 1,
    stallSeconds: 1.5,
    lowBuffers: 1,
    errors: 1,
    fatalErrors: 1,
  });
  expect(Math.abs(Number(rows[1]?.startupMedianMs) / 400 - 1)).toBeLessThan(0.06);
  expect(rows[2]).toEqual({ ...none, title: 'b', time: '2026-11-26T19:00Z', watchedSeconds: 75 });
  expect(summary).toMatchObject({ reports: 9, repeated: 1 });
});

test('quantiles are right to a twentieth', () => {
  const durations = new Durations();
  expect(durations.quantile(0.5)).toBeNull();
  for (let i = 1; i <= 1000; i++) durations.add(i * 10);
  for (const share of [0.05, 0.5, 0.95]) {
    expect(Math.abs((durations.quantile(share) ?? 0) / (share * 10_000) - 1)).toBeLessThan(0.06);
  }
});

test('of any order of numbers each is new once, within a window, and old sessions are forgotten', () => {
  const seen = new SeenReports(2);
  const at = (number: number, session = 'a'): boolean => seen.isNew({ session, number });
  expect([at(0), at(2), at(1), at(2), at(0), at(600), at(601), at(90), at(80), at(601)]).toEqual([
    ...[true, true, true, false, false, true, true, true, false, false],
  ]);
  expect([at(0, 'b'), at(0, 'c'), at(601)]).toEqual([true, true, true]);
});

test('files are read a line at a time; torn, foreign and endless lines are counted and passed over', async () => {
  await start();
  await post(REPORTS);
  const [file = ''] = await keptFiles(folder, null);
  await appendFile(
    file,
    `{"v":1}\nnot json\n${'x'.repeat(200_000)}\n${JSON.stringify(kept({ number: 99 }))}\n{"v":1,"rec`,
  );
  await writeFile(join(folder, 'reports-2026-11-25-00000000-0000.ndjson'), '');
  await writeFile(join(folder, 'other.ndjson'), 'x\n');
  const found = [];
  for await (const report of readKept(file)) found.push(report?.number ?? null);
  expect(found).toEqual([...REPORTS.map(({ number }) => number), null, null, null, 99, null]);
  expect(await keptFiles(folder, '2026-11-26')).toEqual([file]);
  expect(await keptFiles(folder, null)).toHaveLength(2);
});
