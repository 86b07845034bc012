import { type RandomAccess, type Structure } from './container-structure.js';
import { inspectMatroska } from './matroska-structure.js';
import { inspectMp4 } from './mp4-structure.js';
import { inspectRiff } from './riff-structure.js';
import { inspectTransport } from './transport-structure.js';

/**
 * Walks the top level of an MP4/MOV, Matroska/WebM, RIFF (AVI, WAV) or MPEG-TS file: a few short reads. Null for
 * other kinds of file. FFmpeg opens a file whose second half is missing without a word; this is what notices.
 */
export async function inspectStructure(file: RandomAccess): Promise<Structure | null> {
  return (
    (await inspectMp4(file)) ??
    (await inspectMatroska(file)) ??
    (await inspectRiff(file)) ??
    (await inspectTransport(file))
  );
}
