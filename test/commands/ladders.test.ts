import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ladders } from '../../src/commands/ladders.js';

const NOTHING = { name: null, json: false, schema: false, inForce: { ladder: 'vod', where: null }, cwd: tmpdir() };

test('a table of all ladders that fits 80 columns', async () => {
  const lines = (await ladders(NOTHING)).split('\n');
  expect(lines).toEqual([
    'ladder         segment  rungs          rate control   for',
    'live           2 s      240p to 1080p  capped CRF 23  Short segments for a short delay.',
    'long-form      10 s     240p to 1080p  capped CRF 22  Films and archives: few, long segments.',
    'vod (default)  6 s      240p to 1080p  capped CRF 22  Video on demand: right for most titles.',
    'vod-4k         6 s      240p to 2160p  capped CRF 22  Video on demand up to 2160p.',
  ]);
});

test('a ladder that a settings file chose is in use, and not the default', async () => {
  const builtIn = await ladders({ ...NOTHING, inForce: { ladder: 'live', where: '/home/ed/.mediactlrc.json' } });
  expect(builtIn).toMatch(/^live \(in use\) /m);
  expect(builtIn).not.toContain('default');
  expect(builtIn).toMatch(/\n\nin use: live, chosen by \/home\/ed\/\.mediactlrc\.json$/);
  const file = await ladders({ ...NOTHING, inForce: { ladder: '/home/ed/my.json', where: 'MEDIACTL_LADDER' } });
  expect(file).toMatch(/\n\nin use: \/home\/ed\/my\.json, chosen by MEDIACTL_LADDER$/);
});

test('one ladder in detail', async () => {
  expect(await ladders({ ...NOTHING, name: 'long-form' })).toBe(`long-form: Films and archives: few, long segments.

segment       10 s, a keyframe every 2 s
video         h264 by libx264 (preset=medium, profile=high), up to 60 fps
rate control  capped CRF 22, buffer of 2 s
audio         aac by aac (profile=aac_low), 128 kb/s, 48 kHz, stereo

rung   short side  at most
240p   240         300 kb/s
360p   360         800 kb/s
480p   480         1.40 Mb/s
720p   720         2.80 Mb/s
1080p  1080        5.00 Mb/s

note: segments of 10 s: players expect 6 s; longer ones start slower and switch quality later`);
});

test('a ladder file is shown, and escape sequences in it are not', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'mediactl-ladders-'));
  const video = { rateControl: { mode: 'abr' }, rungs: [{ name: 'only', shortSide: 240, bitrate: 300_500 }] };
  const content = { name: 'mine', description: '\u001b]0;x', segment: { seconds: 4 }, video, audio: { channels: 1 } };
  await writeFile(join(cwd, 'mine.json'), JSON.stringify(content));
  const text = await ladders({ ...NOTHING, name: 'mine.json', cwd });
  expect(text.split('\n')[0]).toBe('mine: \\x1b]0;x');
  expect(text).toContain('rate control  average, peak × 1.5, buffer of 2 s');
  expect(text).toContain('48 kHz, mono');
  expect(text).toContain('rung  short side  average\nonly  240         301 kb/s');
  expect(text).not.toContain('note:');
  await rm(cwd, { recursive: true });
});

test('JSON: an array of all, or the one', async () => {
  const all: unknown = JSON.parse(await ladders({ ...NOTHING, json: true }));
  const one: unknown = JSON.parse(await ladders({ ...NOTHING, json: true, name: 'live' }));
  expect(all).toHaveLength(4);
  expect(all).toContainEqual(one);
  expect(one).toMatchObject({ name: 'live', segment: { seconds: 2 }, audio: { bitrate: 128_000 } });
});

test('the JSON Schema of ladder files', async () => {
  const schema: unknown = JSON.parse(await ladders({ ...NOTHING, schema: true }));
  expect(schema).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    required: ['name', 'segment', 'video'],
    additionalProperties: false,
  });
});

test('an unknown name is an error of the configuration', async () => {
  await expect(ladders({ ...NOTHING, name: 'vodd' })).rejects.toMatchObject({ code: 'config', exitCode: 2 });
});
