import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';
import { clip } from '../../../fixtures/clips.js';
import { TINY_LADDER } from '../../../fixtures/ladders.js';
import { limitOfEncodes } from '../../support/pace.js';
import { runMediactl, startMediactl, type Ran, type Running, type RunOptions } from '../run.js';
import { processesWith } from './processes.js';

/** A folder with a source of seven seconds, a ladder of two rungs with segments of one second, and slow FFmpegs. */
export interface Workshop {
  readonly folder: string;
  /** 320×180, 25 fps, with sound: SEGMENTS segments in each of three renditions. */
  readonly source: string;
  readonly ladder: string;
  /** An FFmpeg that reads sources at three times their speed, or SPEED times, so that there is a middle to interrupt. */
  readonly slow: string;
  /** The title's folder of that name. */
  path(name: string): string;
  /** `encode SOURCE -o folder/output …`, with JSON events. */
  args(output: string, ...more: readonly string[]): string[];
  encode(output: string, ...more: readonly string[]): Promise<Ran>;
  start(args: readonly string[], options?: RunOptions): MarkedRun;
}

/** A run whose processes can be found, whatever becomes of their parent. */
export interface MarkedRun extends Running {
  readonly pid: number;
  /** Live processes of the run but mediactl itself. */
  children(): Promise<readonly number[]>;
}

/** Of a second each. */
export const SEGMENTS = 7;

/** Processes are found, and their states read, by /proc. */
export const HAS_PROC = process.platform === 'linux';

/** For the tests of a file. */
export function useWorkshop(): Workshop {
  const folder = path.join(realpathSync(os.tmpdir()), `mediactl-robust-${randomUUID()}`);
  const source = path.join(folder, 'source.mp4');
  const ladder = path.join(folder, 'ladder.json');
  const slow = path.join(folder, 'slow-ffmpeg');
  beforeAll(async () => {
    await fs.mkdir(folder);
    await fs.copyFile(await clip('plain7'), source);
    await fs.utimes(source, WRITTEN, WRITTEN);
    await fs.writeFile(ladder, JSON.stringify(TINY_LADDER));
    await writeProgram(slow, await slowScript());
  });
  afterAll(async () => {
    await fs.rm(folder, { recursive: true, force: true });
  });

  const args = (output: string, ...more: readonly string[]): string[] => [
    ...['encode', source, '--ladder', ladder, '-o', path.join(folder, output), '--json', ...more],
  ];
  return {
    folder,
    source,
    ladder,
    slow,
    args,
    path: (name) => path.join(folder, name),
    encode: (output, ...more) => runMediactl(args(output, ...more)),
    start: startMarked,
  };
}

export async function writeProgram(file: string, text: string): Promise<void> {
  await fs.writeFile(file, text);
  await fs.chmod(file, 0o755);
}

/** Looks until it is so; throws after the time of so many small encodes. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean, encodes = 200): Promise<void> {
  const limit = limitOfEncodes(encodes);
  for (; !(await isSo()); await sleep(20)) {
    if (limit.isOver()) throw new Error(`not within ${limit}: ${what}`);
  }
}

/** A second is promised on a machine that has nothing else to do. */
export async function untilNoneLeft(find: () => Promise<readonly number[]>): Promise<void> {
  await until('no process is left', async () => (await find()).length === 0, 20);
}

export async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

export async function exists(file: string): Promise<boolean> {
  return fs.lstat(file).then(
    () => true,
    () => false,
  );
}

/** An environment in which what is not ended goes on for longer than any test waits. */
export const CRAWLING = { SPEED: '0.2' };

/** The commands among a run's events that make something; those that only look at tools and source are left out. */
export function encodeCommands(events: Ran['events']): Ran['events'] {
  return events.filter((event) => event.type === 'command' && event['label'] !== 'look');
}

/** Pattern for waitFor: the event that a segment is done. */
export function segmentDone(rung: string, index: number): RegExp {
  return new RegExp(`"type":"segment"[^\\n]*"rendition":"${rung}-[0-9a-f]{8}","index":${index},`);
}

/** A copy of the source that has this time too is the same source. */
export const WRITTEN = new Date('2024-05-06T07:08:09Z');

let runs = 0;

export function startMarked(args: readonly string[], options: RunOptions = {}): MarkedRun {
  const mark = `ROBUST_RUN=${process.pid}-${++runs}-`;
  const [name = '', value = ''] = mark.split('=');
  const running = startMediactl(args, { ...options, env: { ...options.env, [name]: value } });
  const { pid } = running.child;
  if (pid === undefined) throw new Error('mediactl did not start');
  return { ...running, pid, children: async () => (await processesWith(mark)).filter((each) => each !== pid) };
}

/** -readrate came with 5.0; before that there is -re, which is slower. */
async function slowScript(): Promise<string> {
  const { stdout } = await promisify(execFile)('ffmpeg', ['-hide_banner', '-h', 'long'], { maxBuffer: 1 << 24 });
  const limit = stdout.includes('-readrate ') ? `-readrate \${SPEED:-3}` : '-re';
  return [
    '#!/usr/bin/env bash',
    'args=()',
    'while (($#)); do',
    `  if [[ $1 == -i && $2 != *.pipe ]]; then args+=(${limit}); fi`,
    '  args+=("$1"); shift',
    'done',
    `exec ffmpeg "\${args[@]}"`,
    '',
  ].join('\n');
}
