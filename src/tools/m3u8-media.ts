import { open } from 'node:fs/promises';

/** One entry of a media playlist. */
export interface PlaylistSegment {
  /** As written. */
  readonly uri: string;
  /** EXTINF, whole microseconds. */
  readonly micros: number;
  /** EXT-X-BYTERANGE; an offset that is left out is filled in. */
  readonly range: ByteRange | null;
  /** EXT-X-MAP that applies to it. */
  readonly map: { readonly uri: string; readonly range: ByteRange | null } | null;
  /** EXT-X-DISCONTINUITY stands before it. */
  readonly discontinuity: boolean;
}

export interface ByteRange {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Reads a media playlist line by line and keeps no more than the entry under way (RFC 8216 4). Never throws: what it
 * cannot make sense of goes to `complain` and counts as not there. The fields hold what the lines so far have said.
 */
export class MediaPlaylistReader {
  version = 1;
  /** Null: the playlist does not say. */
  targetSeconds: number | null = null;
  /** EXT-X-PLAYLIST-TYPE:VOD. */
  vod = false;
  /** EXT-X-ENDLIST. */
  ended = false;
  iframesOnly = false;
  readonly #complain: (complaint: string) => void;
  #lines = 0;
  #micros: number | null = null;
  #range: { readonly bytes: number; readonly offset: number | null } | null = null;
  #map: PlaylistSegment['map'] = null;
  #discontinuity = false;
  /** Where the byte range of the entry before ended. */
  #before = { uri: '', end: 0 };

  constructor(complain: (complaint: string) => void = () => {}) {
    this.#complain = complain;
  }

  /** Takes one line, without what ends it. Gives the entry that the line completes. */
  line(text: string): PlaylistSegment | null {
    const line = this.#lines++ === 0 ? this.#first(text) : text.trim();
    if (line === '') return null;
    if (!line.startsWith('#')) return this.#entry(line);
    const colon = line.indexOf(':');
    if (line.startsWith('#EXT')) {
      if (colon === -1) this.#tag(line, '');
      else this.#tag(line.slice(0, colon), line.slice(colon + 1));
    }
    return null;
  }

  /** To be called after the last line. */
  end(): void {
    if (this.#lines === 0) this.#first('');
    if (this.#micros !== null) this.#complain('its last EXTINF has no URI');
    if (this.iframesOnly && this.version < 4) this.#complain('EXT-X-I-FRAMES-ONLY needs EXT-X-VERSION 4');
  }

  #first(text: string): string {
    if (text.startsWith('\u{feff}')) this.#complain('it begins with a byte order mark');
    const line = text.replace(/^\u{feff}/u, '').trimEnd();
    // RFC 8216 4.3.1.1: the one thing that every client checks first.
    if (line !== '#EXTM3U') this.#complain('it does not begin with #EXTM3U');
    return line;
  }

  #tag(name: string, value: string): void {
    switch (name) {
      case '#EXTINF':
        this.#micros = this.#duration(value);
        break;
      case '#EXT-X-BYTERANGE':
        this.#range = this.#byteRange(name, value);
        break;
      case '#EXT-X-DISCONTINUITY':
        this.#discontinuity = true;
        break;
      case '#EXT-X-MAP':
        this.#map = this.#initSection(value);
        break;
      case '#EXT-X-KEY':
        if (attribute(value, 'METHOD') === null) this.#complain('an EXT-X-KEY has no METHOD');
        break;
      case '#EXT-X-VERSION':
        this.version = this.#whole(name, value) ?? this.version;
        break;
      case '#EXT-X-TARGETDURATION':
        this.targetSeconds = this.#whole(name, value) ?? this.targetSeconds;
        break;
      case '#EXT-X-MEDIA-SEQUENCE':
      case '#EXT-X-DISCONTINUITY-SEQUENCE':
        this.#whole(name, value);
        break;
      case '#EXT-X-PLAYLIST-TYPE':
        this.vod = value === 'VOD';
        if (value !== 'VOD' && value !== 'EVENT') this.#complain(`EXT-X-PLAYLIST-TYPE is "${value}"`);
        break;
      case '#EXT-X-I-FRAMES-ONLY':
        this.iframesOnly = true;
        break;
      case '#EXT-X-ENDLIST':
        this.ended = true;
        break;
      default:
      // RFC 8216 6.3.1: a client ignores tags that it does not know.
    }
  }

