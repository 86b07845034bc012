import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkTitle } from '../../../src/stages/verify/check-title.js';
import { SEGMENT_BYTES, writeTitle } from './written-title.js';

let folder = '';
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'check-mpd-'));
  const name = (index: number): string => `${String(index).padStart(5, '0')}.m4s`;
  await writeTitle(folder, { segments: 3, rungs: ['high', 'low'], name, tags: '#EXT-X-MAP:URI="init.mp4"\n' });
  for (const rung of ['high', 'low']) await edit(`${rung}/index.m3u8`, 'EXT-X-VERSION:3', 'EXT-X-VERSION:7');
  await fs.writeFile(path.join(folder, 'manifest.mpd'), MPD);
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

const RATE = SEGMENT_BYTES * 4;
const MPD = `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT6S" maxSegmentDuration="PT2S" minBufferTime="PT2S">
  <Period>
    <AdaptationSet id="0" contentType="video">
      <SegmentTemplate timescale="24" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number%05d$.m4s" startNumber="0">
        <SegmentTimeline>
          <S t="0" d="48" r="2"/>
        </SegmentTimeline>
      </SegmentTemplate>
      <Representation id="high" bandwidth="${RATE}" codecs="avc1.64001F"/>
      <Representation id="low" bandwidth="${RATE}" codecs="avc1.64001F"/>
    </AdaptationSet>
  </Period>
</MPD>
`;

async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
  const before = await fs.readFile(path.join(folder, file), 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  await fs.writeFile(path.join(folder, file), after);
}

async function findings(): Promise<string[]> {
  const found = await checkTitle(folder, 'master.m3u8', { sizeOf: () => Promise.resolve(SEGMENT_BYTES) });
  return found.map(({ severity, code, path: where, message }) => `${severity} ${code} ${where}: ${message}`);
}

test('says nothing of a manifest that agrees with the playlists, and nothing where there is none', async () => {
  expect(await findings()).toEqual([]);
  await fs.rm(path.join(folder, 'manifest.mpd'));
  expect(await findings()).toEqual([]);
});

test('says nothing where it is the manifest of another form of the title', async () => {
  for (const rung of ['high', 'low']) {
    for (const list of ['index', 'iframes']) await edit(`${rung}/${list}.m3u8`, /m4s/g, 'ts');
    await edit(`${rung}/index.m3u8`, /#EXT-X-MAP.*\n/, '');
  }
  expect(await findings()).toEqual([]);
});

const members = ['high', 'low'];
const differs = (message: string): string[] =>
  members.map((rung) => `error mpd-differs manifest.mpd: ${rung}: ${message.replaceAll('RUNG', rung)}`);

test.each<[what: string, from: string | RegExp, to: string, found: readonly string[]]>([
  ['cut short', /<\/Period>[^]*/, '', ['error mpd-syntax manifest.mpd: MPD/Period is not closed']],
  ['live', 'static', 'dynamic', ['error mpd-not-static manifest.mpd: its type is dynamic, not static']],
  ['one segment less', 'r="2"', 'r="1"', differs('RUNG/index.m3u8 lists more segments')],
  ['one more', 'r="2"', 'r="3"', differs('RUNG/index.m3u8 lists fewer segments')],
  [
    'an overlap',
    '<S t="0" d="48" r="2"/>',
    '<S t="0" d="48"/><S t="47" d="48" r="1"/>',
    differs('segment 1 begins at tick 47, not 48'),
  ],
  [
    'another length',
    '<S t="0" d="48" r="2"/>',
    '<S t="0" d="48"/><S d="47"/><S d="49"/>',
    [...differs('segment 1 ends at 3.958333 s, in RUNG/index.m3u8 at 4 s')],
  ],
  [
    'another initialization segment',
    'init.mp4',
    'start.mp4',
    differs('its initialization segment is RUNG/start.mp4, in its playlist RUNG/init.mp4'),
  ],
  [
    'other files',
    'id="low"',
    'id="lower"',
    [
      'error mpd-stray manifest.mpd: lower is in no playlist',
      'error mpd-incomplete manifest.mpd: it does not have what low/index.m3u8 lists',
    ],
  ],
  [
    'longer segments than it says',
    'maxSegmentDuration="PT2S"',
    'maxSegmentDuration="PT1.9S"',
    members.map((rung) => `error mpd-max-segment manifest.mpd: a segment of ${rung} lasts 2 s, over the most of 1.9 s`),
  ],
  ['another end', 'PT6S', 'PT6.1S', ['error mpd-length-wrong manifest.mpd: it lasts 6.1 s, high/index.m3u8 6 s']],
  [
    'no end',
    'mediaPresentationDuration="PT6S"',
    '',
    ['error mpd-duration-missing manifest.mpd: it does not say mediaPresentationDuration'],
  ],
  [
    'another bit rate',
    `id="low" bandwidth="${RATE}"`,
    `id="low" bandwidth="${RATE * 2}"`,
    [`error bandwidth-wrong manifest.mpd: low says bandwidth ${RATE * 2}, its files give ${RATE}`],
  ],
  [
    'another codec',
    'codecs="avc1.64001F"/>\n      <R',
    'codecs="hvc1"/>\n      <R',
    ['error codecs-wrong manifest.mpd: high is said to be hvc1, in playlists "avc1.64001F"'],
  ],
])('%s', async (_, from, to, found) => {
  await edit('manifest.mpd', from, to);
  expect(await findings()).toEqual(found);
});
