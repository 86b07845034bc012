import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { SourceIdentity } from '../../model/media.js';
import { openRegularFile } from './open-file.js';

/**
 * What makes a source the same source: size, modification time, and SHA-256 over the size and 16 samples of 64 KiB
 * spread evenly from head to tail (all of it, when it is no bigger than that). Cheap on a file of any size; a file
 * edited in place without a trace in size or time is only noticed where a sample falls.
 * Throws `input-not-found`, `input-unreadable`, `input-unsupported` (not a regular file).
 */
export async function identify(path: string): Promise<SourceIdentity> {
  const file = await openRegularFile(path);
  try {
    return {
      path,
      absolutePath: file.absolutePath,
      bytes: file.bytes,
      modifiedMs: file.modifiedMs,
      fingerprint: await fingerprint(file.handle, file.bytes),
    };
  } finally {
    await file.handle.close();
  }
}

const SAMPLES = 16;
const SAMPLE_BYTES = 64 * 1024;

/** Where the samples of a file of `bytes` bytes begin, in order; the first at the head, the last at the tail. */
export function sampleOffsets(bytes: number): number[] {
  if (bytes <= SAMPLES * SAMPLE_BYTES) {
    return Array.from({ length: Math.ceil(bytes / SAMPLE_BYTES) }, (_, i) => i * SAMPLE_BYTES);
  }
  return Array.from({ length: SAMPLES }, (_, i) => Math.floor((i * (bytes - SAMPLE_BYTES)) / (SAMPLES - 1)));
}

/** SHA-256 (hex) over the size and the samples. */
export async function fingerprint(handle: FileHandle, bytes: number): Promise<string> {
  const hash = createHash('sha256').update(`${bytes}\n`);
  const buffer = Buffer.alloc(SAMPLE_BYTES);
  for (const offset of sampleOffsets(bytes)) {
    const { bytesRead } = await handle.read(buffer, 0, SAMPLE_BYTES, offset);
    hash.update(buffer.subarray(0, bytesRead));
  }
  return hash.digest('hex');
}
