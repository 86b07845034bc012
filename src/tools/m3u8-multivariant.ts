import { Parser, type Manifest } from 'm3u8-parser';

export interface MultivariantPlaylist {
  readonly version: number;
  readonly independent: boolean;
  readonly variants: readonly PlaylistVariant[];
  readonly iframes: readonly PlaylistVariant[];
  readonly audio: readonly PlaylistAudio[];
  /** What the parser objected to. */
  readonly complaints: readonly string[];
}

export interface PlaylistVariant {
  readonly uri: string;
  /** Bits per second; null where the playlist does not say. */
  readonly bandwidth: number | null;
  readonly averageBandwidth: number | null;
  readonly codecs: string | null;
  readonly resolution: { readonly width: number; readonly height: number } | null;
  readonly frameRate: number | null;
  /** GROUP-ID of its audio. */
  readonly audioGroup: string | null;
}

export interface PlaylistAudio {
  readonly group: string;
  readonly name: string;
  readonly language: string | null;
  readonly isDefault: boolean;
  /** Null: its sound is in the variant itself. */
  readonly uri: string | null;
}

/** Reads a multivariant playlist; never throws: what cannot be read is missing or among the complaints. */
export function parseMultivariantPlaylist(text: string): MultivariantPlaylist {
  const { manifest, complaints } = parse(text);
  return {
    version: manifest.version ?? 1,
    independent: manifest.independentSegments === true,
    variants: (manifest.playlists ?? []).map((entry) => variant(entry)),
    iframes: manifest.iFramePlaylists.map((entry) => variant(entry)),
    audio: Object.entries(manifest.mediaGroups?.AUDIO ?? {}).flatMap(([group, members]) =>
      Object.entries(members).map(([name, member]) => ({
        group,
        name,
        language: member.language ?? null,
        isDefault: member.default,
        uri: member.uri ?? null,
      })),
    ),
    complaints,
  };
}

type Entry = NonNullable<Manifest['playlists']>[number];

function variant({ uri, attributes }: Entry): PlaylistVariant {
  return {
    uri: uri ?? attributes?.URI ?? '',
    bandwidth: figure(attributes?.BANDWIDTH),
    averageBandwidth: figure(attributes?.['AVERAGE-BANDWIDTH']),
    codecs: attributes?.CODECS ?? null,
    resolution: attributes?.RESOLUTION ?? null,
    frameRate: figure(attributes?.['FRAME-RATE']),
    audioGroup: attributes?.AUDIO ?? null,
  };
}

function figure(value: string | number | undefined): number | null {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) ? number : null;
}

function parse(text: string): { manifest: Manifest; complaints: string[] } {
  const complaints: string[] = [];
  // The parser is lenient about the one thing every client checks first (RFC 8216 4.3.1.1).
  if (!/^#EXTM3U\r?\n/.test(text)) complaints.push('it does not begin with #EXTM3U');
  const parser = new Parser();
  parser.on('warn', ({ message }) => complaints.push(message));
  parser.push(text);
  parser.end();
  return { manifest: parser.manifest, complaints };
}
