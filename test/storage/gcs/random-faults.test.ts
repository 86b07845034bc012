import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { crc32cOf } from '../../../src/storage/crc32c.js';
import type { FaultRule } from '../../gcs/faults.js';
import { useBucket } from './bucket.js';

const bucket = useBucket({ nativeChecksums: true });
const SEEDS = Number(process.env['SEEDS'] ?? 6);
const KiB = 1024;

/** Each hits some of the requests; together about every fifth. */
const RULES: readonly FaultRule[] = [
  { fault: { type: 'status', status: 503 }, probability: 0.03 },
  { fault: { type: 'status', status: 429, retryAfter: '0' }, probability: 0.03 },
  { fault: { type: 'status', status: 408 }, probability: 0.01 },
  { fault: { type: 'status', status: 500, when: 'after' }, probability: 0.03, match: { kind: 'write' } },
  { fault: { type: 'reset', when: 'before-body' }, probability: 0.02 },
  { fault: { type: 'reset', when: 'mid-body', afterBytes: 50 * KiB }, probability: 0.02, match: { kind: 'upload' } },
  { fault: { type: 'reset', when: 'after-store' }, probability: 0.03, match: { kind: 'write' } },
  { fault: { type: 'lost-ack' }, probability: 0.01, match: { kind: 'write' } },
  { fault: { type: 'stall', when: 'never-answer' }, probability: 0.01 },
  { fault: { type: 'truncate', afterBytes: 30 }, probability: 0.02 },
  { fault: { type: 'stall-download', afterBytes: 30 }, probability: 0.01 },
  { fault: { type: 'corrupt', direction: 'download' }, probability: 0.1, match: { kind: 'object-media' } },
  { fault: { type: 'short-308', keepBytes: 700 * KiB }, probability: 0.2, match: { kind: 'resumable-chunk' } },
  { fault: { type: 'expire-sessions' }, probability: 0.05, match: { kind: 'resumable-chunk' } },
];

test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
  'seed %i: all is there, right, written once',
  async (seed) => {
    for (const [i, rule] of RULES.entries()) await bucket.control.addFault({ ...rule, seed: seed * 1000 + i });
    const storage = bucket.open({ retry: { baseMs: 2, capMs: 20, patienceMs: 30_000 }, jobs: 16 });
    const wanted = new Map<string, Buffer>();
    for (let i = 0; i < 40; i++) wanted.set(`720p-${seed}/${i}.ts`, randomBytes((i * 7919 * seed) % (200 * KiB)));
    wanted.set('large.mp4', randomBytes(17 * KiB * KiB + seed));

    await Promise.all(
      [...wanted].map(async ([path, bytes], i) => {
        const options = i % 2 === 0 ? ({ condition: 'absent' } as const) : {};
        const stored =
          path === 'large.mp4' || i % 3 === 0
            ? await storage.put(path, await bucket.file(bytes), 'segment', options)
            : await storage.write(path, bytes, 'segment', options);
        expect(stored).toMatchObject({ path, bytes: bytes.length, crc32c: crc32cOf(bytes) });
      }),
    );
    for (const [path, bytes] of [...wanted].slice(0, 8)) {
      expect(bytes.equals((await storage.read(path)) ?? Buffer.from('none'))).toBe(true);
    }
    const listed = new Map<string, string | null>();
    for await (const { path, crc32c } of storage.list('')) listed.set(path, crc32c);
    await bucket.control.removeFault();

    const there = await bucket.control.objects('media');
    expect(there.map(({ name }) => name)).toEqual([...wanted.keys()].map((path) => `t/${path}`).toSorted());
    for (const [path, bytes] of wanted) expect(listed.get(path), path).toBe(crc32cOf(bytes));
    expect((await bucket.control.writes()).length).toBe(wanted.size);
    expect((await bucket.control.injected()).length).toBeGreaterThan(3);
  },
);
