import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { sampleRun } from '../../fixtures/run-context.js';
import { DEFAULTS } from '../../fixtures/settings.js';
import { loadPreset } from '../../src/config/presets.js';
import type { Preset } from '../../src/model/preset.js';
import type { OutputSettings } from '../../src/model/settings.js';
import { openForEncode } from '../../src/pipeline/delivery/destination.js';
import { planTitle, type PlannedTitle } from '../../src/pipeline/plan-title.js';
import { withSource } from '../../src/pipeline/source/open-source.js';
import { titleJob, type TitleJob } from '../../src/pipeline/title-job.js';
import type { RunContext } from '../../src/tools/run-context.js';

let cwd: string;
let run: RunContext;
let ladder: Preset;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mediactl-title-job-'));
  ladder = await loadPreset('vod', cwd);
  run = sampleRun({ cwd });
});
afterAll(() => rm(cwd, { recursive: true }));

function planOf(job: TitleJob): Promise<PlannedTitle> {
  return withSource(job.input, DEFAULTS, run, async (source) => {
    const destination = await openForEncode(job.destination, DEFAULTS, run);
    return planTitle({ job, work: DEFAULTS.work, keys: null, source, destination }, run);
  });
}

describe('a job that went through JSON', () => {
  const title = {
    ...DEFAULTS.title,
    only: ['240p'],
    crf: 30,
    audioLang: ['und'],
    encoderPreset: 'fast' as const,
  };

  test('is the same, and gives the same plan', async () => {
    const job = titleJob(await clip('pal25'), ladder, { ...DEFAULTS, title }, cwd);
    const copy: TitleJob = JSON.parse(JSON.stringify(job));
    expect(copy).toStrictEqual(job);
    const [{ plan, output }, again] = await Promise.all([planOf(job), planOf(copy)]);
    expect(again.plan).toStrictEqual(plan);
    expect(again.output).toBe(output);
    expect(plan.renditions.map(({ name }) => name).slice(0, 1)).toEqual(['240p']);
    expect(plan.renditions[0]).toMatchObject({ options: { preset: 'fast' }, rate: { crf: 30 } });
  });

  test('names its renditions apart when it says so', async () => {
    const job = titleJob(await clip('pal25'), ladder, { ...DEFAULTS, title }, cwd);
    const { plan } = await planOf(job);
    const other = await planOf({ ...job, edition: 'a-job-of-its-own' });
    expect(other.edition).toBe('a-job-of-its-own');
    const ids = new Set(plan.renditions.map(({ id }) => id));
    for (const { id } of other.plan.renditions) expect(ids).not.toContain(id);
  });
});

describe('where a title goes', () => {
  test.each<[input: string, output: Partial<OutputSettings>, expected: string]>([
    ['movie.mp4', {}, '/work/movie'],
    ['/media/movie.mp4', {}, '/work/movie'],
    ['movie', {}, '/work/movie-hls'],
    ['a/movie', {}, '/work/movie'],
    ['gs://bucket/a/movie.mov', {}, '/work/movie'],
    ['https://host/a/my%20movie.mov?sig=x', {}, '/work/my movie'],
    ['https://host/', {}, '/work/source-hls'],
    ['movie.mp4', { output: 'titles/a' }, '/work/titles/a'],
    ['movie.mp4', { to: 'titles/a' }, '/work/titles/a'],
    ['movie.mp4', { to: '/titles/a' }, '/titles/a'],
  ])('%s with %o: %s', (input, output, expected) => {
    const settings = { ...DEFAULTS, output: { ...DEFAULTS.output, ...output } };
    expect(titleJob(input, ladder, settings, '/work').destination).toEqual({ kind: 'folder', path: expected });
  });

  test('a bucket', () => {
    const settings = { ...DEFAULTS, output: { ...DEFAULTS.output, to: 'gs://bucket/titles/a/' } };
    expect(titleJob('movie.mp4', ladder, settings, '/work').destination).toEqual({
      kind: 'gcs',
      bucket: 'bucket',
      prefix: 'titles/a',
    });
  });
});