  #entry(uri: string): PlaylistSegment {
    if (this.#micros === null) this.#complain(`${uri} has no EXTINF`);
    const range = this.#range && { bytes: this.#range.bytes, offset: this.#range.offset ?? this.#continued(uri) };
    const segment = {
      uri,
      micros: this.#micros ?? 0,
      range,
      map: this.#map,
      discontinuity: this.#discontinuity,
    };
    this.#before = { uri, end: range ? range.offset + range.bytes : 0 };
    this.#micros = null;
    this.#range = null;
    this.#discontinuity = false;
    return segment;
  }

  /** RFC 8216 4.3.2.2: without an offset a range goes on where the one before ended, in the same file. */
  #continued(uri: string): number {
    const { uri: before, end } = this.#before;
    if (before === uri && end > 0) return end;
    this.#complain(`the EXT-X-BYTERANGE of ${uri} has no offset, and no range of that file stands before it`);
    return 0;
  }

  #duration(value: string): number {
    const seconds = /^\d+(?:\.\d*)?(?=,|$)/.exec(value)?.[0];
    if (seconds !== undefined) return Math.round(Number(seconds) * 1e6);
    this.#complain(`EXTINF is "${value}"`);
    return 0;
  }

  #byteRange(name: string, value: string): { readonly bytes: number; readonly offset: number | null } | null {
    const match = /^(\d+)(?:@(\d+))?$/.exec(value);
    if (match) return { bytes: Number(match[1]), offset: match[2] === undefined ? null : Number(match[2]) };
    this.#complain(`${name.slice(1)} is "${value}"`);
    return null;
  }

  #initSection(value: string): PlaylistSegment['map'] {
    const uri = attribute(value, 'URI');
    if (uri === null) {
      this.#complain('an EXT-X-MAP has no URI');
      return null;
    }
    const written = attribute(value, 'BYTERANGE');
    const range = written === null ? null : this.#byteRange('#EXT-X-MAP:BYTERANGE', written);
    return { uri, range: range && { bytes: range.bytes, offset: range.offset ?? 0 } };
  }

  #whole(name: string, value: string): number | null {
    if (/^\d+$/.test(value)) return Number(value);
    this.#complain(`${name.slice(1)} is "${value}"`);
    return null;
  }
}

/**
 * Feeds the file to the reader and gives its entries, as many at a time as stand in a piece of a few KiB: more is never
 * held. Throws what the file system does.
 */
export async function* readMediaPlaylist(
  path: string,
  reader: MediaPlaylistReader,
): AsyncGenerator<readonly PlaylistSegment[]> {
  const file = await open(path);
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    let filled = 0;
    for (;;) {
      const { bytesRead } = await file.read(piece, filled, PIECE_BYTES - filled);
      filled += bytesRead;
      const segments: PlaylistSegment[] = [];
      let start = 0;
      for (let end = piece.indexOf(NEWLINE); end !== -1 && end < filled; end = piece.indexOf(NEWLINE, start)) {
        const segment = reader.line(piece.toString('utf8', start, end));
        if (segment) segments.push(segment);
        start = end + 1;
      }
      if (bytesRead === 0 && filled > start) {
        const last = reader.line(piece.toString('utf8', start, filled));
        if (last) segments.push(last);
      }
      if (segments.length > 0) yield segments;
      if (bytesRead === 0) break;
      piece.copyWithin(0, start, filled);
      // A line as long as the whole piece is not one of a playlist: what is there of it goes.
      filled = filled - start === PIECE_BYTES ? 0 : filled - start;
    }
  } finally {
    await file.close();
  }
  reader.end();
}

const PIECE_BYTES = 8 * 1024;
const NEWLINE = 0x0a;

/** RFC 8216 4.2: NAME="text" or NAME=text. */
function attribute(list: string, name: string): string | null {
  for (const [, key, quoted, plain] of list.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^",]*))(?:,|$)/g)) {
    if (key === name) return quoted ?? plain ?? null;
  }
  return null;
}
