import { expect, test } from 'vitest';
import { findBox, makeBox, type Box } from '../../../src/tools/mp4/boxes.js';
import { AUDIO_ENTRY, codecsOf, originalFormat, VIDEO_ENTRY } from '../../../src/tools/mp4/codecs.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** A sample entry with these boxes in it. */
function entry(type: string, head: number, ...boxes: readonly Buffer[]): { bytes: Buffer; box: Box } {
  const bytes = makeBox(type, Buffer.alloc(head), ...boxes);
  return { bytes, box: findBox(bytes, type) ?? expect.fail() };
}

function video(type: string, ...boxes: readonly Buffer[]): string {
  const { bytes, box } = entry(type, VIDEO_ENTRY, ...boxes);
  return codecsOf(bytes, originalFormat(bytes, box), box);
}

function sound(type: string, ...boxes: readonly Buffer[]): string {
  const { bytes, box } = entry(type, AUDIO_ENTRY, ...boxes);
  return codecsOf(bytes, originalFormat(bytes, box), box);
}

/** An esds whose decoder has this object type, and this configuration. */
function esds(objectType: string, config: string): Buffer {
  const specific = Buffer.concat([
    hex(`05 80 80 80 ${(config.length / 2).toString(16).padStart(2, '0')}`),
    hex(config),
  ]);
  const decoder = Buffer.concat([hex(`${objectType} 15 000000 00017700 00017700`), specific]);
  const sized = Buffer.concat([Buffer.from([0x04, 0x80, 0x80, 0x80, decoder.length]), decoder]);
  const stream = Buffer.concat([hex('0001 00'), sized, hex('06 80 80 80 01 02')]);
  return makeBox('esds', hex('00000000'), Buffer.from([0x03, 0x80, 0x80, 0x80, stream.length]), stream);
}

test('AVC: profile, constraints and level', () => {
  expect(video('avc1', makeBox('avcC', hex('01 64 00 1f ff e1')))).toBe('avc1.64001F');
  expect(video('avc1', makeBox('avcC', hex('01 42 c0 15 ff e1')))).toBe('avc1.42C015');
});

// The examples of ISO/IEC 14496-15, annex E, and what players are given for Main and Main 10.
test.each([
  ['01 01 60000000 b00000000000 5d', 'hvc1.1.6.L93.B0'],
  ['01 02 20000000 b00000000000 78', 'hvc1.2.4.L120.B0'],
  ['01 22 20000000 900000000000 99', 'hvc1.2.4.H153.90'],
  ['01 41 80000000 000000000000 1e', 'hvc1.A1.1.L30'],
])('HEVC: %s is %s', (start, codecs) => {
  expect(video('hvc1', makeBox('hvcC', hex(start), Buffer.alloc(10)))).toBe(codecs);
});

test.each([
  ['81 04 0c 00', null, 'av01.0.04M.08'],
  ['81 08 4c 00', '0009 0010 0009 00', 'av01.0.08M.10.0.110.09.16.09.0'],
  ['81 4d ec 00', '0001 0001 0001 80', 'av01.2.13H.12.0.110.01.01.01.1'],
  ['81 04 1c 00', null, 'av01.0.04M.08.1.110.01.01.01.0'],
])('AV1: %s with colours %s is %s', (start, nclx, codecs) => {
  const colr = nclx === null ? [] : [makeBox('colr', Buffer.from('nclx'), hex(nclx))];
  expect(video('av01', makeBox('av1C', hex(start)), ...colr)).toBe(codecs);
});

test.each([
  ['40', '1210', 'mp4a.40.2'],
  ['40', '2b8a', 'mp4a.40.5'],
  ['40', 'f940', 'mp4a.40.42'],
  ['6b', '0000', 'mp4a.6b'],
])('MPEG-4 audio: object type %s with %s is %s', (objectType, config, codecs) => {
  expect(sound('mp4a', esds(objectType, config))).toBe(codecs);
});

test.each(['ac-3', 'ec-3', 'Opus', 'fLaC'])('%s is its registered name', (name) => {
  expect(sound(name)).toBe(name);
});

test('what is encrypted is what it was before', () => {
  const sinf = makeBox('sinf', makeBox('frma', Buffer.from('avc1')));
  expect(video('encv', makeBox('avcC', hex('01 64 00 28 ff e1')), sinf)).toBe('avc1.640028');
  expect(sound('enca', esds('40', '1190'), makeBox('sinf', makeBox('frma', Buffer.from('mp4a'))))).toBe('mp4a.40.2');
});

test('an entry that does not say is an error', () => {
  for (const wrong of [
    () => video('avc1'),
    () => video('avc1', makeBox('avcC', hex('01 64'))),
    () => video('encv', makeBox('avcC', hex('01 64 00 28'))),
    () => video('mp4v'),
    () => sound('mp4a', makeBox('esds', hex('00000000 04 01 00'))),
  ]) {
    expect(wrong).toThrow(expect.objectContaining({ code: 'encode-failed' }));
  }
});
