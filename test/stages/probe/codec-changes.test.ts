import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clip } from '../../../fixtures/clips.js';
import { stream } from '../../../fixtures/ffprobe-report.js';
import { damageAmong } from '../../../src/pipeline/record/lost-media.js';
import { codecWarnings } from '../../../src/stages/probe/codec-changes.js';
import type { RandomAccess } from '../../../src/stages/probe/container-structure.js';
import { openLocalSource } from '../../../src/stages/probe/local-source.js';
import { probe } from '../../../src/stages/probe/probe.js';
import { findCodecChanges } from '../../../src/stages/probe/program-maps.js';

const TOOLS = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };
let folder = '';
let whole = Buffer.alloc(0);
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-codecs-'));
  const halves: Buffer[] = [];
  for (const [i, codec] of ['mpeg2video', 'libx264'].entries()) {
    const half = path.join(folder, `${i}.ts`);
    await promisify(execFile)('ffmpeg', [
      ...[
        '-nostdin',
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        'testsrc2=s=160x90:r=25:d=2',
        '-f',
        'lavfi',
        '-i',
        'sine=d=2',
      ],
      ...['-c:v', codec, '-g', '12', '-c:a', 'mp2', '-output_ts_offset', String(2 * i), half],
    ]);
    halves.push(await fs.readFile(half));
  }
  whole = Buffer.concat(halves);
});
afterAll(() => fs.rm(folder, { recursive: true, force: true }));

function access(bytes: Buffer, distant = false): RandomAccess {
  return { bytes: bytes.length, distant, read: async (at, length) => bytes.subarray(at, at + length) };
}

test('a transport stream whose video becomes another codec on its PID says so, and is damaged', async () => {
  const file = path.join(folder, 'both.ts');
  await fs.writeFile(file, whole);
  const source = await openLocalSource(file);
  const { warnings } = await probe(source, TOOLS);
  await source.close();
  const found = warnings.filter(({ code }) => code === 'codec-changes');
  expect(found).toHaveLength(1);
  expect(found[0]?.message).toMatch(
    /^the codec of video track 0 changes in mid-stream, from MPEG-2 video to H\.264, at \d+ %/,
  );
  expect(damageAmong(found)).toHaveLength(1);
});

test('it is found wherever blocks cut packets, after bytes that got lost, and in packets of 192 bytes', async () => {
  const large = Buffer.concat([
    ...Array.from({ length: 12 }, () => whole.subarray(0, 188 * 600)),
    Buffer.from('lost'),
    whole,
  ]);
  expect(large.length).toBeGreaterThan(1 << 20);
  const blueRay = Buffer.concat(
    Array.from({ length: whole.length / 188 }, (_, i) => [
      Buffer.alloc(4),
      whole.subarray(188 * i, 188 * (i + 1)),
    ]).flat(),
  );
  for (const bytes of [whole, large, blueRay]) {
    expect(await findCodecChanges(access(bytes))).toEqual([
      { pid: 256, from: 'MPEG-2 video', to: 'H.264', at: expect.any(Number) },
    ]);
  }
  const half = whole.subarray(0, 188 * 600);
  expect(await findCodecChanges(access(half))).toEqual([]);
});

test('a healthy transport stream has none, nor have maps that are damaged', async () => {
  const healthy = await fs.readFile(await clip('transport'));
  expect(await findCodecChanges(access(healthy))).toEqual([]);
  expect(await findCodecChanges(access(healthy, true))).toEqual([]);
  const damaged = Buffer.from(whole);
  for (let at = 0; at < damaged.length; at += 188) {
    if (damaged.readUInt16BE(at + 1) === 0x5000) damaged[at + 20] = 0x24;
  }
  expect(await findCodecChanges(access(damaged))).toEqual([]);
});

const box = (type: string, ...content: Buffer[]): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(Buffer.concat(content).length + 8);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...content]);
};

test.each([
  [['avc1', 'hvc1'], 1],
  [['avc1', 'avc1'], 0],
  [['avc1', 'avc3'], 0],
])('an MP4 track with the sample descriptions %j', async (entries, count) => {
  const descriptions = entries.map((entry) => box(entry, Buffer.alloc(20)));
  const stsd = box('stsd', Buffer.alloc(8), ...descriptions);
  const trak = box('trak', box('mdia', box('minf', box('stbl', stsd))));
  const bytes = Buffer.concat([box('ftyp', Buffer.alloc(8)), box('moov', trak), box('mdat', Buffer.alloc(8))]);
  const report = { streams: [stream({})] };
  const structure = {
    family: 'mp4',
    missingBytes: 0,
    unreadable: null,
    encryption: null,
    isFragmented: false,
    hasIndex: true,
  } as const;
  const warnings = await codecWarnings(access(bytes), structure, report);
  expect(warnings.map(({ code }) => code)).toEqual(Array.from({ length: count }, () => 'codec-changes'));
});
