import { colorCodes } from '../../model/color-codes.js';
import type { OutputColor } from '../../model/plan.js';
import type { AacFormat, AvcParameters } from '../coded/coded-segment.js';
import { writeAvcConfig } from '../h264/avcc.js';
import { writeEsds } from './audio-config.js';
import { makeBox, makeFullBox, u32 } from './boxes.js';
import { FTYP } from './init.js';
import { TRACK } from './write-fragment.js';

/** The one track that an initialization segment describes. */
export type InitTrack =
  | {
      readonly kind: 'video';
      readonly timescale: number;
      readonly width: number;
      readonly height: number;
      readonly parameters: AvcParameters;
      /** Null: the box about it is left out. */
      readonly color: OutputColor | null;
    }
  | {
      readonly kind: 'audio';
      readonly timescale: number;
      readonly format: AacFormat;
      /** Bits a second. */
      readonly bitrate: number;
    };

/** To the byte what makeInit makes of FFmpeg's header for the same stream. Throws RangeError for parameters that are not sound. */
export function writeInit(track: InitTrack): Buffer {
  const size = track.kind === 'video' ? [track.width * 65536, track.height * 65536] : [0, 0];
  const volume = track.kind === 'audio' ? 0x0100_0000 : 0;
  const mvhd = makeFullBox(
    'mvhd',
    0,
    0,
    u32(0, 0, 1000, 0, 0x10000),
    u32(0x0100_0000, 0, 0),
    MATRIX,
    u32(0, 0, 0, 0, 0, 0, 2),
  );
  const group = track.kind === 'audio' ? 1 : 0;
  const tkhd = makeFullBox('tkhd', 0, 3, u32(0, 0, TRACK, 0, 0, 0, 0, group, volume), MATRIX, u32(...size));
  const mdhd = makeFullBox('mdhd', 0, 0, u32(0, 0, track.timescale, 0, 0x55c4_0000));
  const mdia = makeBox('mdia', mdhd, handler(track), minf(track));
  const mvex = makeBox('mvex', makeFullBox('trex', 0, 0, u32(TRACK, 1, 0, 0, 0)));
  return Buffer.concat([FTYP, makeBox('moov', mvhd, makeBox('trak', tkhd, mdia), mvex)]);
}

/** No turning. */
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000);

function handler({ kind }: InitTrack): Buffer {
  const [type, name] = { video: ['vide', 'VideoHandler'], audio: ['soun', 'SoundHandler'] }[kind];
  return makeFullBox('hdlr', 0, 0, u32(0), Buffer.from(`${type}${'\0'.repeat(12)}${name}\0`, 'latin1'));
}

function minf(track: InitTrack): Buffer {
  const head =
    track.kind === 'video' ? makeFullBox('vmhd', 0, 1, Buffer.alloc(8)) : makeFullBox('smhd', 0, 0, Buffer.alloc(4));
  const dinf = makeBox('dinf', makeFullBox('dref', 0, 0, u32(1), makeFullBox('url ', 0, 1)));
  const empty = ['stts', 'stsc'].map((type) => makeFullBox(type, 0, 0, u32(0)));
  const tables = [
    makeFullBox('stsd', 0, 0, u32(1), entry(track)),
    ...empty,
    makeFullBox('stsz', 0, 0, u32(0, 0)),
    makeFullBox('stco', 0, 0, u32(0)),
  ];
  return makeBox('minf', head, dinf, makeBox('stbl', ...tables));
}

function entry(track: InitTrack): Buffer {
  switch (track.kind) {
    case 'video': {
      const { width, height, parameters, color } = track;
      const fields = Buffer.alloc(78);
      fields.writeUInt16BE(1, 6);
      fields.writeUInt16BE(width, 24);
      fields.writeUInt16BE(height, 26);
      // 72 dots an inch, one frame a sample, 24 bits a pixel.
      fields.writeUInt32BE(0x48_0000, 28);
      fields.writeUInt32BE(0x48_0000, 32);
      fields.writeUInt16BE(1, 40);
      fields.set([0, 24, 0xff, 0xff], 74);
      const avcC = makeBox('avcC', writeAvcConfig(parameters));
      return makeBox('avc1', fields, avcC, ...colorBox(color), makeBox('pasp', u32(1, 1)));
    }
    case 'audio': {
      const { format, bitrate, timescale } = track;
      const fields = Buffer.alloc(28);
      fields.writeUInt16BE(1, 6);
      // Template values (ISO/IEC 14496-14, 5.6): what counts is in esds.
      fields.writeUInt16BE(2, 16);
      fields.writeUInt16BE(16, 18);
      fields.writeUInt16BE(timescale > 0xffff ? 0 : timescale, 24);
      return makeBox('mp4a', fields, writeEsds(format, bitrate));
    }
  }
}

/** ISO/IEC 14496-12, 12.1.5; limited range. */
function colorBox(color: OutputColor | null): Buffer[] {
  const { primaries, transfer, matrix } = color ? colorCodes(color) : {};
  if (primaries === undefined || transfer === undefined || matrix === undefined) return [];
  return [makeBox('colr', Buffer.from('nclx', 'latin1'), Buffer.from([0, primaries, 0, transfer, 0, matrix, 0]))];
}
