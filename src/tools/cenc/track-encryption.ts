import type { ProtectionScheme } from '../../model/protection.js';
import { boxesIn, findBox, makeBox, openFullBox, requireBox, type Box } from '../mp4/boxes.js';
import { broken } from '../mp4/broken.js';
import { AUDIO_ENTRY, VIDEO_ENTRY } from '../mp4/codecs.js';

/** What an initialization segment says of the encryption of its track: ISO/IEC 23001-7, 8.2. */
export interface TrackEncryption {
  readonly scheme: ProtectionScheme;
  /** 32 hex digits. */
  readonly kid: string;
  /** Of each sample's own IV; 0: all have `constantIv`. */
  readonly ivBytes: 0 | 8;
  readonly constantIv: Buffer | null;
  /** Blocks of 16 bytes that are encrypted, and those that are then left clear; 0 and 0: all are encrypted. */
  readonly pattern: { readonly crypt: number; readonly skip: number };
}

/**
 * How a track of pictures or sound is encrypted by a scheme, as devices expect it (ISO/IEC 23000-19, 8.2.3: cbcs with the
 * pattern 1:9 for pictures, whole blocks for sound). `iv`: of cbcs, the track's; cenc has one for each sample.
 */
export function trackEncryption(
  scheme: ProtectionScheme,
  kind: 'video' | 'audio',
  kid: string,
  iv: Buffer | null,
): TrackEncryption {
  if (scheme === 'cenc') return { scheme, kid, ivBytes: 8, constantIv: null, pattern: WHOLE };
  return { scheme, kid, ivBytes: 0, constantIv: iv, pattern: kind === 'video' ? ONE_IN_TEN : WHOLE };
}

const WHOLE = { crypt: 0, skip: 0 };
const ONE_IN_TEN = { crypt: 1, skip: 9 };

const PATH = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd'];
const ENTRIES: Readonly<Record<string, number>> = { encv: VIDEO_ENTRY, enca: AUDIO_ENTRY };

/** Null: the track is clear. Throws MediactlError('encode-failed') where it is no sound initialization segment. */
export function readTrackEncryption(init: Buffer): TrackEncryption | null {
  const entry = entryOf(init);
  const head = ENTRIES[entry.type];
  if (head === undefined) return null;
  const sinf = requireBox(init, ['sinf'], { body: Math.min(entry.body + head, entry.end), end: entry.end });
  const schm = openFullBox(init, requireBox(init, ['schm'], sinf), 8);
  const scheme = init.toString('latin1', schm.at, schm.at + 4);
  if (scheme !== 'cenc' && scheme !== 'cbcs') throw broken('it is encrypted in a way that is not known');
  return readTenc(init, requireBox(init, ['schi', 'tenc'], sinf), scheme);
}

function readTenc(init: Buffer, tenc: Box, scheme: ProtectionScheme): TrackEncryption {
  const { version, at } = openFullBox(init, tenc, 20);
  const blocks = version === 0 ? 0 : init.readUInt8(at + 1);
  const ivBytes = init.readUInt8(at + 3);
  if (init.readUInt8(at + 2) !== 1 || (ivBytes !== 0 && ivBytes !== 8)) throw broken('box "tenc" is not of our kind');
  const kid = init.toString('hex', at + 4, at + 20);
  const pattern = { crypt: blocks >>> 4, skip: blocks & 15 };
  if (ivBytes === 8) return { scheme, kid, ivBytes, constantIv: null, pattern };
  const length = at + 20 < tenc.end ? init.readUInt8(at + 20) : 0;
  if (length !== 16 || at + 21 + length > tenc.end) throw broken('box "tenc" has no IV');
  return { scheme, kid, ivBytes, constantIv: init.subarray(at + 21, at + 37), pattern };
}

/**
 * The initialization segment of an encrypted track: its sample entry says so (ISO/IEC 14496-12, 8.12), and the boxes for
 * DRM systems stand at the end of its moov.
 */
export function protectInit(init: Buffer, track: TrackEncryption, pssh: readonly Buffer[]): Buffer {
  const entry = entryOf(init);
  if (ENTRIES[entry.type] !== undefined) throw broken('it is encrypted already');
  const minf = requireBox(init, PATH.slice(0, -2));
  const type = findBox(init, 'vmhd', minf.body, minf.end) ? 'encv' : 'enca';
  const encrypted = makeBox(type, init.subarray(entry.body, entry.end), protectionInfo(track, entry.type));
  const stsd = requireBox(init, PATH);
  const head = init.subarray(stsd.body, entry.start);
  const moov = requireBox(init, ['moov']);
  const inner = replaceBox(init.subarray(moov.body, moov.end), PATH.slice(1), makeBox('stsd', head, encrypted));
  return Buffer.concat([init.subarray(0, moov.start), makeBox('moov', inner, ...pssh), init.subarray(moov.end)]);
}

/** 8.12.1: what the samples were, the scheme with its version (1.0), and how. */
export function protectionInfo(track: TrackEncryption, original: string): Buffer {
  const frma = makeBox('frma', Buffer.from(original, 'latin1'));
  const schm = makeBox('schm', Buffer.alloc(4), Buffer.from(track.scheme, 'latin1'), Buffer.from([0, 1, 0, 0]));
  return makeBox('sinf', frma, schm, makeBox('schi', tencOf(track)));
}

function tencOf({ kid, ivBytes, constantIv, pattern }: TrackEncryption): Buffer {
  const constant = constantIv === null ? [] : [Buffer.from([constantIv.length]), constantIv];
  const version = constantIv === null ? 0 : 1;
  const fields = Buffer.from([version, 0, 0, 0, 0, (pattern.crypt << 4) | pattern.skip, 1, ivBytes]);
  return makeBox('tenc', fields, Buffer.from(kid, 'hex'), ...constant);
}

/** The protection of a file's sample entry as its bytes; null: it has none. */
export function protectionBytes(init: Buffer): Buffer | null {
  const entry = entryOf(init);
  const head = ENTRIES[entry.type];
  const sinf = head === undefined ? null : findBox(init, 'sinf', Math.min(entry.body + head, entry.end), entry.end);
  return sinf && init.subarray(sinf.start, sinf.end);
}

function entryOf(init: Buffer): Box {
  const stsd = requireBox(init, PATH);
  const { at } = openFullBox(init, stsd, 4);
  const [entry] = boxesIn(init, at + 4, stsd.end);
  if (!entry) throw broken('it does not describe its samples');
  return entry;
}

/** The bytes with another box at the end of a path. */
function replaceBox(bytes: Buffer, path: readonly string[], last: Buffer): Buffer {
  const [type = '', ...rest] = path;
  const { start, body, end } = requireBox(bytes, [type]);
  const box = rest.length === 0 ? last : makeBox(type, replaceBox(bytes.subarray(body, end), rest, last));
  return Buffer.concat([bytes.subarray(0, start), box, bytes.subarray(end)]);
}
