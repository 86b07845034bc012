import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { sampleSite } from '../../../fixtures/encode-site.js';
import { sampleSchedule } from '../../../fixtures/plan.js';
import { sampleRun } from '../../../fixtures/run-context.js';
import type { Segment } from '../../../src/model/artifact.js';
import type { EncodeJob } from '../../../src/model/encode-job.js';
import type { Emit } from '../../../src/model/events.js';
import type { EncodePlan } from '../../../src/model/plan.js';
import type { Schedule } from '../../../src/model/schedule.js';
import type { EncodeItem } from '../../../src/stages/encode/encode-item.js';
import type { EncodeSite } from '../../../src/stages/encode/encode-site.js';
import { encode } from '../../../src/stages/encode/encode.js';
import type { RunContext } from '../../../src/tools/run-context.js';

type Chunk = Extract<EncodeItem, { kind: 'chunk' }>;

/** All that an encode yielded, and the labels of the commands that it ran. */
interface Collected {
  /** By index. */
  readonly segments: readonly Segment[];
  readonly chunks: readonly Chunk[];
  readonly commands: readonly string[];
}

/** What `encode` is called with. */
export interface EncodeTrial {
  readonly job: EncodeJob;
  readonly site: EncodeSite;
  readonly run: RunContext;
}

/** What is not as usual. */
interface Changes {
  readonly spans?: EncodeJob['missing']['spans'];
  readonly audioEnd?: EncodeJob['audioEnd'];
  readonly schedule?: Schedule;
  readonly ffmpeg?: string;
  readonly signal?: AbortSignal;
}

/** A folder of its own for each test, in which encodes by name are made. */
export interface Encodings {
  /** All of the plan, into the folder of that name. */
  request(plan: EncodePlan, name: string, changes?: Changes): EncodeTrial;
  path(name: string): string;
  /** Path → checksum of all segments that were made there. */
  bytesIn(name: string): Promise<Record<string, string>>;
  /** Command lines of the FFmpegs that work in the folder. */
  ffmpegs(): readonly string[];
  /** A program that runs these lines of Bash, with FFmpeg's arguments, and then FFmpeg itself. */
  ffmpegAfter(...lines: readonly string[]): Promise<string>;
}

export function useEncodings(): Encodings {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mediactl encode %d '));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return {
    request(plan, name, { schedule = sampleSchedule(plan), spans, audioEnd = null, ffmpeg = 'ffmpeg', signal } = {}) {
      const all = plan.renditions.map((rendition) => ({ rendition, first: 0, end: null }));
      return {
        job: { plan, missing: { spans: spans ?? all, doneSeconds: {} }, audioEnd },
        site: sampleSite(plan, join(folder, name), { schedule }),
        run: sampleRun({ tools: { ffmpeg, ffprobe: 'ffprobe' }, signal: signal ?? new AbortController().signal }),
      };
    },
    path: (name) => join(folder, name),
    bytesIn: (name) => segmentsIn(join(folder, name)),
    ffmpegs() {
      const list = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
      return list.split('\n').filter((line) => line.startsWith('ffmpeg') && line.includes(folder));
    },
    async ffmpegAfter(...lines) {
      const program = join(folder, 'fake-ffmpeg');
      await writeFile(program, ['#!/usr/bin/env bash', ...lines, 'exec ffmpeg "$@"', ''].join('\n'), { mode: 0o755 });
      return program;
    },
  };
}

/** `onItem` sees each item as it comes; of a run that fails, too. */
export async function collect(
  { job, site, run }: EncodeTrial,
  onItem: (item: EncodeItem) => void = () => {},
): Promise<Collected> {
  const segments: Segment[] = [];
  const chunks: Chunk[] = [];
  const commands: string[] = [];
  const emit: Emit = (event) => {
    if (event.type === 'command') commands.push(event.label);
  };
  for await (const item of encode(job, site, { ...run, emit })) {
    if (item.kind === 'chunk') chunks.push(item);
    if (item.kind === 'segment') segments.push(item.segment);
    onItem(item);
  }
  return { segments: segments.toSorted((a, b) => a.index - b.index), chunks, commands };
}

async function segmentsIn(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const path of (await readdir(folder, { recursive: true })).toSorted()) {
    if (!path.endsWith('.ts')) continue;
    found[path] = createHash('md5')
      .update(await readFile(join(folder, path)))
      .digest('hex');
  }
  return found;
}
