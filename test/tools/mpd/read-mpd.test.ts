import { describe, expect, test } from 'vitest';
import { readMpd } from '../../../src/tools/mpd/read-mpd.js';
import { MpdFault, tagsOf } from '../../../src/tools/mpd/xml-tags.js';

const TEMPLATE =
  '<SegmentTemplate timescale="24000" initialization="i/$RepresentationID$.mp4" media="$RepresentationID$/$$-$Bandwidth$-$Number%03d$.m4s" startNumber="7">';
const mpd = (set: string, attributes = 'type="static"'): string =>
  `<?xml version="1.0"?>\n<!-- <not a="tag"> -->\n<MPD ${attributes}><Period>${set}</Period></MPD>\n`;
const set = (timeline: string): string =>
  `<AdaptationSet id="0" contentType="video"><Label>a &lt; b</Label>${TEMPLATE}<SegmentTimeline>${timeline}</SegmentTimeline></SegmentTemplate><Representation id="r" bandwidth="9" codecs="avc1"/></AdaptationSet>`;

describe('a manifest', () => {
  test('is read', () => {
    const attributes = `type='static' mediaPresentationDuration="P1DT1H2M3.5S" maxSegmentDuration="PT6S"`;
    const { sets, ...whole } = readMpd(mpd(set('<S t="0" d="48" r="1"/>\n<S d="24"/><S t="200" d="1"/>'), attributes));
    expect(whole).toEqual({
      type: 'static',
      micros: (25 * 3600 + 123.5) * 1e6,
      maxSegmentMicros: 6e6,
      minBufferMicros: null,
    });
    expect(sets).toMatchObject([{ id: '0', contentType: 'video', language: null, timescale: 24_000, startNumber: 7 }]);
    expect([...(sets[0]?.timeline() ?? [])]).toEqual([
      { number: 7, start: 0, ticks: 48 },
      { number: 8, start: 48, ticks: 48 },
      { number: 9, start: 96, ticks: 24 },
      { number: 10, start: 200, ticks: 1 },
    ]);
    const [member] = sets[0]?.representations ?? [];
    expect(member).toMatchObject({ id: 'r', bandwidth: 9, codecs: 'avc1', init: 'i/r.mp4' });
    expect([member?.segment(7), member?.segment(12345)]).toEqual(['r/$-9-007.m4s', 'r/$-9-12345.m4s']);
  });

  test.each([
    ['nothing', '', 'not an MPD with one Period'],
    ['another document', '<html></html>', 'not an MPD with one Period'],
    ['two periods', '<MPD><Period/><Period/></MPD>', 'not an MPD with one Period'],
    ['cut short', '<MPD><Period>', 'MPD/Period is not closed'],
    ['crossed', '<MPD><Period></MPD></Period>', 'Period is closed by MPD'],
    ['no XML', '<MPD a=1/>', 'no XML after character 0'],
    ['twice', '<MPD a="1" a="2"/>', 'a is said twice'],
    ['an entity of its own', '<MPD a="&x;"/>', '"&x;" is no character'],
    ['an ampersand', '<MPD a="a & b"/>', '"& b" is no character'],
    ['a document type', '<!DOCTYPE MPD [<!ENTITY x "y">]><MPD/>', 'no XML after character 0'],
    [
      'no timeline',
      mpd(`<AdaptationSet id="0">${TEMPLATE}</SegmentTemplate></AdaptationSet>`),
      'has no SegmentTimeline',
    ],
    ['a duration of its own', mpd('', 'minBufferTime="6 s"'), '"6 s" is not a duration'],
  ])('%s is none', (_, text, message) => {
    expect(() => readMpd(text)).toThrow(MpdFault);
    expect(() => readMpd(text)).toThrow(message);
  });

  test.each([
    ['<S t="0"/>', 'an S element without a duration'],
    ['<S d="-1"/>', 'd="-1" is not a whole number'],
    ['<S d="1" r="-1"/>', 'r="-1" is not a whole number'],
    ['<X/>', 'X stands in a SegmentTimeline'],
  ])('with the timeline %s is none', (timeline, message) => {
    expect(() => [...(readMpd(mpd(set(timeline))).sets[0]?.timeline() ?? [])]).toThrow(message);
  });
});

test('attributes mean what they meant before they were written', () => {
  const text = `<a b="&amp;&lt;&gt;&quot;&apos;&#10;&#x1F600;" c='"'/>`;
  expect([...tagsOf(text)]).toEqual([
    {
      kind: 'empty',
      name: 'a',
      attributes: new Map([
        ['b', '&<>"\'\n😀'],
        ['c', '"'],
      ]),
      end: text.length,
    },
  ]);
});
