import { describe, expect, test } from 'vitest';
import { audioTrack, mediaInfo, planRequest } from '../../../fixtures/media-info.js';
import { recordOf } from '../../../fixtures/numbered-title.js';
import type { RecordedFile, TitleRecord } from '../../../src/model/artifact.js';
import { chooseFreeEdition, type BucketNames } from '../../../src/pipeline/delivery/choose-edition.js';
import { planKey } from '../../../src/pipeline/record/record.js';
import { withEdition } from '../../../src/stages/plan/edition.js';
import { plan } from '../../../src/stages/plan/plan.js';
import { LocalStorage } from '../../../src/storage/local.js';
import type { Stored } from '../../../src/storage/storage.js';
import { listingOf, object } from './objects.js';

const planned = plan(mediaInfo({ audio: [audioTrack()] }), planRequest());

interface Situation {
  readonly there?: readonly Stored[];
  readonly record?: TitleRecord;
  readonly first?: string | null;
  readonly folder?: string;
  readonly isOurs?: BucketNames['isOurs'];
}

async function chosen({ there = [], record, first = null, folder = '/work/movie', isOurs }: Situation) {
  return chooseFreeEdition(planned, first, {
    // Nothing is asked of it: all is in the listing.
    storage: new LocalStorage('/nowhere'),
    snapshot: await listingOf(there),
    present: record ? { kind: 'ours', record } : { kind: 'none' },
    folder,
    isOurs: isOurs ?? (() => false),
  });
}

function idsOf(edition: string | null): string[] {
  return withEdition(planned, edition).renditions.map(({ id }) => id);
}

/** Every rendition of an edition with one segment and a playlist. */
function titleOf(edition: string | null): Stored[] {
  return idsOf(edition).flatMap((id) => [object(`${id}/00000.ts`), object(`${id}/index.m3u8`)]);
}

function recordedAs(objects: readonly Stored[], key = 'another plan'): TitleRecord {
  const files = objects.map(({ path, bytes, crc32c }): RecordedFile => ({ path, bytes, crc32c: crc32c ?? '' }));
  return { ...recordOf([], 1), planKey: key, files };
}

describe('the first choice will do', () => {
  test('where nothing is, or only what has other names', async () => {
    expect(await chosen({})).toBeNull();
    expect(await chosen({ first: 'forced' })).toBe('forced');
    const others = ['720p-00000000/00000.ts', 'master.m3u8', 'mediactl.json', 'notes.txt'];
    expect(await chosen({ there: others.map((path) => object(path)) })).toBeNull();
  });

  test('where the record lists all that has its names', async () => {
    const there = titleOf(null);
    expect(await chosen({ there, record: recordedAs(there) })).toBeNull();
    const { files } = recordedAs(there);
    const older = { ...recordOf([], 2), kept: [{ finishedAt: '2026-01-01T00:00:00.000Z', files, journals: [] }] };
    expect(await chosen({ there, record: older })).toBeNull();
  });

  test('where this working folder uploaded it', async () => {
    const there = titleOf(null).slice(0, 3);
    const sums = new Map(there.map(({ path, crc32c }) => [path, crc32c]));
    expect(await chosen({ there, isOurs: (path, crc32c) => sums.get(path) === crc32c })).toBeNull();
  });

  test('where a playlist of the record was lost: it is made again in any case', async () => {
    const all = titleOf(null);
    const there = all.filter(({ path }) => !path.endsWith('.m3u8'));
    expect(await chosen({ there, record: recordedAs(all) })).toBeNull();
  });

  test('of the title that is there, unchanged, whatever else has its names', async () => {
    const all = titleOf(null);
    const there = [...all, object(`${idsOf(null)[0]}/99999.ts`)];
    expect(await chosen({ there, record: recordedAs(all, planKey(planned)) })).toBeNull();
  });
});

describe('other names are chosen', () => {
  const [stranger = ''] = idsOf(null);
  const there = [object(`${stranger}/00000.ts`)];

  test('where somebody else has begun under one of them; always the same ones for one working folder', async () => {
    const edition = await chosen({ there });
    expect(edition).toMatch(/^[0-9a-f]{8}$/);
    expect(await chosen({ there })).toBe(edition);
    expect(idsOf(edition)).not.toContain(stranger);
    expect(await chosen({ there, folder: '/work/other' })).not.toBe(edition);
  });

  test('where this working folder uploaded other bytes', async () => {
    expect(await chosen({ there, isOurs: (_, crc32c) => crc32c === 'AAAAAA==' })).not.toBeNull();
  });

  test('where a segment of the record was lost or replaced: its bytes may not come out the same', async () => {
    const all = titleOf(null);
    const lost = all.slice(1);
    expect(await chosen({ there: lost, record: recordedAs(all) })).not.toBeNull();
    const replaced = [object(all[0]?.path ?? '', 'other bytes'), ...lost];
    expect(await chosen({ there: replaced, record: recordedAs(all) })).not.toBeNull();
    const older = { ...recordOf([], 2), kept: [{ finishedAt: '', files: recordedAs(all).files, journals: [] }] };
    expect(await chosen({ there: lost, record: older })).not.toBeNull();
  });

  test('until they are free', async () => {
    const second = await chosen({ there });
    const third = await chosen({ there: [...there, object(`${idsOf(second)[0]}/00000.ts`)] });
    expect(new Set([null, second, third]).size).toBe(3);
  });
});
