import { expect, test } from 'vitest';
import type { ChunkRead } from '../../../src/model/account.js';
import { soundMeter } from '../../../src/model/meter.js';
import { joinChunks, parseChunkRead } from '../../../src/pipeline/work/journal-read.js';

/** Sound without a gap, from sample `from` up to `end`. */
function soundOf(from: number, end: number, of: ChunkRead['of'] = 'chunk'): ChunkRead {
  const meter = soundMeter(48_000, from, Infinity);
  meter.add({ start: from, samples: end - from });
  return { of, from, read: meter.total() };
}

function joined(...reads: readonly (ChunkRead | null)[]) {
  const chunks = joinChunks();
  for (const [i, read] of reads.entries()) chunks.add(read, i === reads.length - 1);
  return chunks.total();
}

test('chunks add up, and what was made again from the middle of one counts once', () => {
  const whole = { samples: 300_000, first: 0, end: 300_000 };
  expect(joined(soundOf(0, 100_000), soundOf(100_000, 300_000))).toMatchObject(whole);
  expect(joined(soundOf(0, 250_000), soundOf(200_000, 300_000))).toMatchObject(whole);
  expect(joined(soundOf(0, 400_000, 'rendition'), soundOf(200_000, 300_000))).toMatchObject(whole);
});

test('where one chunk says nothing, nothing is known', () => {
  expect(joined(soundOf(0, 100_000), null, soundOf(200_000, 300_000))).toBeNull();
});

test('a line of a journal is read back, and no other', () => {
  const read = soundOf(0, 100_000);
  expect(parseChunkRead(JSON.parse(JSON.stringify(read)))).toEqual(read);
  expect(parseChunkRead({ ...read, from: -1 })).toBeNull();
  expect(parseChunkRead({ ...read, read: { ...read.read, gaps: null } })).toBeNull();
  expect(parseChunkRead('read')).toBeNull();
});
