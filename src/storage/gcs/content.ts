import { closeSync, fstatSync, openSync, read } from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32cOf, crc32cOfFile } from '../crc32c.js';
import { checkUntouched, fileChanged } from '../source-file.js';
import type { FileStamp } from '../storage.js';
import type { Api } from './api.js';
import { ChecksumFailure } from './failure.js';
import { uploadInChunks } from './resumable.js';
import type { SessionStore } from './sessions.js';
import { uploadWhole, type Outcome, type Upload } from './upload.js';

/** Bytes on their way, and how they are sent. */
export interface Content {
  readonly bytes: number;
  readonly crc32c: string;
  readonly send: (upload: Omit<Upload, 'bytes' | 'crc32c'>) => Promise<Outcome>;
}

/** Bytes in memory, sent in one request. */
export function wholeContent(api: Api, content: Uint8Array): Content {
  const known = { bytes: content.length, crc32c: crc32cOf(content) };
  return { ...known, send: (upload) => uploadWhole(api, { ...upload, ...known }, content) };
}

/**
 * A large file, sent in chunks. It is read twice: the checksum goes ahead of the bytes, so that the server refuses
 * others. `send` throws MediactlError source-changed when the file is not what it was, and the system's errors.
 */
export async function fileContent(
  api: Api,
  file: string,
  options: { readonly sessions: SessionStore; readonly scope: string; readonly signal?: AbortSignal | undefined },
): Promise<Content> {
  const { sessions, scope, signal } = options;
  const known = await crc32cOfFile(file, signal);
  return {
    ...known,
    send: async (upload) => {
      const handle = await open(file, 'r');
      const read = async (buffer: Buffer, offset: number): Promise<void> => {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
        if (bytesRead !== buffer.length) throw fileChanged(file);
      };
      try {
        return await uploadInChunks(api, { ...upload, ...known }, { sessions, scope, read });
      } catch (error) {
        const refused = error instanceof ChecksumFailure;
        if (refused && (await crc32cOfFile(file, signal)).crc32c !== known.crc32c) throw fileChanged(file);
        throw error;
      } finally {
        await handle.close();
      }
    },
  };
}

/**
 * The bytes of a small file. Throws MediactlError source-changed when it is no longer as it was `expectedFile` at.
 *
 * Opening and closing are synchronous: of thousands of small files they are done sooner than they are handed to another
 * thread. The bytes, which may have to come from a slow disk, are waited for.
 */
export async function readWhole(file: string, expectedFile: FileStamp): Promise<Uint8Array> {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.allocUnsafeSlow(expectedFile.size);
    for (let at = 0, count = 1; at < bytes.length && count > 0; at += count) {
      count = (await readAt(descriptor, bytes, at, bytes.length - at, at)).bytesRead;
    }
    const now = fstatSync(descriptor);
    checkUntouched(file, expectedFile, now);
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}

const readAt = promisify(read);
