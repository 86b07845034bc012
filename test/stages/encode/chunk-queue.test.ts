import { describe, expect, test } from 'vitest';
import { sampleRungs } from '../../../fixtures/plan.js';
import { ChunkQueue, type ChunkJob, type ChunkQueueOptions } from '../../../src/stages/encode/chunk-queue.js';

const [top, low] = [sampleRungs()[0]!, sampleRungs()[1]!];
const LENGTH = 10;

/** All of one pass of two rungs, of a title of so many segments by its headers. */
function queueOf(expectedSegments: number | null, changes: Partial<ChunkQueueOptions> = {}): ChunkQueue {
  const spans = [top, low].map((rendition) => ({ rendition, first: 0, end: null }));
  return new ChunkQueue({ spans, passes: [[top, low]], length: LENGTH, expectedSegments, ...changes });
}

function nameOf({ rungs, first, end }: ChunkJob): string {
  return `${rungs.map(({ name }) => name).join('+')} ${first}–${end}`;
}

/** All that it hands out when each chunk is whole, but those from this segment on. */
async function drain(queue: ChunkQueue, titleEnd: number): Promise<string[]> {
  const names: string[] = [];
  for (let job = await queue.next(); job; job = await queue.next()) {
    names.push(nameOf(job));
    queue.finished(job, job.end <= titleEnd);
  }
  return names;
}

async function taken(queue: ChunkQueue): Promise<ChunkJob> {
  const job = await queue.next();
  if (!job) throw new Error('there is no chunk left');
  return job;
}

/** What became of it when everything that can go on has gone on. */
async function stateOf(next: Promise<ChunkJob | null>): Promise<string> {
  let state = 'waits';
  void next.then((job) => (state = job ? nameOf(job) : 'none'));
  await new Promise(setImmediate);
  return state;
}

describe('what is handed out', () => {
  test('is all of a title, in its order, until a chunk comes out short', async () => {
    expect(await drain(queueOf(25), 25)).toEqual(['360p+240p 0–10', '360p+240p 10–20', '360p+240p 20–30']);
  });

  test('is of each chunk all passes', async () => {
    const queue = queueOf(15, { passes: [[top], [low]] });
    expect(await drain(queue, 15)).toEqual(['360p 0–10', '240p 0–10', '360p 10–20', '240p 10–20']);
  });

  test('goes on when headers promised too little, and ends when they promised too much', async () => {
    expect(await drain(queueOf(5), 25)).toHaveLength(3);
    expect(await drain(queueOf(500), 25)).toHaveLength(3);
    expect(await drain(queueOf(null), 25)).toHaveLength(3);
  });

  test('is only what is missing, of the rungs of which it is', async () => {
    const spans = [
      { rendition: top, first: 20, end: 30 },
      { rendition: low, first: 0, end: 10 },
      { rendition: low, first: 20, end: 40 },
      { rendition: top, first: 60, end: null },
    ];
    const queue = queueOf(65, { spans });
    expect(await drain(queue, 65)).toEqual(['240p 0–10', '360p+240p 20–30', '240p 30–40', '360p 60–70']);
  });

  test('is nothing where nothing is missing', async () => {
    expect(await queueOf(25, { spans: [] }).next()).toBeNull();
  });
});

describe('in parallel', () => {
  test('chunks that headers promise do not wait for each other', async () => {
    const queue = queueOf(25);
    expect([nameOf(await taken(queue)), nameOf(await taken(queue)), nameOf(await taken(queue))]).toEqual([
      '360p+240p 0–10',
      '360p+240p 10–20',
      '360p+240p 20–30',
    ]);
  });

  test('one that they do not promise waits for all before it', async () => {
    const queue = queueOf(20);
    const [first, second] = [await taken(queue), await taken(queue)];
    const third = queue.next();
    expect(await stateOf(third)).toBe('waits');
    queue.finished(second, true);
    expect(await stateOf(third)).toBe('waits');
    queue.finished(first, true);
    expect(await stateOf(third)).toBe('360p+240p 20–30');
  });

  test('and does not come when one of them is short', async () => {
    const queue = queueOf(20, { passes: [[top], [low]] });
    const jobs = [await taken(queue), await taken(queue), await taken(queue), await taken(queue)];
    const [third, fourth] = [queue.next(), queue.next()];
    queue.finished(jobs[3]!, false);
    expect(await stateOf(third)).toBe('none');
    expect(await stateOf(fourth)).toBe('none');
    expect(await queue.next()).toBeNull();
  });

  test('what is made beyond the end of the title is stopped; what is in the last chunk is not', async () => {
    const queue = queueOf(40, { passes: [[top], [low]] });
    const [a0, b0, a1, b1, a2] = [
      await taken(queue),
      await taken(queue),
      await taken(queue),
      await taken(queue),
      await taken(queue),
    ];
    queue.finished(a1, false);
    expect([a0, b0, b1, a2].map(({ beyondEnd }) => beyondEnd.signal.aborted)).toEqual([false, false, false, true]);
    expect(await queue.next()).toBeNull();
    // An earlier one may come out short as well.
    queue.finished(a0, false);
    expect(b1.beyondEnd.signal.aborted).toBe(true);
    expect(b0.beyondEnd.signal.aborted).toBe(false);
  });

  test('a stopped chunk does not move the end back', async () => {
    const queue = queueOf(40, { passes: [[top], [low]] });
    const [a0, b0, a1, b1, a2] = [
      await taken(queue),
      await taken(queue),
      await taken(queue),
      await taken(queue),
      await taken(queue),
    ];
    queue.finished(a1, false);
    queue.finished(a2, false);
    for (const job of [a0, b0, b1]) queue.finished(job, true);
    expect(await queue.next()).toBeNull();
  });
});
