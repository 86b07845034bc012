import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordOf } from '../../../fixtures/numbered-title.js';
import type { RecordedRendition, TitleRecord } from '../../../src/model/artifact.js';
import type { RecordedSource } from '../../../src/model/media.js';
import { recordText } from '../../../src/model/title-record.js';
import type { Place } from '../../../src/pipeline/delivery/place.js';
import { checkReplaceable, lostRenditions, wasOvertaken } from '../../../src/pipeline/delivery/replaceable.js';
import type { RecordState } from '../../../src/pipeline/record/record.js';
import { writePending } from '../../../src/stages/publish/pending.js';
import { LocalStorage } from '../../../src/storage/local.js';
import { listingOf, object } from './objects.js';

const NOT_OURS = { code: 'output-not-ours' };

let folder: string;
let storage: LocalStorage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-replaceable-'));
  storage = new LocalStorage(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function check(
  present: RecordState,
  {
    replace = false,
    force = false,
    ownership = () => Promise.resolve({}),
    source = recordOf([], 1).source,
  }: {
    readonly replace?: boolean;
    readonly force?: boolean;
    readonly ownership?: Place['ownership'];
    readonly source?: RecordedSource;
  } = {},
): Promise<void> {
  const snapshot = await storage.snapshot();
  await checkReplaceable({ storage, ownership }, { present, snapshot }, { source, replace, force });
}

const write = (path: string): Promise<unknown> => storage.write(path, Buffer.from('x'), 'other');

test('an empty place, and one with files of other names', async () => {
  await check({ kind: 'none' });
  await write('notes.txt');
  await check({ kind: 'none' });
});

test.each(['master.m3u8', 'mediactl.json'])('a %s that nobody knows is not replaced, but with force', async (name) => {
  await write(name);
  await expect(check({ kind: 'none' })).rejects.toMatchObject(NOT_OURS);
  await check({ kind: 'none' }, { force: true });
});

test('a record of another kind says why it is not taken', async () => {
  await write('mediactl.json');
  const foreign = { kind: 'foreign', reason: 'its mediactl.json is not JSON' } as const;
  await expect(check(foreign)).rejects.toMatchObject({ ...NOT_OURS, reason: foreign.reason });
});

const NONE = { files: [], journals: [] };

test('a title of ours, and one whose publication to a folder was interrupted', async () => {
  await write('master.m3u8');
  await check({ kind: 'ours', record: recordOf([], 1) });
  await writePending(storage, { files: NONE, obsolete: NONE });
  await check({ kind: 'none' });
});

test('a title made from something else is not replaced unless that is asked for; the error names both', async () => {
  const { source, ...rest } = recordOf([], 1);
  // Of an older version, which kept the whole path.
  const present = { kind: 'ours', record: { ...rest, source: { ...source, path: '/home/ed/s1/a.mp4' } } } as const;
  const other = { ...source, path: 's2/a.mp4', bytes: 7, modifiedMs: 1000, fingerprint: 'g' };
  await expect(check(present, { source: other })).rejects.toMatchObject({
    code: 'output-other-source',
    exitCode: 6,
    reason:
      'it was made from a.mp4 (1 bytes, of 1970-01-01 00:00:00 UTC); this source is a.mp4 (7 bytes, of 1970-01-01 00:00:01 UTC)',
  });
  await check(present, { source: other, replace: true });
  await check(present, { source: other, force: true });
  await check(present, { source: { ...source, path: 'renamed.mp4', modifiedMs: 5 } });
});

test('renditions that are lost are those whose names the new title does not have', () => {
  const named = (name: string): RecordedRendition => ({ ...MEASURE, id: `${name}-0a1b2c3d`, name });
  const record = { ...recordOf([], 1), renditions: ['1080p', '720p', 'audio-en'].map(named) };
  const renditions = ['720p', 'audio-fr'].map((name) => ({ name, container: 'mpegts' as const }));
  expect(lostRenditions({ present: { kind: 'ours', record } }, renditions)).toEqual(['1080p', 'audio-en']);
  expect(lostRenditions({ present: { kind: 'none' } }, [])).toEqual([]);
});

test('of a title in two formats the one that goes is named', () => {
  const renditions = (['mpegts', 'fmp4'] as const).map((container) => ({
    ...MEASURE,
    id: container,
    name: '720p',
    container,
  }));
  const present: RecordState = { kind: 'ours', record: { ...recordOf([], 1), renditions } };
  expect(lostRenditions({ present }, [{ name: '720p', container: 'mpegts' }])).toEqual(['720p (CMAF)']);
  expect(lostRenditions({ present }, [{ name: '720p', container: 'fmp4' }])).toEqual(['720p (TS)']);
  expect(lostRenditions({ present }, [{ name: '240p', container: 'fmp4' }])).toEqual(['720p']);
  expect(lostRenditions({ present }, renditions)).toEqual([]);
});

const MEASURE: RecordedRendition = {
  id: '',
  name: '',
  kind: 'audio',
  segments: 1,
  frames: 1,
  bytes: 1,
  duration: { num: 1, den: 1 },
  longestSegmentSeconds: 1,
  averageBitrate: 1,
  peakBitrate: 1,
  codecs: '',
  width: null,
  height: null,
  iframes: null,
};

test('in a bucket the working folder knows what it uploaded, by the listing', async () => {
  const [ours, theirs] = [object('master.m3u8', 'ours'), object('master.m3u8', 'theirs')];
  for (const [found, isOurs] of [
    [ours, true],
    [theirs, false],
  ] as const) {
    const snapshot = await listingOf([found]);
    const ownership = (): ReturnType<Place['ownership']> =>
      Promise.resolve({ snapshot, isOurs: ({ crc32c }) => crc32c === ours.crc32c });
    const outcome: unknown = await check({ kind: 'none' }, { ownership }).catch((error: unknown) => error);
    if (isOurs) expect(outcome).toBeUndefined();
    else expect(outcome).toMatchObject(NOT_OURS);
  }
});

test('another run has published since when another record is there, or none any more', async () => {
  const put = (record: TitleRecord): Promise<unknown> => storage.write('mediactl.json', recordText(record), 'record');
  const first = recordOf([], 1);
  expect(await wasOvertaken(storage, { kind: 'none' })).toBe(false);
  expect(await wasOvertaken(storage, { kind: 'ours', record: first })).toBe(true);
  await put(first);
  expect(await wasOvertaken(storage, { kind: 'none' })).toBe(true);
  expect(await wasOvertaken(storage, { kind: 'ours', record: first })).toBe(false);
  expect(await wasOvertaken(storage, { kind: 'foreign', reason: '' })).toBe(true);
  await put(recordOf([], 2));
  expect(await wasOvertaken(storage, { kind: 'ours', record: first })).toBe(true);
  await put({ ...first, finishedAt: '2026-01-02T03:04:06.000Z' });
  expect(await wasOvertaken(storage, { kind: 'ours', record: first })).toBe(true);
});
