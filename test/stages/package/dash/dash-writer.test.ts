import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleAudio, samplePicture, sampleRung } from '../../../../fixtures/plan.js';
import { titlePlan } from '../../../../fixtures/title.js';
import type { RenditionMeasure, Segment } from '../../../../src/model/artifact.js';
import type { PicturePlan } from '../../../../src/model/plan.js';
import { rational } from '../../../../src/model/rational.js';
import type { AudioRendition, Rendition, VideoRendition } from '../../../../src/model/rendition.js';
import { dashWriter } from '../../../../src/stages/package/dash/dash-writer.js';
import { RenditionMeter } from '../../../../src/stages/package/rendition-meter.js';
import { MPD_SCHEMA, mpdFaults, NO_MPD_SCHEMA } from '../../../support/mpd-schema.js';

let root = '';
beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'dash-'));
});
afterAll(() => fs.rm(root, { recursive: true, force: true }));

const NAMES = { init: 'init.mp4', extension: 'm4s' };

const rung = (name: string, width: number, height: number): VideoRendition => ({
  ...sampleRung(name, width, height, 800_000),
  timescale: 24_000,
});

const sound = (changes: Partial<AudioRendition> = {}): AudioRendition => ({
  ...sampleAudio(),
  timescale: 48_000,
  ...changes,
});

interface Sample {
  readonly rungs?: readonly VideoRendition[];
  readonly audio?: readonly AudioRendition[];
  readonly picture?: PicturePlan | null;
  /** Of 48 frames at 24000/1001. */
  readonly segments?: number;
  readonly bytes?: number;
  readonly change?: (segment: Segment) => Segment;
}

/** Writes the manifest of a title of 2.002 s segments whose last one has half the frames; gives its text. */
async function write(name: string, sample: Sample): Promise<string> {
  const { rungs = [], audio = [], change = (segment) => segment } = sample;
  const base = titlePlan({ rungs, audio });
  const plan = sample.picture === undefined ? base : { ...base, picture: sample.picture };
  const folder = path.join(root, name);
  const writer = dashWriter(plan, folder, NAMES);
  const measures = new Map<string, RenditionMeasure>();
  try {
    for (const rendition of plan.renditions) {
      const meter = new RenditionMeter(rendition, 2);
      for (const segment of segmentsOf(rendition, sample)) await writer.add(rendition, meter.add(change(segment)));
      measures.set(rendition.id, meter.measure(rendition.kind === 'video' ? 'avc1.64001E' : 'mp4a.40.2'));
    }
    const [artifact] = await writer.close(measures);
    const file = path.join(folder, 'manifest.mpd');
    const { size } = await fs.stat(file);
    expect(artifact).toEqual({ path: 'manifest.mpd', class: 'dash-manifest', file, bytes: size });
    return await fs.readFile(file, 'utf8');
  } finally {
    await writer.discard();
    const files = await fs.readdir(folder);
    expect(files.filter((file) => file !== 'manifest.mpd')).toEqual([]);
  }
}

function* segmentsOf(rendition: Rendition, { segments = 3, bytes = 250_000 }: Sample): Generator<Segment> {
  let audioFrames = 0;
  for (let index = 0; index < segments; index++) {
    const isLast = index === segments - 1;
    const file = `${String(index).padStart(5, '0')}.m4s`;
    const common = { rendition: rendition.id, index, file, bytes };
    if (rendition.kind === 'video') {
      const start = index * 48_048;
      const frames = isLast ? 24 : 48;
      const keyframes = [{ offset: 700, bytes: 9000, time: start }];
      yield { ...common, start, frames, duration: rational(frames * 1001, 24_000), keyframes };
    } else {
      // Cut after the frame that crosses the boundary.
      const end = Math.ceil(((isLast ? index + 0.5 : index + 1) * 96_096) / 1024);
      const [start, frames] = [audioFrames * 1024, end - audioFrames];
      audioFrames = end;
      yield { ...common, start, frames, duration: rational(frames * 1024, 48_000), keyframes: [] };
    }
  }
}

const TITLE: Sample = {
  rungs: [rung('360p', 640, 360), rung('240p', 426, 240)],
  audio: [
    sound({
      id: 'audio-de-00000002',
      language: 'de',
      label: 'Bild & Ton <beschrieben>',
      isDefault: false,
      characteristics: 'public.accessibility.describes-video',
    }),
    sound(),
  ],
};

