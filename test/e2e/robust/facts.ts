import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll } from 'vitest';
import { filesBelow, readMedia, readMultivariant } from '../title.js';
import type { Workshop } from './workshop.js';

const run = promisify(execFile);

/** What must be the same of two titles made from one source by one plan: names, bytes, and every packet's time. */
export interface TitleFacts {
  readonly files: readonly string[];
  /** Segment → presentation time of each packet, ticks of its clock, in order of the file. */
  readonly times: Readonly<Record<string, readonly number[]>>;
  /** Segment, or initialization segment → checksum. */
  readonly sums: Readonly<Record<string, string>>;
}

export async function titleFacts(folder: string): Promise<TitleFacts> {
  const files = await filesBelow(folder);
  const times: Record<string, readonly number[]> = {};
  for (const name of ['master.m3u8', 'cmaf.m3u8']) {
    if (!files.includes(name)) continue;
    const { variants, media } = await readMultivariant(path.join(folder, name));
    for (const { uri } of [...variants, ...media]) {
      for (const [file, list] of await packetTimes(folder, path.dirname(uri))) times[file] = list;
    }
  }
  return { files, times, sums: await segmentSums(folder) };
}

/** As --format has it. */
export type TitleFormat = 'hls' | 'cmaf' | 'hls,cmaf';

/** The title as it comes out when nothing disturbs it, in the folder "whole" ("whole-cmaf" …); made before the tests of a file. */
export function useWholeTitle(shop: Workshop, format: TitleFormat = 'hls'): () => TitleFacts {
  let whole: TitleFacts | null = null;
  beforeAll(async () => {
    const output = format === 'hls' ? 'whole' : `whole-${format}`;
    const { exitCode, stdout, stderr } = await shop.encode(output, '--format', format);
    if (exitCode !== 0) throw new Error(`encode ended with ${exitCode}\n${stdout}\n${stderr}`);
    whole = await titleFacts(shop.path(output));
  });
  return () => {
    if (whole === null) throw new Error('asked before the tests');
    return whole;
  };
}

/** One ffprobe over a whole rendition; a packet's position says which segment it is from. */
async function packetTimes(folder: string, rendition: string): Promise<[string, number[]][]> {
  const { segments, tags } = await readMedia(path.join(folder, rendition, 'index.m3u8'));
  const [, init] = /^URI="(.*)"$/.exec(tags.get('EXT-X-MAP') ?? '') ?? [];
  const names = [...(init === undefined ? [] : [init]), ...segments.map(({ uri }) => uri)];
  const files = names.map((name) => path.join(folder, rendition, name));
  const sizes = await Promise.all(files.map(async (file) => (await fs.stat(file)).size));
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-show_entries', 'packet=pts,pos', '-of', 'csv=p=0', `concat:${files.join('|')}`],
  ]);
  const lists: number[][] = files.map(() => []);
  let segment = 0;
  let end = sizes[0] ?? 0;
  // Side data makes lines of its own.
  for (const line of stdout.split('\n').filter((text) => /^-?\d+,/.test(text))) {
    const [pts, position] = line.split(',').map(Number);
    while (position !== undefined && position >= end && segment < files.length - 1) end += sizes[++segment] ?? 0;
    lists[segment]?.push(pts ?? NaN);
  }
  return names.map((name, i) => [`${rendition}/${name}`, lists[i] ?? []]);
}

/** Path of each closed segment, and initialization segment, below `folder` → its checksum. */
export async function segmentSums(folder: string): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const name of (await filesBelow(folder)).toSorted()) {
    if (!/^[^/]+-[0-9a-f]{8}\/(\d{5}\.(ts|m4s)|init\.mp4)$/.test(name)) continue;
    sums[name] = createHash('md5')
      .update(await fs.readFile(path.join(folder, name)))
      .digest('hex');
  }
  return sums;
}

/** Path below `folder` → inode and time of last change: what was not touched is the same in both. */
export async function fileStamps(folder: string): Promise<Map<string, string>> {
  const stamps = new Map<string, string>();
  for (const file of await filesBelow(folder)) {
    const { ino, mtimeMs } = await fs.lstat(path.join(folder, file));
    stamps.set(file, `${ino} ${mtimeMs}`);
  }
  return stamps;
}
