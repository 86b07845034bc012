import type { RandomAccess, Structure } from './container-structure.js';

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const SEEK_HEAD = 0x114d9b74;
const CUES = Buffer.from([0x1c, 0x53, 0xbb, 0x6b]);
const CUES_ID = 0x1c53bb6b;
const CLUSTER = 0x1f43b675;

/** Matroska and WebM (RFC 9559: an EBML header, then a segment of elements); null for anything else. */
export async function inspectMatroska(file: RandomAccess): Promise<Structure | null> {
  const header = await readElement(file, 0);
  if (header?.id !== EBML || header.end === null) return null;
  const segment = await readElement(file, header.end);
  const isSegment = segment?.id === SEGMENT;
  const missingBytes = isSegment && segment.end !== null ? Math.max(0, segment.end - file.bytes) : 0;
  const cut = { code: 'input-truncated', reason: 'the file ends after its header' } as const;
  return {
    family: 'matroska',
    missingBytes,
    unreadable: segment === null ? cut : null,
    encryption: null,
    isFragmented: false,
    // Cues usually come last: in a file that is cut they are gone, whatever the list in front says.
    hasIndex: isSegment && (await findCues(file, segment.body, missingBytes > 0)),
  };
}

interface Element {
  readonly id: number;
  readonly body: number;
  /** Null when the size is "unknown" (a live recording). */
  readonly end: number | null;
}

// The elements before the first cluster: seek heads, info, tracks, chapters, attachments, tags.
const MOST_ELEMENTS = 100;

async function findCues(file: RandomAccess, start: number, isCut: boolean): Promise<boolean> {
  for (let at = start, i = 0; i < MOST_ELEMENTS; i++) {
    const element = await readElement(file, at);
    if (element === null || element.end === null || element.id === CLUSTER) return false;
    if (element.id === CUES_ID) return true;
    const length = Math.min(element.end - element.body, 65_536);
    if (element.id === SEEK_HEAD && !isCut && (await file.read(element.body, length)).includes(CUES)) return true;
    at = element.end;
  }
  return false;
}

/** An id of 1–4 bytes and a size of 1–8, each telling its length by its leading zero bits (RFC 8794, 4 and 5). */
async function readElement(file: RandomAccess, start: number): Promise<Element | null> {
  const bytes = await file.read(start, 12);
  const idLength = Math.clz32((bytes[0] ?? 0) << 24) + 1;
  if (bytes.length < 2 || idLength > 4 || bytes.length <= idLength) return null;
  const sizeLength = Math.clz32((bytes[idLength] ?? 0) << 24) + 1;
  if (sizeLength > 8 || bytes.length < idLength + sizeLength) return null;
  const body = start + idLength + sizeLength;
  const raw = BigInt(`0x${bytes.toString('hex', idLength, idLength + sizeLength)}`);
  const mask = (1n << BigInt(7 * sizeLength)) - 1n;
  const size = raw & mask;
  return { id: bytes.readUIntBE(0, idLength), body, end: size === mask ? null : body + Number(size) };
}
