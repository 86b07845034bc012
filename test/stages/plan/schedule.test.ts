import { describe, expect, it } from 'vitest';
import { mediaInfo, planRequest } from '../../../fixtures/media-info.js';
import { plan } from '../../../src/stages/plan/plan.js';
import { schedule, type Machine, type ScheduleWishes } from '../../../src/stages/plan/schedule.js';

interface Wanted extends Partial<ScheduleWishes> {
  readonly machine?: Machine;
  readonly only?: readonly string[];
}

function scheduleOf({ machine = { cores: 4, platform: 'linux' }, only, ...wishes }: Wanted) {
  const made = plan(mediaInfo(), planRequest(only ? { only } : {}));
  const nameOf = new Map(made.renditions.map(({ id, name }) => [id, name]));
  const { mode, threads, passes, decisions } = schedule(made, machine, { jobs: null, decode: 'auto', ...wishes });
  return {
    mode,
    threads: Object.fromEntries(Object.entries(threads).map(([id, count]) => [nameOf.get(id), count])),
    passes: passes.map((pass) => pass.map((id) => nameOf.get(id)).join(' ')),
    said: decisions.map(({ subject, choice }) => `${subject}: ${choice}`),
  };
}

const on = (cores: number, platform: NodeJS.Platform = 'linux') => ({ machine: { cores, platform } });

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

describe('threads', () => {
  it.each([
    [1, { '1080p': 1, '720p': 1, '480p': 1, '360p': 1, '240p': 1 }],
    [2, { '1080p': 2, '720p': 1, '480p': 1, '360p': 1, '240p': 1 }],
    [8, { '1080p': 7, '720p': 3, '480p': 1, '360p': 1, '240p': 1 }],
    [64, { '1080p': 16, '720p': 16, '480p': 11, '360p': 6, '240p': 3 }],
  ])('of %i cores go by pixels', (cores, threads) => {
    expect(scheduleOf(on(cores)).threads).toEqual(threads);
  });

  it('are shared out within a pass', () => {
    expect(scheduleOf({ ...on(8), jobs: 1 }).threads).toEqual({
      '1080p': 8,
      '720p': 8,
      '480p': 8,
      '360p': 8,
      '240p': 8,
    });
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
  expect(scheduleOf({}).said).toEqual(['decoding: shared']);
  expect(scheduleOf({ jobs: 2 }).said).toEqual(['decoding: shared', 'passes: 3']);
});

it('has nothing to say of a title without a picture', () => {
  const made = plan(mediaInfo({ video: [] }), planRequest());
  const none = schedule(made, { cores: 4, platform: 'linux' }, { jobs: null, decode: 'auto' });
  expect(none).toMatchObject({ passes: [], threads: {}, decisions: [] });
});
