/**
 * Which renditions a key is for. The five words, or the name of a rung ("720p") or of an audio rendition ("audio-en").
 * Where several fit, the narrowest counts: the name, then the kind of picture or sound, then `all`.
 */
export type KeyLabel = string;

export const ALL = 'all';
export const KIND_LABELS = ['sd', 'hd', 'uhd', 'audio'] as const;

export type KindLabel = (typeof KIND_LABELS)[number];

/** A key of AES-128 that a title's samples are encrypted with. */
export interface ContentKey {
  /** 32 hex digits, lower case: the UUID without its dashes. */
  readonly kid: string;
  readonly label: KeyLabel;
  readonly key: SecretKey;
}

/** The keys of a title, from wherever they came. */
export interface ContentKeys {
  /** What the keys are for, as whoever made them calls it; null: not said. */
  readonly title: string | null;
  /** One at least. No KID, label or key is there twice. */
  readonly keys: readonly ContentKey[];
}

/** 16 bytes that show themselves to nobody who does not ask: not to JSON, not to a log, not to an error's text. */
export class SecretKey {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    if (bytes.length !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes`);
    this.#bytes = Uint8Array.from(bytes);
  }

  /** A copy. */
  reveal(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  toJSON(): string {
    return HIDDEN;
  }

  toString(): string {
    return HIDDEN;
  }
}

const KEY_BYTES = 16;
const HIDDEN = '[key]';

/** Largest heights, pixels of the short side: as DRM providers and their output rules tell SD and HD apart. */
const [MOST_SD, MOST_HD] = [576, 1080];

/** By the short side of the picture, so that upright video is judged like any other. */
export function labelOfPicture({ width, height }: { readonly width: number; readonly height: number }): KindLabel {
  const side = Math.min(width, height);
  if (side <= MOST_SD) return 'sd';
  return side <= MOST_HD ? 'hd' : 'uhd';
}

/**
 * The largest picture that a key opens, pixels of its short side; null: it opens no picture; Infinity: any. What a licence
 * server needs to answer "up to 720p" with. A rung's name that does not begin with its height opens any.
 */
export function heightOfLabel(label: KeyLabel): number | null {
  switch (label) {
    case 'sd':
      return MOST_SD;
    case 'hd':
      return MOST_HD;
    case 'uhd':
    case ALL:
      return Infinity;
    case 'audio':
      return null;
    default: {
      if (label.startsWith('audio-')) return null;
      const height = /^(\d+)p/.exec(label)?.[1];
      return height === undefined ? Infinity : Number(height);
    }
  }
}

/** "01234567-89ab-cdef-0123-456789abcdef": a KID as MPDs have it. */
export function uuidOf(kid: string): string {
  return kid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
