import { expect, test } from 'vitest';
import { accountOf } from '../../src/model/account-of.js';
import { cutRead, joinReads, MOST_PLACES, type TrackRead } from '../../src/model/account.js';
import { pictureMeter, soundMeter } from '../../src/model/meter.js';
import type { Promised } from '../../src/model/track-account.js';

const PROMISED: Promised = {
  track: 0,
  startSeconds: 0,
  endSeconds: 8,
  source: { startSeconds: 0, endSeconds: 8 },
  partEnd: null,
  isThinned: false,
  isShortTold: false,
  pauses: [],
  holdSeconds: 0,
};

/** Pictures of 25 fps in 8 s, by their times in µs, read in chunks of 100. */
function picturesRead(times: readonly number[], chunk = 100): TrackRead {
  const chunks: TrackRead[] = [];
  for (let first = 0; first < 300; first += chunk) {
    const meter = pictureMeter(25, first, first + chunk);
    for (const time of times) meter.add(time);
    chunks.push(meter.total());
  }
  return joined(chunks);
}

function joined(chunks: readonly TrackRead[]): TrackRead {
  const all = chunks.reduce<TrackRead | null>((a, b) => (a === null ? b : joinReads(a, b)), null);
  if (all === null) throw new Error('not of one track');
  return all;
}

function soundRead(runs: readonly (readonly [number, number])[], chunk = 96_000): TrackRead {
  const chunks: TrackRead[] = [];
  for (let first = 0; first < 480_000; first += chunk) {
    const meter = soundMeter(48_000, first, first + chunk);
    for (const [start, samples] of runs) meter.add({ start, samples });
    chunks.push(meter.total());
  }
  return joined(chunks);
}

const EVEN = Array.from({ length: 200 }, (_, i) => i * 40_000);
const SOUND = Array.from({ length: 375 }, (_, i) => [i * 1024, 1024] as const);
const codes = (read: TrackRead, published: number, promised = PROMISED): string[] =>
  accountOf(read, published, promised).warnings.map(({ code }) => code);

test('a whole track has nothing to tell, however it was cut into chunks', () => {
  for (const chunk of [100, 150, 300]) expect(picturesRead(EVEN, chunk)).toEqual(picturesRead(EVEN, 300));
  expect(accountOf(picturesRead(EVEN), 200, PROMISED)).toMatchObject({
    account: { read: { units: 200, endSeconds: 8 }, published: { units: 200 }, entries: [] },
    warnings: [],
  });
  for (const chunk of [96_000, 480_000]) expect(soundRead(SOUND, chunk)).toEqual(soundRead(SOUND, 480_000));
  expect(accountOf(soundRead(SOUND), 384_000, PROMISED)).toMatchObject({ account: { entries: [] }, warnings: [] });
});

test('pictures: a hole, a doubled second, an end that was read and not published, too many for the rate', () => {
  const hole = EVEN.filter((time) => time < 3_000_000 || time >= 4_000_000);
  const { account, warnings } = accountOf(picturesRead(hole), 200, PROMISED);
  expect(warnings).toMatchObject([{ code: 'pictures-missing', count: 1 }]);
  expect(account.entries).toEqual([
    { code: 'held', where: 'middle', units: 25, seconds: 1, places: [{ at: 3, seconds: 1 }], more: 0 },
  ]);
  const longer = [...EVEN, ...EVEN.slice(0, 25).map((time) => 8_000_000 + time)];
  expect(codes(picturesRead(longer), 225)).toEqual(['picture-length']);
  expect(codes(picturesRead(EVEN), 175)).toEqual(['pictures-lost']);
  const fast = Array.from({ length: 400 }, (_, i) => i * 20_000);
  expect(codes(picturesRead(fast), 200)).toEqual(['pictures-dropped']);
  expect(codes(picturesRead(fast), 200, { ...PROMISED, isThinned: true })).toEqual([]);
});

test('a source whose pictures come when something moves has no holes', () => {
  const rare = [...EVEN.slice(0, 100).filter((_, i) => i % 12 === 0), ...EVEN.slice(100)];
  expect(codes(picturesRead(rare), 200)).toEqual([]);
});

test('slides, and a part that ends while a picture is shown, are whole', () => {
  const slides = picturesRead([0, 2_000_000, 4_000_000, 6_000_000]);
  expect(codes(slides, 200)).toEqual([]);
  expect(accountOf(slides, 200, PROMISED).account.entries).toMatchObject([
    { code: 'held', where: 'middle', units: 147 },
    { code: 'held', where: 'end', units: 49 },
  ]);
  expect(codes(slides, 250)).toEqual(['pictures-doubled']);
  expect(codes(picturesRead([0]), 200)).toEqual([]);
  const moving = picturesRead([...EVEN.slice(0, 6), 2_000_000, 4_000_000]);
  expect(codes(moving, 125, { ...PROMISED, endSeconds: 5 })).toEqual([]);
});

