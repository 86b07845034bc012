import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { PLAYBACK } from '../../fixtures/playback.js';
import { createReporter, type Reporter } from '../../src/report/report.js';
import { demoFeed, type FeedOptions } from './demo-feed.js';
import { Recorder } from './fake-terminal.js';

const schemaUrl = new URL('../../docs/events.schema.json', import.meta.url);

function open(stdout: Writable, stderr: Writable, verbose = false): Reporter {
  const now = (): number => Date.UTC(2024, 1, 3, 4, 5, 6, 789);
  return createReporter({ mode: 'json', stdout, stderr, columns: () => 80, color: false, verbose, now });
}

function run(options: FeedOptions, verbose = false): { lines: Record<string, unknown>[]; stderr: string; raw: string } {
  const [stdout, stderr] = [new Recorder(), new Recorder()];
  const reporter = open(stdout, stderr, verbose);
  for (const { event } of demoFeed(options)) reporter.emit(event);
  reporter.close();
  const lines = stdout.text
    .split('\n')
    .slice(0, -1)
    .map((line): Record<string, unknown> => JSON.parse(line));
  return { lines, stderr: stderr.text, raw: stdout.text };
}

/** The schema lets readers meet unknown keys; for what we send ourselves there must be none that it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in copy && 'required' in copy ? { ...copy, additionalProperties: false } : copy;
}

/** Without the branch for types that a later program may send: all that this one sends are named. */
function namedTypes(text: string): unknown {
  const schema: { oneOf: { $ref?: string }[] } = JSON.parse(text);
  return { ...schema, oneOf: schema.oneOf.filter(({ $ref }) => $ref !== undefined) };
}

const validate = new Ajv2020({ formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) } }).compile(
  Object(closed(namedTypes(readFileSync(schemaUrl, 'utf8')))),
);

test('a type of a later program is valid for the published schema, and a known one with a wrong shape is not', () => {
  const published: { oneOf: { $ref?: string }[] } = JSON.parse(readFileSync(schemaUrl, 'utf8'));
  const open = new Ajv2020({ validateFormats: false }).compile(published);
  const head = { v: 1, time: '2026-01-01T00:00:00.000Z' };
  expect(open({ ...head, type: 'thumbnail', path: 'a.jpg' })).toBe(true);
  for (const { $ref } of published.oneOf) {
    if ($ref !== undefined) expect(open({ ...head, type: $ref.replace('#/$defs/', '') }), $ref).toBe(false);
  }
});

describe('the contract of docs/events.schema.json', () => {
  test.each([
    ['encoded', {}],
    ['damaged', { end: 'damaged' }],
    ['unchanged', { end: 'unchanged' }],
    ['failed', { end: 'error' }],
    ['of unknown length', { lengthKnown: false }],
  ] as const)('every line of a run that is %s', (_, options) => {
    const { lines } = run(options);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines)
      expect(validate(line), `${JSON.stringify(line)}\n${JSON.stringify(validate.errors)}`).toBe(true);
  });

  test('a source that is fetched', () => {
    const stdout = new Recorder();
    const reporter = open(stdout, new Recorder());
    reporter.emit({ type: 'stage', stage: 'fetch' });
    reporter.emit({ type: 'fetch', bytes: 262_144, totalBytes: 1_000_000, bytesPerSecond: null });
    reporter.emit({ type: 'fetch', bytes: 1_000_000, totalBytes: 1_000_000, bytesPerSecond: 5_000_000 });
    const lines = stdout.text.split('\n').slice(0, -1);
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(validate(JSON.parse(line)), line).toBe(true);
  });

  test('what play tells', () => {
    const stdout = new Recorder();
    const reporter = open(stdout, new Recorder());
    const address = 'http://127.0.0.1:8123/';
    reporter.emit({ type: 'serving', address, source: 'movie', format: 'hls', exposedAt: [] });
    for (const event of PLAYBACK) reporter.emit(event);
    const lines = stdout.text.split('\n').slice(0, -1);
    expect(lines).toHaveLength(1 + PLAYBACK.length);
    for (const line of lines) expect(validate(JSON.parse(line)), line).toBe(true);
    for (const event of PLAYBACK) {
      const { number: _, ...short } = event;
      expect(validate({ v: 1, time: '2026-01-01T00:00:00.000Z', ...short })).toBe(false);
    }
  });

  test('all types of events are sent by the runs above', () => {
    const types = new Set([...run({}).lines, ...run({ end: 'error' }).lines].map((line) => line['type']));
    expect([...types].sort()).toEqual([
      'command',
      'error',
      'progress',
      'result',
      'segment',
      'stage',
      'start',
      'warning',
    ]);
  });

  test('each line starts with version, type and time, and holds nothing that drives a terminal', () => {
    const { raw } = run({});
    for (const line of raw.split('\n').slice(0, -1)) {
      expect(line).toMatch(/^\{"v":1,"type":"[a-z]+","time":"2024-02-03T04:05:06.789Z"/);
      // oxlint-disable-next-line no-control-regex
      expect(line).not.toMatch(/[\x00-\x1f]/);
    }
  });
});

