/** What the outermost layer of a container tells about its wholeness, read without decoding anything. */
export interface Structure {
  readonly family: 'mp4' | 'matroska' | 'riff' | 'mpegts';
  /** Bytes that the container announces and the file does not have; 0 when it is whole or does not say. */
  readonly missingBytes: number;
  /** Why nothing can be read from it, for a person; null when that is not known to be so. */
  readonly unreadable: { readonly code: 'input-truncated' | 'input-unsupported'; readonly reason: string } | null;
  /** How the media is encrypted; null when it is not. */
  readonly encryption: string | null;
  /** MP4 in fragments, as it is streamed and recorded: the header knows nothing of the length. */
  readonly isFragmented: boolean;
  /** There is an index of key frames, so that a seek finds its place. */
  readonly hasIndex: boolean;
}

/** A file being read at any place; reads past the end give fewer bytes. */
export interface RandomAccess {
  readonly bytes: number;
  readonly read: (offset: number, length: number) => Promise<Buffer>;
  /** A read costs a round trip over the network: a walk that would take many ends early. */
  readonly distant?: boolean;
}
