import type { RandomAccess, Structure } from './container-structure.js';

/** AVI and WAV: top-level "RIFF" chunks, of which a big AVI has several; null for anything else. */
export async function inspectRiff(file: RandomAccess): Promise<Structure | null> {
  const head = await file.read(0, 12);
  const form = head.toString('latin1', 8, 12);
  if (head.toString('latin1', 0, 4) !== 'RIFF' || !['AVI ', 'WAVE'].includes(form)) return null;
  return {
    family: 'riff',
    missingBytes: await missingBytes(file),
    unreadable: null,
    encryption: null,
    isFragmented: false,
    hasIndex: form === 'WAVE',
  };
}

async function missingBytes(file: RandomAccess): Promise<number> {
  for (let at = 0; at < file.bytes;) {
    const header = await file.read(at, 8);
    if (header.length < 8 || header.toString('latin1', 0, 4) !== 'RIFF') return 0;
    const size = header.readUInt32LE(4);
    if (isUnknown(size)) return 0;
    const end = at + 8 + size;
    // Many writers count, or forget, the padding byte.
    if (end > file.bytes + 1) return end - file.bytes;
    at = end + (size % 2);
  }
  return 0;
}

// Written by programs that did not know the length yet, or could not say more: nothing, all ones, sox's 2 GiB.
function isUnknown(size: number): boolean {
  return size === 0 || size >= 0xfffff000 || (size >= 0x7ffff000 && size <= 0x80000000);
}