test('exactly one final line, the last one: a result', () => {
  const { lines, stderr } = run({});
  expect(lines.filter(({ type }) => type === 'result' || type === 'error')).toEqual([lines.at(-1)]);
  expect(lines.at(-1)).toMatchObject({
    type: 'result',
    outcome: 'encoded',
    playlist: '/home/ed/holiday 2024/master.m3u8',
  });
  expect(stderr).toBe('');
});

test('exactly one final line, the last one: an error, told in words on stderr', () => {
  const { lines, stderr } = run({ end: 'error' });
  expect(lines.filter(({ type }) => type === 'result' || type === 'error')).toEqual([lines.at(-1)]);
  expect(lines.at(-1)).toMatchObject({ type: 'error', code: 'encode-failed', exitCode: 5 });
  expect(stderr).toMatch(/^error: ffmpeg stopped while encoding 720p\n/);
});

test('an error after a result replaces it, whatever is emitted more is not sent', () => {
  const stdout = new Recorder();
  const reporter = open(stdout, new Recorder());
  for (const end of ['result', 'error'] as const) {
    const last = demoFeed({ end }).at(-1);
    if (last) reporter.emit(last.event);
  }
  reporter.close();
  reporter.emit({ type: 'stage', stage: 'probe' });
  reporter.close();
  expect(stdout.text).toMatch(/^\{"v":1,"type":"error"[^\n]*\n$/);
});

test('--verbose tells commands on stderr, ready to be pasted', () => {
  expect(run({}, true).stderr).toBe("ffmpeg 720p: ffmpeg -i 'holiday 2024.mov' -vf scale=1280:720\n");
});

test('a reader that does not read misses progress only, and memory does not grow with it', () => {
  const kept: string[] = [];
  const stalled = new Writable({
    highWaterMark: 1,
    decodeStrings: false,
    write: (chunk: string) => void kept.push(chunk),
  });
  const reporter = open(stalled, new Recorder());
  for (const { event } of demoFeed()) reporter.emit(event);
  reporter.close();
  const segments = demoFeed().filter(({ event }) => event.type === 'segment').length;
  const others = demoFeed().filter(({ event }) => event.type !== 'segment' && event.type !== 'progress').length;
  // The first event is being written; all but progress wait their turn.
  expect(kept.length).toBe(1);
  expect(stalled.writableLength).toBeLessThan((segments + others) * 400);
  expect(demoFeed().filter(({ event }) => event.type === 'progress').length).toBeGreaterThan(400);
});

test('figures have three digits after the point, and no more', () => {
  const stdout = new Recorder();
  const reporter = open(stdout, new Recorder());
  const speed = 13.425503089956779;
  reporter.emit({ type: 'progress', rendition: 'v', seconds: 1 / 30, frames: 1, fps: 24000 / 1001, speed });
  reporter.close();
  expect(JSON.parse(stdout.text)).toMatchObject({ seconds: 0.033, frames: 1, fps: 23.976, speed: 13.426 });
});
