import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { decode } from '../support/ffprobe.js';
import { exists, useWorkshop } from './robust/workshop.js';
import { runMediactl, type Ran } from './run.js';
import { brokenRules, seeTitle } from './title-rules.js';
import { filesBelow, readMultivariant } from './title.js';

/** `mediactl package`: the real program, what its segments are, and what FFmpeg reads of them. */

const run = promisify(execFile);
const DIE_AT_WRITE = pathToFileURL(fileURLToPath(new URL('die-at-write.mjs', import.meta.url))).href;
const shop = useWorkshop();

beforeAll(async () => {
  for (const format of ['hls', 'cmaf']) {
    const { exitCode, stdout, stderr } = await shop.encode(format, '--format', format);
    if (exitCode !== 0) throw new Error(`encode ended with ${exitCode}\n${stdout}\n${stderr}`);
  }
});

function pack(from: string, to: string, ...more: readonly string[]): Promise<Ran> {
  return runMediactl(['package', shop.path(from), '-o', shop.path(to), '--json', ...more]);
}

/** Checksums of the segments and initialization segments, by their names without versions. */
async function sums(name: string, pattern = /\.(ts|m4s|mp4)$/): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const file of await filesBelow(shop.path(name))) {
    if (!pattern.test(file)) continue;
    const bytes = await fs.readFile(path.join(shop.path(name), file));
    all[file.replace(/-[0-9a-f]{8}\//, '/')] = createHash('md5').update(bytes).digest('hex');
  }
  return all;
}

/** Size and checksum of each packet of the audio of a title. */
async function soundPackets(name: string): Promise<string[]> {
  const { media } = await readMultivariant(path.join(shop.path(name), 'master.m3u8'));
  const playlist = path.join(shop.path(name), media[0]?.uri ?? '');
  const copy = ['-map', '0', '-c', 'copy', '-bsf:a', 'aac_adtstoasc', '-f', 'framehash', '-hash', 'md5', '-'];
  const { stdout } = await run('ffmpeg', ['-nostdin', '-v', 'error', '-i', playlist, ...copy]);
  return stdout.split('\n').flatMap((line) => (/^\d/.test(line) ? [line.split(',')[5]?.trim() ?? ''] : []));
}

async function plays(name: string, master = 'master.m3u8'): Promise<void> {
  const playlist = path.join(shop.path(name), master);
  expect(await decode(playlist, ['-map', '0'], ['-xerror'])).toEqual({ ok: true, errors: '' });
}

test('MPEG-TS becomes CMAF, to the byte as it is encoded, and MPEG-TS again', async () => {
  const ran = await pack('hls', 'to-cmaf');
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
  expect(ran.events.at(-1)).toMatchObject({ outcome: 'packaged', status: 'complete' });
  expect(ran.events.at(-1)?.['manifest']).toBe(path.join(shop.path('to-cmaf'), 'manifest.mpd'));
  expect(await sums('to-cmaf')).toEqual(await sums('cmaf'));
  for (const file of ['master.m3u8', 'manifest.mpd']) {
    const [ours, encoded] = await Promise.all(
      ['to-cmaf', 'cmaf'].map(async (name) => fs.readFile(path.join(shop.path(name), file), 'utf8')),
    );
    expect(ours?.replaceAll(/-[0-9a-f]{8}\b/g, '')).toBe(encoded?.replaceAll(/-[0-9a-f]{8}\b/g, ''));
  }
  await plays('to-cmaf');

  const back = await pack('to-cmaf', 'back', '--format', 'hls');
  expect(back.exitCode, back.stdout + back.stderr).toBe(0);
  expect(await sums('back', /\d+p-.*\.ts$/)).toEqual(await sums('hls', /\d+p-.*\.ts$/));
  // What the encoder of AAC gives before the title's 0 is not in CMAF.
  expect(await soundPackets('back')).toEqual((await soundPackets('hls')).slice(1));
  expect(await brokenRules(await seeTitle(shop.path('back'), '25'))).toEqual([]);
});

test('a title in both forms: what is there stays as it is, the rest is written', async () => {
  for (const from of ['hls', 'cmaf']) {
    const both = await pack(from, `both-of-${from}`, '--format', 'hls,cmaf');
    expect(both.exitCode, both.stdout + both.stderr).toBe(0);
    expect(await sums(`both-of-${from}`)).toMatchObject(await sums(from));
    for (const master of ['master.m3u8', 'cmaf.m3u8']) await plays(`both-of-${from}`, master);
  }
  expect(await sums('both-of-hls', /\.(m4s|mp4)$/)).toEqual(await sums('cmaf'));

  const same = await pack('hls', 'same', '--format', 'hls');
  expect(same.exitCode, same.stdout + same.stderr).toBe(0);
  expect((await filesBelow(shop.path('same'))).toSorted()).toEqual((await filesBelow(shop.path('hls'))).toSorted());
});

test('the record says of which title it was made, and how its tracks came out; again there is nothing to do', async () => {
  const read = async (name: string): Promise<Record<string, unknown>> =>
    JSON.parse(await fs.readFile(path.join(shop.path(name), 'mediactl.json'), 'utf8')) as Record<string, unknown>;
  const first = await pack('hls', 'recorded');
  expect(first.exitCode, first.stdout + first.stderr).toBe(0);
  const [made, source] = [await read('recorded'), await read('hls')];
  expect(made['packagedFrom']).toEqual({
    name: 'hls',
    finishedAt: source['finishedAt'],
    planKey: source['planKey'],
  });
  expect(made['account']).toEqual(source['account']);
  expect(made['source']).toEqual(source['source']);
  const again = await pack('hls', 'recorded');
  expect(again.events.at(-1)).toMatchObject({ outcome: 'unchanged' });
});

describe('killed while it writes', () => {
  test('goes on at its chunks, and comes out as it would have', async () => {
    const env = { NODE_OPTIONS: `--import ${DIE_AT_WRITE}`, DIE_AT: '16' };
    const to = ['-o', shop.path('killed'), '--format', 'hls,cmaf', '--json'];
    const killed = await runMediactl(['package', shop.path('hls'), ...to], { env });
    expect(killed.signal).toBe('SIGKILL');
    expect(await exists(shop.path('killed'))).toBe(false);
    const resumed = await runMediactl(['package', shop.path('hls'), ...to]);
    expect(resumed.exitCode, resumed.stdout + resumed.stderr).toBe(0);
    expect(resumed.events.find(({ type }) => type === 'start')).toMatchObject({ resumed: true });
    expect(resumed.events.filter(({ type }) => type === 'segment').length).toBeLessThan(6 * 7);
    expect(await sums('killed')).toEqual(await sums('both-of-hls'));
  });
});

describe('what does not fit is refused by its name, and nothing is published', () => {
  const refused = async (
    name: string,
    spoil: (folder: string) => Promise<void>,
    ...more: readonly string[]
  ): Promise<Record<string, unknown>> => {
    await fs.cp(shop.path('hls'), shop.path(name), { recursive: true, preserveTimestamps: true });
    await spoil(shop.path(name));
    const { exitCode, events, stdout, stderr } = await pack(name, `of-${name}`, ...more);
    expect(exitCode, stdout + stderr).not.toBe(0);
    expect(await exists(shop.path(`of-${name}`))).toBe(false);
    return events.at(-1) ?? {};
  };
  const segment = async (folder: string): Promise<string> =>
    path.join(folder, (await filesBelow(folder)).find((file) => /180p-.*00003\.ts$/.test(file)) ?? '');

  test('a byte that has changed', async () => {
    const error = await refused('changed', async (folder) => {
      const file = await segment(folder);
      const bytes = await fs.readFile(file);
      bytes[1000] = (bytes[1000] ?? 0) ^ 1;
      await fs.writeFile(file, bytes);
    });
    expect(error).toMatchObject({ code: 'input-unreadable', exitCode: 3 });
    expect(error['message']).toMatch(/180p-[0-9a-f]{8}\/00003\.ts of the title .*changed is damaged/);
  });

  test('a segment that is missing', async () => {
    const error = await refused('missing', async (folder) => fs.rm(await segment(folder)));
    expect(error).toMatchObject({ code: 'input-truncated', exitCode: 3 });
    expect(error['reason']).toMatch(/180p-[0-9a-f]{8}\/00003\.ts is missing or has changed/);
  });

  test('a folder without a record, a title onto itself, a run without a place', async () => {
    const foreign = await refused('foreign', (folder) => fs.rm(path.join(folder, 'mediactl.json')));
    expect(foreign).toMatchObject({ code: 'input-unsupported', exitCode: 3 });
    expect((await pack('hls', 'hls')).events.at(-1)).toMatchObject({ code: 'usage', exitCode: 2 });
    const nowhere = await runMediactl(['package', shop.path('hls'), '--json']);
    expect(nowhere.events.at(-1)).toMatchObject({ code: 'usage', exitCode: 2 });
  });
});
