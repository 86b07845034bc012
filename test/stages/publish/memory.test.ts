import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** What publishing holds while segments pass by. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-passing-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

// A storage that takes everything and keeps nothing; all segments have the same staged file.
const PUBLISHER = `
  import { writeFileSync } from 'node:fs';
  const dist = '${new URL('../../../dist', import.meta.url).href}';
  const { publish } = await import(dist + '/stages/publish/publish.js');
  const [folder, count] = process.argv.slice(1);
  const file = folder + '/segment';
  writeFileSync(file, 'x');
  const put = async (path) => ({ path, bytes: 1, crc32c: null, generation: '1', headers: null });
  const storage = {
    name: folder, headersFor: () => null, put, write: put, stat: async () => null, read: async () => null,
    snapshot: async () => ({ get: async () => null, all: () => [] }), remove: async () => {}, flush: async () => {},
  };
  async function* segments() {
    for (let i = 0; i < count; i++)
      yield { path: '720p-1a2b3c4d/' + String(i).padStart(5, '0') + '.ts', class: 'segment', file, bytes: 1 };
  }
  const files = ['720p-1a2b3c4d/segments.ndjson', 'master.m3u8'].map((path, i) => (
    { path, class: i === 0 ? 'record' : 'multivariant-playlist', file, bytes: 1 }));
  const journal = { path: files[0].path, bytes: 1, segments: Number(count) };
  const record = { renditions: [{ segments: Number(count), bytes: Number(count), journal }], files: files.slice(1) };
  const { published } = await publish({ files, segments }, storage, { previous: null, record });
  if (published !== Number(count) + 2) throw new Error('published ' + published);
  process.stdout.write(String(process.resourceUsage().maxRSS / 1024));`;

async function peakOf(segments: number): Promise<number> {
  const flags = ['--optimize-for-size', '--max-semi-space-size=1', '--input-type=module', '--eval', PUBLISHER];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, folder, String(segments)]);
  return Number(stdout);
}

test('120 000 segments take as much memory as 2000', async () => {
  const few = await peakOf(2000);
  const many = await peakOf(120_000);
  process.stdout.write(`publishing: ${few.toFixed(1)} MB, ${many.toFixed(1)} MB\n`);
  expect(few).toBeGreaterThan(30);
  expect(many - few).toBeLessThan(8);
});