test('sound: silence for what is missing, an overlap, an end or a start that headers do not tell of', () => {
  const hole = SOUND.filter((_, i) => i < 100 || i >= 147);
  const { account, warnings } = accountOf(soundRead(hole), 384_000, PROMISED);
  expect(warnings).toMatchObject([{ code: 'sound-missing' }]);
  expect(account.entries).toMatchObject([{ code: 'silence', where: 'middle', units: 47 * 1024 }]);
  expect(codes(soundRead([...SOUND.slice(0, 200), ...SOUND.slice(150)]), 384_000)).toEqual(['sound-dropped']);
  expect(codes(soundRead(SOUND.slice(0, 300)), 384_000)).toEqual(['sound-length']);
  expect(codes(soundRead(SOUND.slice(0, 300)), 384_000, { ...PROMISED, endSeconds: 6.4 })).toEqual([]);
  expect(codes(soundRead([...SOUND, [384_000, 48_000]]), 384_000, { ...PROMISED, endSeconds: 9 })).toEqual([
    'sound-lost',
  ]);
  expect(codes(soundRead(SOUND.slice(60)), 384_000)).toEqual(['sound-starts-late']);
});

test('sound that is made again from the middle of a chunk is counted once', () => {
  const all = soundRead([...SOUND.slice(0, 100), ...SOUND.slice(110, 300), ...SOUND.slice(330)]);
  for (const cut of [200_000, 105 * 1024, 310 * 1024]) {
    const kept = cutRead(all, cut);
    const rest = soundMeter(48_000, cut, Infinity);
    for (const [start, samples] of [...SOUND.slice(0, 100), ...SOUND.slice(110, 300), ...SOUND.slice(330)])
      rest.add({ start, samples });
    const again = kept && joinReads(kept, rest.total());
    expect(again).toMatchObject({ samples: 335 * 1024, first: 0, end: 384_000 });
    expect(again?.kind === 'audio' && again.gaps.seconds).toBeCloseTo((40 * 1024) / 48_000, 6);
  }
});

test('pictures before the start of a part: the last of them stands where the part begins', () => {
  const sparse = [-2_000_000, -1_000_000, 3_000_000];
  expect(picturesRead(sparse)).toMatchObject({ frames: 2, shown: 2, first: 0, last: 75 });
  expect(picturesRead([-80_000, ...EVEN])).toMatchObject({ frames: 200, first: 0 });
});

test('pictures that nobody read', () => {
  expect(codes(picturesRead(EVEN), 225)).toEqual(['pictures-doubled']);
  expect(codes(picturesRead(EVEN), 225, { ...PROMISED, holdSeconds: 1 })).toEqual([]);
});

test('places are counted, and the first of them kept', () => {
  const torn = Array.from({ length: 4000 }, (_, i) => [i * 100 + 1000 * i, 100] as const);
  const read = soundMeter(48_000, 0, Infinity);
  for (const [start, samples] of torn) read.add({ start, samples });
  const { entries } = accountOf(read.total(), 4_400_000, PROMISED).account;
  expect(entries[0]).toMatchObject({ code: 'silence', more: 3999 - MOST_PLACES });
  expect(entries[0]?.places).toHaveLength(MOST_PLACES);
});

test('of a part, what is before and after it is told, and closes the account in time', () => {
  const part = { ...PROMISED, source: { startSeconds: -10, endSeconds: 20 }, partEnd: 8 };
  const { account, warnings } = accountOf(picturesRead(EVEN), 200, part);
  expect(warnings).toEqual([]);
  expect(account.entries.map(({ code, where, units, seconds }) => [code, where, units, seconds])).toEqual([
    ['cut-before', 'start', 250, 10],
    ['cut-after', 'end', 300, 12],
  ]);
  const [before, after] = account.entries;
  const { source, read } = account;
  expect((before?.seconds ?? 0) + read.endSeconds - read.startSeconds + (after?.seconds ?? 0)).toBe(
    (source?.endSeconds ?? 0) - (source?.startSeconds ?? 0),
  );
  // A track that has ended before the part, and one that begins after it.
  const ended = { ...part, source: { startSeconds: -10, endSeconds: -2 } };
  expect(accountOf(soundRead([]), 0, ended).account.entries).toMatchObject([{ code: 'cut-before', seconds: 8 }]);
  const late = { ...part, source: { startSeconds: 9, endSeconds: 12 } };
  expect(accountOf(soundRead([]), 0, late).account.entries).toMatchObject([{ code: 'cut-after', seconds: 3 }]);
});

test('a gap that the container says is one long picture is no hole; others are', () => {
  const holes = EVEN.filter((time) => (time < 2e6 || time >= 4e6) && (time < 6e6 || time >= 7e6));
  const read = picturesRead(holes);
  const [pause] = read.gaps.first;
  const told = (pauses: Promised['pauses']) => accountOf(read, 200, { ...PROMISED, pauses }).warnings;
  expect(told([])).toMatchObject([{ code: 'pictures-missing', count: 2 }]);
  expect(told(pause ? [pause] : [])).toMatchObject([
    { code: 'pictures-missing', count: 1, message: expect.stringContaining('1.00 s at 6.00') },
  ]);
  expect(told(read.gaps.first)).toEqual([]);
});