test('pictures and two sounds, word for word', async () => {
  expect(await write('title', TITLE)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:mpeg:dash:schema:mpd:2011 DASH-MPD.xsd" profiles="urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019" type="static" mediaPresentationDuration="PT5.005S" maxSegmentDuration="PT2.005334S" minBufferTime="PT2.005334S">
      <Period id="0" start="PT0S">
        <AdaptationSet id="0" contentType="video" mimeType="video/mp4" containerProfiles="cmfc" segmentAlignment="true" startWithSAP="1" par="16:9" maxWidth="640" maxHeight="360" maxFrameRate="24000/1001" sar="1:1" frameRate="24000/1001" scanType="progressive">
          <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
          <SegmentTemplate timescale="24000" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number%05d$.m4s" startNumber="0">
            <SegmentTimeline>
              <S t="0" d="48048" r="1"/>
              <S d="24024"/>
            </SegmentTimeline>
          </SegmentTemplate>
          <Representation id="360p-00000001" codecs="avc1.64001E" bandwidth="1998002" width="640" height="360"/>
          <Representation id="240p-00000001" codecs="avc1.64001E" bandwidth="1998002" width="426" height="240"/>
        </AdaptationSet>
        <AdaptationSet id="1" contentType="audio" mimeType="audio/mp4" containerProfiles="cmfc" segmentAlignment="true" startWithSAP="1" lang="en" selectionPriority="2" audioSamplingRate="48000">
          <AudioChannelConfiguration schemeIdUri="urn:mpeg:mpegB:cicp:ChannelConfiguration" value="2"/>
          <Label>English</Label>
          <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
          <SegmentTemplate timescale="48000" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number%05d$.m4s" startNumber="0">
            <SegmentTimeline>
              <S t="0" d="96256" r="1"/>
              <S d="48128"/>
            </SegmentTimeline>
          </SegmentTemplate>
          <Representation id="audio-en-00000001" codecs="mp4a.40.2" bandwidth="1994683"/>
        </AdaptationSet>
        <AdaptationSet id="2" contentType="audio" mimeType="audio/mp4" containerProfiles="cmfc" segmentAlignment="true" startWithSAP="1" lang="de" audioSamplingRate="48000">
          <AudioChannelConfiguration schemeIdUri="urn:mpeg:mpegB:cicp:ChannelConfiguration" value="2"/>
          <Label>Bild &amp; Ton &lt;beschrieben&gt;</Label>
          <Accessibility schemeIdUri="urn:tva:metadata:cs:AudioPurposeCS:2007" value="1"/>
          <Role schemeIdUri="urn:mpeg:dash:role:2011" value="alternate"/>
          <SegmentTemplate timescale="48000" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number%05d$.m4s" startNumber="0">
            <SegmentTimeline>
              <S t="0" d="96256" r="1"/>
              <S d="48128"/>
            </SegmentTimeline>
          </SegmentTemplate>
          <Representation id="audio-de-00000002" codecs="mp4a.40.2" bandwidth="1994683"/>
        </AdaptationSet>
      </Period>
    </MPD>
    "
  `);
});

test('sound alone', async () => {
  expect(await write('sound', { audio: [sound({ language: 'und', channels: 1 })], segments: 2 }))
    .toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:mpeg:dash:schema:mpd:2011 DASH-MPD.xsd" profiles="urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019" type="static" mediaPresentationDuration="PT3.008S" maxSegmentDuration="PT2.005334S" minBufferTime="PT2.005334S">
      <Period id="0" start="PT0S">
        <AdaptationSet id="0" contentType="audio" mimeType="audio/mp4" containerProfiles="cmfc" segmentAlignment="true" startWithSAP="1" lang="und" audioSamplingRate="48000">
          <AudioChannelConfiguration schemeIdUri="urn:mpeg:mpegB:cicp:ChannelConfiguration" value="1"/>
          <Label>English</Label>
          <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
          <SegmentTemplate timescale="48000" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number%05d$.m4s" startNumber="0">
            <SegmentTimeline>
              <S t="0" d="96256"/>
              <S d="48128"/>
            </SegmentTimeline>
          </SegmentTemplate>
          <Representation id="audio-en-00000001" codecs="mp4a.40.2" bandwidth="1994681"/>
        </AdaptationSet>
      </Period>
    </MPD>
    "
  `);
});

