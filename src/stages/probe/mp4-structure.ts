import type { RandomAccess, Structure } from './container-structure.js';

/** ISO base media and QuickTime files (ISO/IEC 14496-12, 4.2: size, type, contents); null for anything else. */
export async function inspectMp4(file: RandomAccess): Promise<Structure | null> {
  const first = await readBox(file, 0);
  if (first === null || !FIRST_BOXES.has(first.type)) return null;
  const { seen, moov, missingBytes, last } = await walk(file);
  return {
    family: 'mp4',
    missingBytes,
    unreadable: whyUnreadable(seen, moov !== null && moov.end > file.bytes, last),
    encryption: moov === null || moov.end > file.bytes ? null : await readEncryption(file, moov),
    isFragmented: seen.has('moof'),
    hasIndex: seen.has('moov') && (!seen.has('moof') || seen.has('sidx') || seen.has('mfra')),
  };
}

interface Box {
  readonly type: string;
  readonly start: number;
  /** First byte of the contents. */
  readonly body: number;
  readonly end: number;
}

const FIRST_BOXES = new Set([
  'ftyp',
  'styp',
  'moov',
  'moof',
  'mdat',
  'wide',
  'free',
  'skip',
  'pnot',
  'sidx',
  'uuid',
  'jP  ',
]);
// Six hours of one-second fragments are 43 200 boxes.
const MOST_BOXES = 200_000;
const MOST_DISTANT_BOXES = 64;

async function walk(file: RandomAccess) {
  const seen = new Set<string>();
  let moov: Box | null = null;
  let last: Box | null = null;
  let missingBytes = 0;
  const most = file.distant === true ? MOST_DISTANT_BOXES : MOST_BOXES;
  for (let at = 0, boxes = 0; at < file.bytes && boxes < most; boxes++) {
    const box = await readBox(file, at);
    if (box === null) break;
    seen.add(box.type);
    if (box.type === 'moov') moov = box;
    missingBytes = Math.max(0, box.end - file.bytes);
    at = box.end;
    last = box;
  }
  return { seen, moov, last, missingBytes };
}

function whyUnreadable(seen: ReadonlySet<string>, moovIsCut: boolean, last: Box | null): Structure['unreadable'] {
  if (moovIsCut) return { code: 'input-truncated', reason: 'the file is cut off inside its index (moov)' };
  if (seen.has('moov')) {
    const hasMedia = seen.has('mdat') || seen.has('moof') || seen.has('idat');
    return hasMedia || last?.type !== 'moov'
      ? null
      : { code: 'input-truncated', reason: 'the file ends after its index (moov): the media itself is missing' };
  }
  if (seen.has('moof')) {
    const reason = 'it is one fragment of a stream: its initialization segment is another file';
    return { code: 'input-unsupported', reason };
  }
  if (seen.has('meta')) return null;
  return {
    code: 'input-truncated',
    reason: 'the file is cut off or still being written: its index (moov) is missing',
  };
}

/** The box at an offset; null where there is none (end of file, padding, garbage). A size of 0 means "to the end". */
async function readBox(file: RandomAccess, start: number): Promise<Box | null> {
  const header = await file.read(start, 16);
  if (header.length < 8) return null;
  const type = header.toString('latin1', 4, 8);
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return null;
  const size = header.readUInt32BE(0);
  if (size === 0) return { type, start, body: start + 8, end: Math.max(file.bytes, start + 8) };
  if (size !== 1) return size < 8 ? null : { type, start, body: start + 8, end: start + size };
  if (header.length < 16) return null;
  const large = Number(header.readBigUInt64BE(8));
  return large < 16 || !Number.isSafeInteger(start + large)
    ? null
    : { type, start, body: start + 16, end: start + large };
}

// Sample entries of protected media (ISO/IEC 14496-12, 8.12; the others are FairPlay of the iTunes store and Audible).
// ffprobe shows the format inside the protection, so it cannot be asked.
const PROTECTED: ReadonlyMap<string, string> = new Map([
  ['encv', 'Common Encryption'],
  ['enca', 'Common Encryption'],
  ['drmi', 'FairPlay'],
  ['drms', 'FairPlay'],
  ['aavd', 'Audible DRM'],
]);

async function readEncryption(file: RandomAccess, moov: Box): Promise<string | null> {
  for (const trak of await children(file, moov, 'trak')) {
    for (const entry of await sampleEntries(file, trak)) {
      const scheme = PROTECTED.get(entry);
      if (scheme !== undefined) return scheme;
    }
  }
  return null;
}

/** Tracks of an MP4 file, in its order, with the types of their sample descriptions: "avc1", "hvc1". */
export async function readDescriptions(file: RandomAccess): Promise<string[][]> {
  const { moov } = await walk(file);
  if (moov === null || moov.end > file.bytes) return [];
  return Promise.all((await children(file, moov, 'trak')).map((trak) => sampleEntries(file, trak)));
}

/** Types of the entries of a track's sample description: "avc1", "encv". */
async function sampleEntries(file: RandomAccess, trak: Box): Promise<string[]> {
  let level = [trak];
  for (const type of ['mdia', 'minf', 'stbl', 'stsd']) {
    level = (await Promise.all(level.map((box) => children(file, box, type)))).flat();
  }
  // A full box: version, flags and the number of entries come first.
  const entries = level.map((stsd) => children(file, { ...stsd, body: stsd.body + 8 }));
  return (await Promise.all(entries)).flat().map((box) => box.type);
}

async function children(file: RandomAccess, parent: Box, type?: string): Promise<Box[]> {
  const found: Box[] = [];
  const end = Math.min(parent.end, file.bytes);
  for (let at = parent.body, boxes = 0; at + 8 <= end && boxes < 1000; boxes++) {
    const box = await readBox(file, at);
    if (box === null) break;
    if (type === undefined || box.type === type) found.push(box);
    at = box.end;
  }
  return found;
}
