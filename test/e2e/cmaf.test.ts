import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { decode } from '../support/ffprobe.js';
import { whichRuns } from './robust/processes.js';
import { exists, HAS_PROC, segmentDone, until, untilNoneLeft, useWorkshop } from './robust/workshop.js';
import { runMediactl } from './run.js';
import { filesBelow, readMedia, readMultivariant } from './title.js';

/** --format cmaf and hls,cmaf: the real program, and what FFmpeg reads of it. */

const run = promisify(execFile);
const shop = useWorkshop();

/** Renditions by their playlists in the title: folder → its file names. */
async function sums(folder: string, extension: string): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const file of await filesBelow(folder)) {
    if (!file.endsWith(extension)) continue;
    all[file] = createHash('md5')
      .update(await fs.readFile(path.join(folder, file)))
      .digest('hex');
  }
  return all;
}

/** Fields of a line are stream, times, length, size, checksum, and perhaps side data. Checksums of the coded packets of a playlist's one stream, without what a container adds to them. */
async function packetSums(playlist: string, filters: readonly string[]): Promise<string[]> {
  const copy = ['-map', '0', '-c', 'copy', ...filters, '-f', 'framehash', '-hash', 'md5', '-'];
  const { stdout } = await run('ffmpeg', ['-nostdin', '-v', 'error', '-i', playlist, ...copy], { maxBuffer: 1 << 26 });
  return stdout.split('\n').flatMap((line) => (/^\d/.test(line) ? [line.split(',')[5]?.trim() ?? ''] : []));
}

async function mediaPlaylists(title: string, master: string): Promise<string[]> {
  const { variants, media } = await readMultivariant(path.join(title, master));
  return [...variants.toSorted((a, b) => (a.uri < b.uri ? -1 : 1)), ...media].map(({ uri }) => path.join(title, uri));
}

test('one encode gives both forms: they play without a word, and hold the same packets', async () => {
  const both = await shop.encode('both', '--format', 'hls,cmaf');
  expect(both.exitCode, both.stdout + both.stderr).toBe(0);
  const title = shop.path('both');
  const cmafPlaylist = path.join(title, 'cmaf.m3u8');
  expect(both.events.at(-1)).toMatchObject({ cmafPlaylist, manifest: path.join(title, 'manifest.mpd') });
  const listed = await runMediactl(['ls', title, '--json']);
  expect(JSON.parse(listed.stdout).titles).toMatchObject([{ rungs: ['180p', '90p'], audio: ['audio-und'] }]);
  for (const master of ['master.m3u8', 'cmaf.m3u8']) {
    expect(await decode(path.join(title, master), ['-map', '0'], ['-xerror'])).toEqual({ ok: true, errors: '' });
  }
  const [ts, fragments] = [await mediaPlaylists(title, 'master.m3u8'), await mediaPlaylists(title, 'cmaf.m3u8')];
  expect(fragments).toHaveLength(3);
  for (const [i, playlist] of fragments.entries()) {
    const isAudio = playlist.includes('audio-');
    const streams = isAudio
      ? ['-bsf:a', 'aac_adtstoasc']
      : ['-bsf:v', 'h264_mp4toannexb,filter_units=remove_types=7|8|9'];
    const filters = isAudio ? [] : streams;
    const [one, other] = [await packetSums(ts[i] ?? '', streams), await packetSums(playlist, filters)];
    // The first packet of AAC in a transport stream is what the encoder warms up with.
    expect(other).toEqual(isAudio ? one.slice(1) : one);
    const { text, tags, segments } = await readMedia(playlist);
    expect([tags.get('EXT-X-VERSION'), tags.get('EXT-X-MAP')]).toEqual(['7', 'URI="init.mp4"']);
    expect(segments).toHaveLength(7);
    expect(text).toContain('00006.m4s');
  }
  expect(await fs.readFile(path.join(title, 'manifest.mpd'), 'utf8')).toContain('$Number%05d$.m4s');

  const again = await shop.encode('both', '--format', 'hls,cmaf');
  expect(again.events.at(-1)).toMatchObject({ outcome: 'unchanged' });
});

