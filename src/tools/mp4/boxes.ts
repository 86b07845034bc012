import { printable } from '../../model/text.js';
import { broken } from './broken.js';

/** A box of ISO/IEC 14496-12, 4.2: bytes [start, end), of which those from `body` on are its content. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/** The boxes that fill bytes [from, to). Throws MediactlError('encode-failed') where they do not. */
export function* boxesIn(bytes: Buffer, from = 0, to = bytes.length): Generator<Box> {
  for (let start = from; start < to;) {
    if (start + 8 > to) throw broken(`${to - start} bytes are left over where a box should begin`);
    const type = bytes.toString('latin1', start + 4, start + 8);
    const size = bytes.readUInt32BE(start);
    let body = start + 8;
    let length = size === 0 ? to - start : size;
    if (size === 1) {
      if (start + 16 > to) throw broken(`${named(type)} is cut off`);
      length = Number(bytes.readBigUInt64BE(start + 8));
      body = start + 16;
    }
    if (length < body - start || start + length > to) throw broken(`${named(type)} reaches out of what it is in`);
    yield { type, start, body, end: start + length };
    start += length;
  }
}

/** The first box of a type among those that fill bytes [from, to); null: there is none. */
export function findBox(bytes: Buffer, type: string, from = 0, to = bytes.length): Box | null {
  for (const box of boxesIn(bytes, from, to)) if (box.type === type) return box;
  return null;
}

/** The box at the end of a path of types, each in the one before. Throws MediactlError('encode-failed') without it. */
export function requireBox(bytes: Buffer, path: readonly string[], within?: Pick<Box, 'body' | 'end'>): Box {
  let box: Box | null = null;
  let { body: from, end: to } = within ?? { body: 0, end: bytes.length };
  for (const type of path) {
    box = findBox(bytes, type, from, to);
    if (!box) throw broken(`there is no ${path.join('/')}`);
    ({ body: from, end: to } = box);
  }
  if (!box) throw new RangeError('a path has at least one type');
  return box;
}

/** Version and flags of a full box (ISO/IEC 14496-12, 4.2), and where its fields begin. `least`: bytes of these. */
export function openFullBox(
  bytes: Buffer,
  box: Box,
  least: number,
): { readonly version: number; readonly flags: number; readonly at: number } {
  const at = box.body + 4;
  if (at + least > box.end) throw broken(`${named(box.type)} is too short`);
  return { version: bytes.readUInt8(box.body), flags: bytes.readUIntBE(box.body + 1, 3), at };
}

/** A box of these parts. */
export function makeBox(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, head.length));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...parts]);
}

/** A full box (ISO/IEC 14496-12, 4.2). */
export function makeFullBox(type: string, version: number, flags: number, ...fields: readonly Uint8Array[]): Buffer {
  return makeBox(type, u32(version * 2 ** 24 + flags), ...fields);
}

/** Numbers of 32 bits, one after the other. */
export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return bytes;
}

function named(type: string): string {
  return `box "${printable(type)}"`;
}
