import { classByName, FILE_CLASSES } from '../model/title-files.js';

/** Where the files of a title are read from while it is played. */
export interface MediaSource {
  /**
   * A file to read, by its path in the title; null: there is no such file, or it may not be read. Whoever gets one
   * closes it. Throws MediactlError storage-…, input-….
   */
  open(path: string): Promise<MediaFile | null>;
  close(): Promise<void>;
}

export interface MediaFile {
  readonly bytes: number;
  /** The bytes from `start` up to `end`, in order. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Content-Type by a file's extension. What a browser would run or show as a page is left out, and so is what nobody
 * knows: it is sent as bytes.
 */
export function mediaTypeOf(path: string): string {
  const extension = /\.[^./]+$/.exec(path)?.[0].toLowerCase() ?? '';
  const types: Readonly<Record<string, string>> = FILE_CLASSES[classByName(path)].types;
  const type = types[extension] ?? MORE_TYPES[extension] ?? 'application/octet-stream';
  return /html|css|javascript/.test(type) ? 'application/octet-stream' : type;
}

/** What titles of other tools have, too. https://www.iana.org/assignments/media-types */
const MORE_TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.m4f': 'video/iso.segment',
  '.cmft': 'application/mp4',
  '.webm': 'video/webm',
  '.mp3': 'audio/mpeg',
  '.ac3': 'audio/ac3',
  '.ec3': 'audio/eac3',
  '.ttml': 'application/ttml+xml',
};
