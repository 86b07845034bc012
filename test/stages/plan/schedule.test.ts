import { describe, expect, it } from 'vitest';
import { mediaInfo, planRequest } from '../../../fixtures/media-info.js';
import { plan } from '../../../src/stages/plan/plan.js';
import { schedule, type Machine, type ScheduleWishes } from '../../../src/stages/plan/schedule.js';

interface Wanted extends Partial<ScheduleWishes> {
  readonly machine?: Machine;
  readonly only?: readonly string[];
  readonly source?: Parameters<typeof mediaInfo>[0];
}

function scheduleOf({ machine = on(4).machine, only, source = {}, ...wishes }: Wanted) {
  const made = plan(mediaInfo(source), planRequest(only ? { only } : {}));
  const nameOf = new Map(made.renditions.map(({ id, name }) => [id, name]));
  const { mode, passes, decisions, chunksAtOnce, chunksAtFirst } = schedule(made, machine, {
    jobs: null,
    decode: 'auto',
    ...wishes,
  });
  return {
    mode,
    chunks: [chunksAtFirst, chunksAtOnce],
    passes: passes.map((pass) => pass.map((id) => nameOf.get(id)).join(' ')),
    said: decisions.map(({ subject, choice }) => `${subject}: ${choice}`),
  };
}

function on(cores: number, platform: NodeJS.Platform = 'linux', memoryBytes = 64e9): { machine: Machine } {
  return { machine: { cores, platform, memoryBytes } };
}

describe('the way pictures take', () => {
  it('is shared by all rungs', () => {
    expect(scheduleOf({}).mode).toBe('shared');
    expect(scheduleOf(on(8, 'darwin')).mode).toBe('shared');
  });

  it('is one process for one rung, and on Windows', () => {
    expect(scheduleOf({ only: ['720p'] }).mode).toBe('single-process');
    expect(scheduleOf(on(8, 'win32')).mode).toBe('single-process');
  });

  it('can be asked for', () => {
    expect(scheduleOf({ decode: 'per-rung' }).mode).toBe('per-rung');
    expect(scheduleOf({ decode: 'shared', only: ['720p'] }).mode).toBe('shared');
  });

  it('cannot be named pipes on Windows', () => {
    expect(() => scheduleOf({ decode: 'shared', ...on(8, 'win32') })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

describe('chunks at first, and side by side', () => {
  it.each([
    [1, [1, 1]],
    [2, [1, 2]],
    [4, [2, 3]],
    [8, [4, 6]],
    [64, [35, 45]],
  ])('on %i cores, of a whole ladder', (cores, chunks) => {
    expect(scheduleOf(on(cores)).chunks).toEqual(chunks);
  });

  it('are one a core where there is one rung', () => {
    expect(scheduleOf({ ...on(4), only: ['360p'] }).chunks).toEqual([4, 5]);
  });

  it('fit into half of the memory', () => {
    expect(scheduleOf(on(64, 'linux', 4e9)).chunks).toEqual([3, 3]);
    expect(scheduleOf(on(64, 'linux', 1e8)).chunks).toEqual([1, 1]);
  });

  it('have no more encoders than --jobs permits', () => {
    expect(scheduleOf({ ...on(8), jobs: 1 }).chunks).toEqual([1, 1]);
    expect(scheduleOf({ ...on(8), jobs: 5 }).chunks).toEqual([1, 1]);
    expect(scheduleOf({ ...on(8), only: ['360p'], jobs: 3 }).chunks).toEqual([3, 3]);
  });

  it('are one of a source that cannot be sought, which one decoder goes through', () => {
    const source = { container: { ...mediaInfo().container, seekable: false } };
    expect(scheduleOf({ ...on(8), source })).toMatchObject({ chunks: [1, 1], mode: 'shared' });
    expect(scheduleOf({ ...on(8), source, only: ['360p'] }).mode).toBe('shared');
  });
});

describe('--jobs', () => {
  it.each([
    [null, ['1080p 720p 480p 360p 240p']],
    [9, ['1080p 720p 480p 360p 240p']],
    [2, ['1080p 720p', '480p 360p', '240p']],
  ])('%s', (jobs, passes) => {
    expect(scheduleOf({ jobs }).passes).toEqual(passes);
  });

  it.each([0, 1.5, -1])('%f is an error', (jobs) => {
    expect(() => scheduleOf({ jobs })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

it('says how it decodes, and how often', () => {
  expect(scheduleOf(on(1)).said).toEqual(['decoding: shared']);
  expect(scheduleOf({}).said).toEqual(['decoding: shared', 'in parallel: 3 chunks']);
  expect(scheduleOf({ jobs: 2 }).said).toEqual(['decoding: shared', 'passes: 3']);
});

it('has nothing to say of a title without a picture', () => {
  const made = plan(mediaInfo({ video: [] }), planRequest());
  const none = schedule(made, on(4).machine, { jobs: null, decode: 'auto' });
  expect(none).toMatchObject({ passes: [], chunksAtOnce: 1, decisions: [] });
});