test('each byte range of an I-frame playlist is, after init.mp4, the first picture of its segment', async () => {
  const rung = (await fs.readdir(shop.path('both'))).filter((name) => name.startsWith('90p-'));
  const folders = rung.map((name) => path.join(shop.path('both'), name));
  const isCmaf = await Promise.all(folders.map((folder) => exists(path.join(folder, 'init.mp4'))));
  const folder = folders[isCmaf.indexOf(true)] ?? '';
  const { segments } = await readMedia(path.join(folder, 'iframes.m3u8'));
  expect(segments).toHaveLength(7);
  const init = await fs.readFile(path.join(folder, 'init.mp4'));
  const pictures = async (bytes: Buffer): Promise<string[]> => {
    const file = shop.path('picture.mp4');
    await fs.writeFile(file, Buffer.concat([init, bytes]));
    const args = ['-nostdin', '-v', 'quiet', '-i', file, '-f', 'framehash', '-hash', 'md5', '-'];
    const { stdout } = await run('ffmpeg', args);
    return stdout.split('\n').flatMap((line) => (/^\d/.test(line) ? [line.split(',').at(-1)?.trim() ?? ''] : []));
  };
  for (const { uri, range } of segments.filter((_, i) => i % 3 === 0)) {
    const bytes = await fs.readFile(path.join(folder, uri));
    const { offset = NaN, bytes: length = NaN } = range ?? {};
    expect(length).toBeLessThan(bytes.length);
    const alone = await pictures(bytes.subarray(offset, offset + length));
    expect(alone).toEqual((await pictures(bytes)).slice(0, 1));
  }
});

test('each form alone has the same bytes as beside the other; a form that is no longer wanted goes', async () => {
  const before = { ts: await sums(shop.path('both'), '.ts'), m4s: await sums(shop.path('both'), '.m4s') };
  const cmaf = await shop.encode('alone', '--format', 'cmaf');
  expect(cmaf.exitCode, cmaf.stderr).toBe(0);
  expect(await sums(shop.path('alone'), '.m4s')).toEqual(before.m4s);
  expect((await filesBelow(shop.path('alone'))).filter((file) => !file.includes('/'))).toEqual([
    'manifest.mpd',
    'master.m3u8',
    'mediactl.json',
  ]);

  const hls = await shop.encode('both');
  expect(hls.exitCode, hls.stderr).toBe(0);
  expect(hls.events.filter(({ type }) => type === 'segment')).toEqual([]);
  expect(await sums(shop.path('both'), '.ts')).toEqual(before.ts);
  expect((await filesBelow(shop.path('both'))).filter((file) => /m4s|mp4|mpd|cmaf/.test(file))).toEqual([]);
});

describe.skipIf(!HAS_PROC)('killed in the middle', () => {
  test('both forms go on at their chunks, and come out as they would have', async () => {
    const options = ['--format', 'hls,cmaf'];
    const whole = shop.path('whole');
    expect((await shop.encode('whole', ...options)).exitCode).toBe(0);
    const killed = shop.start(shop.args('killed', '--ffmpeg', shop.slow, ...options));
    await until('FFmpeg', async () => (await whichRuns(await killed.children(), /-f tee/)) !== undefined);
    await killed.waitFor(segmentDone('180p', 4));
    killed.child.kill('SIGKILL');
    await untilNoneLeft(killed.children);
    expect(await exists(shop.path('killed'))).toBe(false);
    const resumed = await shop.encode('killed', ...options);
    expect(resumed.exitCode, resumed.stdout + resumed.stderr).toBe(0);
    const made = resumed.events.filter(({ type }) => type === 'segment').length;
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(6 * 7);
    for (const extension of ['.ts', '.m4s', '.mp4']) {
      expect(await sums(shop.path('killed'), extension)).toEqual(await sums(whole, extension));
    }
  });
});
