import { execFileSync } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { titleFacts, useWholeTitle, type TitleFacts, type TitleFormat } from './facts.js';
import { encodeCommands, exists, useWorkshop } from './workshop.js';

/** Disks that are full, too small, or not to be written to: small ones made for this, which takes root. */

const CAN_MOUNT = process.platform === 'linux' && process.getuid?.() === 0 && tries(() => mountWorks());

const shop = useWorkshop();
const whole = useWholeTitle(shop);
const wholes: Readonly<Record<TitleFormat, () => TitleFacts>> = {
  hls: whole,
  cmaf: useWholeTitle(shop, 'cmaf'),
  'hls,cmaf': useWholeTitle(shop, 'hls,cmaf'),
};
/** What it takes on disk, kilobytes. */
let size = NaN;
const mounted: string[] = [];

beforeAll(async () => {
  size = sizeOf('whole');
});

function sizeOf(output: string): number {
  return Number(/^\d+/.exec(execFileSync('du', ['-sk', shop.path(output)], { encoding: 'utf8' }))?.[0]);
}

afterEach(() => {
  for (const folder of mounted.splice(0)) execFileSync('umount', [folder]);
});

async function smallDisk(name: string, options: string): Promise<string> {
  const folder = shop.path(name);
  await fs.mkdir(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  mounted.push(folder);
  return folder;
}

function remount(folder: string, options: string): void {
  execFileSync('mount', ['-o', `remount,${options}`, folder]);
}

describe.skipIf(!CAN_MOUNT)('a disk', () => {
  test('much too small: told before anything is encoded', async () => {
    const disk = await smallDisk('tiny', 'size=60k');
    const { exitCode, events } = await shop.encode('tiny/title');
    expect(exitCode).toBe(6);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'disk-full' });
    expect(events.at(-1)?.['reason']).toMatch(/needs about .* kB .* are free|needs about .* kB/);
    expect(encodeCommands(events)).toEqual([]);
    expect(await fs.readdir(disk)).toEqual([]);
  });

  // Full while encoding, while writing playlists, while publishing.
  test.each([
    [0.55, 'hls'],
    [0.55, 'hls,cmaf'],
    [0.98, 'cmaf'],
    [0.995, 'hls'],
  ] as const)('of %d × the title (%s), full on the way: no broken title, and it goes on', async (share, format) => {
    const name = `full-${share}-${format}`;
    const all = format === 'hls' ? size : sizeOf(`whole-${format}`);
    const disk = await smallDisk(name, `size=${Math.floor(all * share)}k`);
    const { exitCode, events } = await shop.encode(`${name}/title`, '--format', format);
    // Two runs do not take the very same space.
    if (share > 0.9 && exitCode === 0) return;
    expect(exitCode, JSON.stringify(events.at(-1))).toBe(6);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'disk-full' });
    if (await exists(path.join(disk, 'title', 'master.m3u8'))) {
      expect(wholes[format]().times).toMatchObject((await titleFacts(path.join(disk, 'title'))).times);
    }

    remount(disk, 'size=8m');
    const resumed = await shop.encode(`${name}/title`, '--format', format);
    expect(resumed.events.at(-1)).toMatchObject({ type: 'result', status: 'complete' });
    expect(await titleFacts(path.join(disk, 'title'))).toEqual(wholes[format]());
    expect(await fs.readdir(disk)).toEqual(['title']);
  });

  test('full while a title is replaced: the old one stays, whole', async () => {
    const disk = await smallDisk('replaced', `size=${Math.floor(size * 1.6)}k`);
    expect((await shop.encode('replaced/title')).exitCode).toBe(0);
    const { exitCode, events } = await shop.encode('replaced/title', '--encoder-preset', 'superfast', '--crf', '12');
    expect(exitCode, JSON.stringify(events.at(-1))).toBe(6);
    expect(await titleFacts(path.join(disk, 'title'))).toEqual(whole());
    expect((await shop.encode('replaced/title')).events.at(-1)).toMatchObject({ outcome: 'unchanged' });
  });

  test('read-only: refused at once, at every depth', async () => {
    const disk = await smallDisk('read-only', 'size=8m');
    await fs.mkdir(path.join(disk, 'empty'));
    remount(disk, 'ro');
    for (const output of ['read-only', 'read-only/empty', 'read-only/new', 'read-only/new/below']) {
      const { exitCode, events } = await shop.encode(output);
      expect(exitCode).toBe(6);
      expect(events.at(-1)).toMatchObject({ type: 'error', code: 'output-not-writable' });
      expect(encodeCommands(events)).toEqual([]);
    }
  });

  test('whose root is the title: works inside, leaves nothing but the title', async () => {
    const disk = await smallDisk('root', 'size=8m');
    expect((await shop.encode('root')).events.at(-1)).toMatchObject({ type: 'result' });
    expect(await titleFacts(disk)).toEqual(whole());
  });
});

function mountWorks(): void {
  execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/mnt'], { stdio: 'ignore' });
}

function tries(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
