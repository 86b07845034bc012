import { open } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32c } from '@node-rs/crc32';

const PIECE = 1 << 18;
/** Buffers to read into, to be used again: allocating and clearing them costs more than the checksum. */
const idle: Buffer[] = [];

/** CRC-32C as Google Cloud Storage writes it: base64 of the four bytes, big-endian. */
export function crc32cOf(bytes: Uint8Array): string {
  return encodeCrc32c(crc32c(bytes));
}

/** Size and CRC-32C of a file, read once in pieces. Throws the system's errors as they are. */
export async function crc32cOfFile(file: string, signal?: AbortSignal): Promise<{ bytes: number; crc32c: string }> {
  const handle = await open(file, 'r');
  const buffer = idle.pop() ?? Buffer.allocUnsafeSlow(PIECE);
  try {
    let bytes = 0;
    let sum = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, PIECE, bytes);
      if (bytesRead > 0) sum = crc32c(buffer.subarray(0, bytesRead), sum);
      bytes += bytesRead;
      // Less than was asked for: the end of the file.
      if (bytesRead < PIECE) return { bytes, crc32c: encodeCrc32c(sum) };
    }
  } finally {
    idle.push(buffer);
    await handle.close();
  }
}

/** A sum as Google writes it: base64 of the four bytes, big-endian. */
export function encodeCrc32c(sum: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum >>> 0);
  return bytes.toString('base64');
}

/** The number that Google writes so; null when it is none. */
export function decodeCrc32c(text: string): number | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 4 ? bytes.readUInt32BE(0) : null;
}

/** The checksum of the bytes as they are kept, as the headers of a download tell it. */
export function crc32cOfHeaders(headers: IncomingHttpHeaders): string | null {
  const hashes = [headers['x-goog-hash'] ?? []].flat().join(',');
  return /crc32c=([A-Za-z0-9+/=]+)/.exec(hashes)?.[1] ?? null;
}
