import { boxesIn, findBox, makeBox, openFullBox, requireBox, type Box } from './boxes.js';
import { broken } from './broken.js';
import { AUDIO_ENTRY, codecsOf, originalFormat, VIDEO_ENTRY } from './codecs.js';

/** What an initialization segment says of its one track. */
export interface InitFacts {
  readonly kind: 'video' | 'audio';
  /** Ticks per second. */
  readonly timescale: number;
  /** RFC 6381. */
  readonly codecs: string;
}

const TRACK_PATH = ['moov', 'trak'];

/** Throws MediactlError('encode-failed') when it is no sound initialization segment of one track of pictures or sound. */
export function readInit(bytes: Buffer): InitFacts {
  const trak = requireBox(bytes, TRACK_PATH);
  const moov = requireBox(bytes, ['moov']);
  if (findBox(bytes, 'trak', trak.end, moov.end)) throw broken('it has more than one track');
  const mdhd = requireBox(bytes, ['mdia', 'mdhd'], trak);
  const { version, at } = openFullBox(bytes, mdhd, 20);
  const timescale = bytes.readUInt32BE(at + (version === 0 ? 8 : 16));
  if (timescale === 0) throw broken('its clock does not run');
  const stsd = requireBox(bytes, ['mdia', 'minf', 'stbl', 'stsd'], trak);
  const [entry, second] = entriesOf(bytes, stsd);
  if (!entry || second) throw broken('it has not one description of its samples');
  const codecs = codecsOf(bytes, originalFormat(bytes, entry), entry);
  return { kind: kindOf(bytes, trak), timescale, codecs };
}

function kindOf(bytes: Buffer, trak: Box): InitFacts['kind'] {
  const hdlr = requireBox(bytes, ['mdia', 'hdlr'], trak);
  const { at } = openFullBox(bytes, hdlr, 8);
  const handler = bytes.toString('latin1', at + 4, at + 8);
  if (handler === 'vide') return 'video';
  if (handler === 'soun') return 'audio';
  throw broken('its track is neither video nor audio');
}

function entriesOf(bytes: Buffer, stsd: Box): Box[] {
  const { at } = openFullBox(bytes, stsd, 4);
  return [...boxesIn(bytes, at + 4, stsd.end)];
}

/** CMAF of both kinds (ISO/IEC 23000-19, 7.2): composition offsets may be negative, and there are no edit lists. */
export const FTYP = makeBox('ftyp', Buffer.from('iso6\0\0\0\0iso6cmfccmf2mp41', 'latin1'));

/**
 * The initialization segment at the start of what FFmpeg's muxer has written, without what depends on the muxer's version:
 * names and dates of programs, bit rates it has guessed. An edit list is no part of it.
 */
export function makeInit(bytes: Buffer): Buffer {
  const moov = requireBox(bytes, ['moov']);
  return Buffer.concat([FTYP, copyBox(bytes, moov, 'moov')]);
}

/** What is copied of each box that has boxes in it; others are copied whole. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  moov: ['mvhd', 'trak', 'mvex'],
  trak: ['tkhd', 'mdia'],
  mdia: ['mdhd', 'hdlr', 'minf'],
  minf: ['vmhd', 'smhd', 'dinf', 'stbl'],
  stbl: ['stsd', 'stts', 'stsc', 'stsz', 'stco'],
  mvex: ['trex'],
};

const ENTRY_BOXES = [
  'avcC',
  'hvcC',
  'av1C',
  'esds',
  'dac3',
  'dec3',
  'dOps',
  'dfLa',
  'colr',
  'pasp',
  'chnl',
  'mdcv',
  'clli',
];

function copyBox(bytes: Buffer, box: Box, type: string): Buffer {
  const kept = KEPT[type];
  if (kept) return makeBox(type, ...copyBoxes(bytes, box.body, box.end, kept));
  switch (type) {
    case 'mvhd':
    case 'tkhd':
    case 'mdhd':
      return withoutDates(bytes, box);
    case 'stsd':
      return copyEntries(bytes, box);
    default:
      return Buffer.from(bytes.subarray(box.start, box.end));
  }
}

function copyBoxes(bytes: Buffer, from: number, to: number, kept: readonly string[]): Buffer[] {
  return [...boxesIn(bytes, from, to)]
    .filter(({ type }) => kept.includes(type))
    .map((box) => copyBox(bytes, box, box.type));
}

function withoutDates(bytes: Buffer, box: Box): Buffer {
  const { version, at } = openFullBox(bytes, box, 16);
  const copy = Buffer.from(bytes.subarray(box.start, box.end));
  copy.fill(0, at - box.start, at - box.start + (version === 0 ? 8 : 16));
  // Of the next track, should one come: none does.
  if (box.type === 'mvhd') copy.writeUInt32BE(NEXT_TRACK, copy.length - 4);
  return copy;
}

const NEXT_TRACK = 2;
/** Of a visual sample entry: where the compressor's name is, and its bytes. */
const [NAME_AT, NAME_BYTES] = [42, 32];

function copyEntries(bytes: Buffer, stsd: Box): Buffer {
  const { at } = openFullBox(bytes, stsd, 4);
  const entries = entriesOf(bytes, stsd).map((entry) => {
    const isVideo = findBox(bytes, 'vmhd', ...contentOf(bytes, ['moov', 'trak', 'mdia', 'minf'])) !== null;
    const head = entry.body + (isVideo ? VIDEO_ENTRY : AUDIO_ENTRY);
    if (head > entry.end) throw broken('the description of its samples is too short');
    const fields = Buffer.from(bytes.subarray(entry.body, head));
    if (isVideo) fields.fill(0, NAME_AT, NAME_AT + NAME_BYTES);
    return makeBox(entry.type, fields, ...copyBoxes(bytes, head, entry.end, ENTRY_BOXES));
  });
  return makeBox('stsd', bytes.subarray(stsd.body, at + 4), ...entries);
}

function contentOf(bytes: Buffer, path: readonly string[]): [from: number, to: number] {
  const { body, end } = requireBox(bytes, path);
  return [body, end];
}
