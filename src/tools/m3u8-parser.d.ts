/** The part of m3u8-parser that mediactl reads; the package has no types of its own. Attributes are unchecked text. */
declare module 'm3u8-parser' {
  interface Attributes {
    readonly BANDWIDTH?: number;
    readonly 'AVERAGE-BANDWIDTH'?: string | number;
    readonly RESOLUTION?: { readonly width: number; readonly height: number };
    readonly CODECS?: string;
    readonly AUDIO?: string;
    readonly 'FRAME-RATE'?: number;
    readonly URI?: string;
  }

  export interface Manifest {
    readonly version?: number;
    readonly targetDuration?: number;
    readonly mediaSequence?: number;
    readonly playlistType?: string;
    readonly endList?: boolean;
    readonly independentSegments?: boolean;
    readonly iFramesOnly?: boolean;
    readonly segments: readonly {
      readonly uri?: string;
      readonly duration?: number;
      readonly byterange?: { readonly offset: number; readonly length: number };
      readonly map?: { readonly uri: string };
    }[];
    readonly playlists?: readonly { readonly uri?: string; readonly attributes?: Attributes }[];
    readonly iFramePlaylists: readonly { readonly uri?: string; readonly attributes?: Attributes }[];
    readonly mediaGroups?: {
      readonly AUDIO: Readonly<
        Record<
          string,
          Readonly<
            Record<
              string,
              {
                readonly default: boolean;
                readonly autoselect: boolean;
                readonly language?: string;
                readonly uri?: string;
              }
            >
          >
        >
      >;
    };
  }

  export class Parser {
    manifest: Manifest;
    push(chunk: string): void;
    end(): void;
    on(event: 'warn' | 'info', listener: (notice: { readonly message: string }) => void): void;
  }
}
