import fs from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runMediactl, type Ran } from '../run.js';
import { readMultivariant } from '../title.js';
import { fileStamps, titleFacts } from './facts.js';
import {
  encodeCommands,
  exists,
  HAS_PROC,
  segmentDone,
  SEGMENTS,
  until,
  useWorkshop,
  writeProgram,
} from './workshop.js';

/** What a second run does with a title that is there, and with what is not ours. */

const shop = useWorkshop();

/** Rendition ids of the title by name: "180p" → "180p-0a1b2c3d". */
async function renditions(output: string): Promise<Map<string, string>> {
  const names = (await fs.readdir(shop.path(output), { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return new Map(names.map(({ name }) => [name.slice(0, -9), name]));
}

function encodedRenditions({ events }: Ran): string[] {
  const ids = events.filter(({ type }) => type === 'segment').map((event) => String(event['rendition']));
  return [...new Set(ids)].map((id) => id.slice(0, -9)).toSorted();
}

describe('a finished title', () => {
  let stamps: Map<string, string>;
  let ids: Map<string, string>;

  beforeAll(async () => {
    await shop.encode('title');
    ids = await renditions('title');
    await fs.mkdir(path.join(shop.path('title'), 'mine'));
    await fs.writeFile(path.join(shop.path('title'), 'mine', 'notes.txt'), 'foreign');
    await fs.writeFile(path.join(shop.path('title'), ids.get('180p') ?? '', 'poster.jpg'), 'foreign, in our folder');
    stamps = await fileStamps(shop.path('title'));
  });

  test('unchanged: nothing is done, and it says so', async () => {
    const { exitCode, events } = await shop.encode('title');
    expect(exitCode).toBe(0);
    expect(events.at(-1)).toMatchObject({ type: 'result', outcome: 'unchanged', status: 'complete' });
    expect(encodeCommands(events)).toEqual([]);
    expect(events.filter(({ type }) => type === 'segment')).toEqual([]);
    expect(await fileStamps(shop.path('title'))).toEqual(stamps);
    expect(await exists(shop.path('.title.mediactl'))).toBe(false);
  });

  test('other sound: the pictures stay, the old sound goes, foreign files stay', async () => {
    const ladder = path.join(shop.folder, 'other-sound.json');
    const text = JSON.parse(await fs.readFile(shop.ladder, 'utf8')) as object;
    await fs.writeFile(ladder, JSON.stringify({ ...text, audio: { bitrate: '64k' } }));
    const ran = await shop.encode('title', '--ladder', ladder);
    expect(ran.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded' });
    expect(encodedRenditions(ran)).toEqual(['audio-und']);

    const after = await fileStamps(shop.path('title'));
    const now = await renditions('title');
    expect(now.get('180p')).toBe(ids.get('180p'));
    expect(now.get('audio-und')).not.toBe(ids.get('audio-und'));
    const isKept = (file: string): boolean => /^(180p|90p)-[0-9a-f]{8}\/(\d+\.ts|poster\.jpg)$|^mine\//.test(file);
    const kept = [...stamps].filter(([file]) => isKept(file));
    expect(kept.length).toBe(2 * SEGMENTS + 2);
    for (const [file, stamp] of kept) expect([file, after.get(file)]).toEqual([file, stamp]);
    const old = ids.get('audio-und') ?? '';
    expect([...after.keys()].filter((file) => file.startsWith(`${old}/`))).toEqual([]);
    const { media } = await readMultivariant(path.join(shop.path('title'), 'master.m3u8'));
    expect(media.map(({ uri }) => uri)).toEqual([`${now.get('audio-und')}/index.m3u8`]);
    // Playlists and record count their files right: the title is whole again.
    expect((await shop.encode('title', '--ladder', ladder)).events.at(-1)).toMatchObject({ outcome: 'unchanged' });
  });

  test('another encoder preset: pictures anew under new names, sound stays', async () => {
    await shop.encode('preset');
    const before = await renditions('preset');
    const ran = await shop.encode('preset', '--encoder-preset', 'superfast');
    expect(encodedRenditions(ran)).toEqual(['180p', '90p']);
    const after = await renditions('preset');
    expect(after.get('audio-und')).toBe(before.get('audio-und'));
    expect([...after.values()].toSorted()).not.toEqual([...before.values()].toSorted());
    expect(after.size).toBe(3);
  });

  test('fewer rungs: nothing is encoded, what is no longer wanted goes', async () => {
    const ran = await shop.encode('preset', '--encoder-preset', 'superfast', '--only', '90p');
    expect(ran.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded' });
    expect(encodedRenditions(ran)).toEqual([]);
    expect([...(await renditions('preset')).keys()].toSorted()).toEqual(['90p', 'audio-und']);
  });

  test.each([
    ['touched', [], async (file: string): Promise<void> => fs.utimes(file, new Date(), new Date())],
    ['replaced', ['--force'], async (file: string): Promise<void> => fs.appendFile(file, Buffer.alloc(1000))],
  ] as const)('a source that was %s is encoded anew; no old name is used again', async (_, force, change) => {
    const source = path.join(shop.folder, 'changing.mp4');
    await fs.copyFile(shop.source, source);
    const args = ['encode', source, '--ladder', shop.ladder, '-o', shop.path('changing'), '--json'];
    await runMediactl(args);
    const before = await renditions('changing');
    await change(source);
    const ran = await runMediactl([...args, ...force]);
    expect(ran.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded' });
    const after = await renditions('changing');
    expect([...after.keys()].toSorted()).toEqual(['180p', '90p', 'audio-und']);
    expect([...after.values()].filter((id) => [...before.values()].includes(id))).toEqual([]);
  });

  test('a damaged one is mended without encoding what is right', async () => {
    const whole = await titleFacts(shop.path('changing'));
    const id = (await renditions('changing')).get('180p') ?? '';
    await fs.truncate(path.join(shop.path('changing'), id, '00004.ts'), 188);
    const source = path.join(shop.folder, 'changing.mp4');
    const ran = await runMediactl(['encode', source, '--ladder', shop.ladder, '-o', shop.path('changing'), '--json']);
    expect(ran.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded' });
    expect(encodedRenditions(ran)).toEqual(['180p']);
    expect(await titleFacts(shop.path('changing'))).toEqual(whole);
  });
});

describe('what is not ours', () => {
  test('files of others in the folder stay as they are', async () => {
    await fs.mkdir(path.join(shop.path('shared'), 'old'), { recursive: true });
    await fs.writeFile(path.join(shop.path('shared'), 'old', 'index.m3u8'), 'foreign');
    await fs.writeFile(path.join(shop.path('shared'), 'poster.jpg'), 'foreign');
    const before = await fileStamps(shop.path('shared'));
    expect((await shop.encode('shared')).exitCode).toBe(0);
    const after = await fileStamps(shop.path('shared'));
    expect([...before].filter(([file, stamp]) => after.get(file) !== stamp)).toEqual([]);
  });

  test.each(['master.m3u8', 'mediactl.json'])('a foreign %s is refused before anything is encoded', async (name) => {
    await fs.mkdir(shop.path(`foreign-${name}`));
    await fs.writeFile(path.join(shop.path(`foreign-${name}`), name), '{"name": "somebody else’s"}');
    const { exitCode, events } = await shop.encode(`foreign-${name}`);
    expect(exitCode).toBe(6);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'output-not-ours' });
    expect(encodeCommands(events)).toEqual([]);
    expect(await fs.readdir(shop.path(`foreign-${name}`))).toEqual([name]);
    expect(await exists(shop.path(`.foreign-${name}.mediactl`))).toBe(false);
  });

  test('a file where the folder should be, or above it', async () => {
    await fs.writeFile(shop.path('file'), 'foreign');
    for (const output of ['file', 'file/below']) {
      const { exitCode, events } = await shop.encode(output);
      expect(exitCode).toBe(6);
      expect(events.at(-1)).toMatchObject({ type: 'error', code: 'output-not-a-folder' });
    }
    expect(await fs.readFile(shop.path('file'), 'utf8')).toBe('foreign');
  });
});

describe.skipIf(!HAS_PROC)('two runs on one destination', () => {
  test('the second is told who holds it; after kill -9 it is free at once', async () => {
    const first = shop.start(shop.args('busy', '--ffmpeg', shop.slow));
    await first.waitFor(segmentDone('180p', 0));
    // Suspended, so that it cannot end before the second looks: it holds the folder all the same.
    first.child.kill('SIGSTOP');
    const second = await shop.encode('busy');
    expect(second.exitCode).toBe(7);
    const error = second.events.at(-1);
    expect(error).toMatchObject({ type: 'error', code: 'output-busy' });
    expect(error?.['reason']).toContain(`process ${first.pid}`);
    expect(error?.['reason']).toContain('mediactl encode');

    first.child.kill('SIGKILL');
    await until('all its processes are gone', async () => (await first.children()).length === 0);
    const third = await shop.encode('busy');
    expect(third.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded' });
  });

  test('one that had planned when another finished does not go by what it saw before', async () => {
    const preload = new URL('./wait-before-lock.mjs', import.meta.url).href;
    const free = shop.path('free');
    const env = { NODE_OPTIONS: `--import ${preload}`, WAIT_FOR: free };
    const late = shop.start(shop.args('race'), { env });
    await until('it wants the lock', () => exists(`${free}.wanted`));
    expect((await shop.encode('race')).events.at(-1)).toMatchObject({ outcome: 'encoded' });
    const stamps = await fileStamps(shop.path('race'));
    await fs.writeFile(free, '');
    expect((await late.done).events.at(-1)).toMatchObject({ type: 'result', outcome: 'unchanged' });
    expect(await fileStamps(shop.path('race'))).toEqual(stamps);
    expect(await exists(shop.path('.race.mediactl'))).toBe(false);
  });

  test('one whose probe is slow while another publishes takes the title for what it is: made, and ours', async () => {
    const free = shop.path('probed');
    const patient = shop.path('patient-ffprobe');
    const wait = `touch '${free}.wanted'; until [ -e '${free}' ]; do sleep 0.05; done`;
    await writeProgram(patient, `#!/bin/sh\n${wait}\nexec ffprobe "$@"\n`);
    const late = shop.start(shop.args('slow-probe', '--ffprobe', patient));
    await until('it probes', () => exists(`${free}.wanted`));
    expect((await shop.encode('slow-probe')).events.at(-1)).toMatchObject({ outcome: 'encoded' });
    const stamps = await fileStamps(shop.path('slow-probe'));
    await fs.writeFile(free, '');
    expect((await late.done).events.at(-1)).toMatchObject({ type: 'result', outcome: 'unchanged' });
    expect(await fileStamps(shop.path('slow-probe'))).toEqual(stamps);
    expect(await exists(shop.path('.slow-probe.mediactl'))).toBe(false);
  });

  test('several at once: one makes the title, the others are told or find it made', async () => {
    const runs = await Promise.all([shop.encode('at-once'), shop.encode('at-once'), shop.encode('at-once')]);
    const ends = runs.map(({ events }) => String(events.at(-1)?.['outcome'] ?? events.at(-1)?.['code']));
    expect(ends.filter((end) => end === 'encoded')).toHaveLength(1);
    expect(ends.filter((end) => !['encoded', 'unchanged', 'output-busy'].includes(end))).toEqual([]);
  });
});