describe('colours', () => {
  const picture = samplePicture(rational(24_000, 1001));
  const properties = async (name: string, color: PicturePlan['color']): Promise<string[]> => {
    const text = await write(name, { rungs: [rung('360p', 640, 360)], picture: { ...picture, color } });
    return [...text.matchAll(/<(\w+)Property schemeIdUri="[^"]*:(\w+)" value="(\d+)"/g)].map((match) =>
      match.slice(1).join(' '),
    );
  };

  test('BT.709 is not worth a word, other colours are told, and HDR must be understood', async () => {
    expect(await properties('hd', { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709' })).toEqual([]);
    expect(await properties('pal', { primaries: 'bt470bg', transfer: 'smpte170m', matrix: 'bt470bg' })).toEqual([
      'Supplemental ColourPrimaries 5',
      'Supplemental TransferCharacteristics 6',
      'Supplemental MatrixCoefficients 5',
    ]);
    expect(await properties('hdr', { primaries: 'bt2020', transfer: 'smpte2084', matrix: 'bt2020nc' })).toEqual([
      'Essential ColourPrimaries 9',
      'Essential TransferCharacteristics 16',
      'Essential MatrixCoefficients 9',
    ]);
  });
});

describe('what does not follow', () => {
  const write2 = async (name: string, change: (segment: Segment) => Segment): Promise<unknown> =>
    write(name, { rungs: [rung('360p', 640, 360), rung('240p', 426, 240)], change }).catch((error: unknown) => error);

  test.each([
    ['gap', (s: Segment) => (s.index === 1 ? moved(s, 1) : s), /begins at tick 48049, not 48048/],
    ['late', (s: Segment) => moved(s, 1001), /begins at tick 1001, not 0/],
    ['part-tick', (s: Segment) => ({ ...s, duration: rational(2) }), /begins at tick 48048, not 48000/],
    ['uneven', (s: Segment) => ({ ...s, duration: rational(2_000_001, 1_000_000) }), /it lasts \d+\/\d+ ticks/],
    ['unlike', (s: Segment) => (s.rendition.startsWith('240p') ? cutElsewhere(s) : s), /360p-00000001, 240p-00000001/],
  ])('%s', async (name, change, reason) => {
    expect(await write2(name, change)).toMatchObject({
      code: 'grid-broken',
      reason: expect.stringMatching(reason) as unknown,
    });
  });
});

describe('a title of ten hours', () => {
  const audio = [sound()];
  test('does not hold its timeline, and writes it whole', async () => {
    const text = await write('long', { audio, segments: 18_000 });
    const runs = [...text.matchAll(/<S (?:t="0" )?d="(\d+)"(?: r="(\d+)")?\/>/g)];
    const counted = runs.map(([, d, r = '0']) => ({ d: Number(d), count: Number(r) + 1 }));
    expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(18_000);
    const ticks = counted.reduce((sum, { d, count }) => sum + d * count, 0);
    expect(ticks).toBe(Math.ceil((17_999.5 * 96_096) / 1024) * 1024);
    expect(text.length).toBeGreaterThan(2 * 64 * 1024);
  });
});

describe('the schema of MPEG', () => {
  test.for<[string, Sample]>([
    ['valid', TITLE],
    ['valid-sound', { audio: [sound({ channels: 6 })] }],
    ['valid-odd', { rungs: [rung('360p', 640, 360)], audio: [sound({ language: 'x-ü', label: '\u0000\ud800]]>' })] }],
  ])('%s', async ([name, sample], { skip }) => {
    if (MPD_SCHEMA === null) return skip(NO_MPD_SCHEMA);
    expect(await mpdFaults(await write(name, sample), MPD_SCHEMA)).toEqual([]);
  });
});

function moved(segment: Segment, ticks: number): Segment {
  const keyframes = segment.keyframes.map((keyframe) => ({ ...keyframe, time: keyframe.time + ticks }));
  return { ...segment, start: segment.start + ticks, keyframes };
}

/** One frame less in segment 0, one more in segment 1. */
function cutElsewhere(segment: Segment): Segment {
  if (segment.index > 1) return segment;
  const frames = segment.index === 0 ? 47 : 49;
  return moved({ ...segment, frames, duration: rational(frames * 1001, 24_000) }, segment.index === 1 ? -1001 : 0);
}
