import type { SourceIdentity } from './media.js';

/**
 * What a title is made from, readable at any place: a local file, an object of a bucket, a file on the web. It is one
 * version of it: what replaces it in the meantime is never read as if it were the same.
 */
export interface Source {
  readonly identity: SourceIdentity;
  /** How FFmpeg and ffprobe open it. */
  readonly address: InputAddress;
  /** Each read may cost a round trip over the network: look at little. */
  readonly distant: boolean;
  /** Fewer bytes than asked for where it ends. */
  read(offset: number, length: number): Promise<Buffer>;
  /** To be called once it is no longer needed; FFmpeg cannot open it any more. */
  close(): Promise<void>;
}

/** What FFmpeg is given instead of the bytes. Nothing secret is in the URL, which others see in the list of processes. */
export interface InputAddress {
  readonly url: string;
  /** FFmpeg's protocols that it takes; no others are allowed. */
  readonly protocols: 'file' | 'http,tcp';
  /** To be added to the environment of the process; undefined: to be taken out of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
