/** What the first bytes of a file give away; `nothing` when they are not telling. */
export type Sniffed =
  | { readonly kind: 'playlist'; readonly what: string }
  | { readonly kind: 'encrypted'; readonly what: string }
  | { readonly kind: 'still'; readonly what: string }
  | { readonly kind: 'not-media'; readonly what: string }
  | { readonly kind: 'nothing' };

/** Bytes of a file's head that `sniff` wants to see. */
export const SNIFF_BYTES = 64 * 1024;

/**
 * Recognises by content what is to be refused, so that the message says what the file really is. The lock on the
 * door is the allow-list of demuxers (tools/input-safety); this is the sign on it, and refuses a little earlier.
 */
export function sniff(head: Uint8Array): Sniffed {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const text = bytes.toString('latin1', 0, 8192).replace(/^(?:\xef\xbb\xbf)?\s*/, '');
  for (const [what, pattern] of PLAYLISTS) if (pattern.test(text)) return { kind: 'playlist', what };
  const drm = sniffEncryption(bytes);
  if (drm !== null) return { kind: 'encrypted', what: drm };
  const still = sniffStill(bytes);
  if (still !== null) return { kind: 'still', what: still };
  for (const [what, pattern] of OTHERS) if (pattern.test(text)) return { kind: 'not-media', what };
  return bytes.length > 0 && isText(bytes.subarray(0, 4096))
    ? { kind: 'not-media', what: 'text' }
    : { kind: 'nothing' };
}

// Files that name other files or places.
const PLAYLISTS: readonly (readonly [string, RegExp])[] = [
  ['an HLS or M3U playlist', /^#EXTM3U/],
  ['an FFmpeg concat script', /^(?:#[^\n]*\n\s*)*(?:ffconcat\s+version|file\s+\S)/i],
  ['a session description (SDP)', /^v=0\r?\n(?:[a-z]=[^\n]*\n)*|^(?:[a-z]=[^\n]*\n)*c=IN IP[46] /],
  ['a DASH manifest', /^(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<MPD[\s>]/],
  ['a Smooth Streaming manifest', /^(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<SmoothStreamingMedia[\s>]/],
  ['an IMF playlist', /^(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:\w+:)?(?:CompositionPlaylist|AssetMap)[\s>]/],
  ['an XML playlist', /^(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:asx|smil|playlist|wpl)[\s>]/i],
  ['a playlist', /^\[(?:playlist|reference)\]/i],
  ['a list of links', /^(?:rtsp|rtspt|mms|mmsh|https?):\/\/\S+/i],
  ['an RTSP pointer', /^RTSPtext/],
  [
    'an AviSynth or VapourSynth script',
    /^(?:#[^\n]*\n\s*)*(?:import vapoursynth|from vapoursynth|AviSource\(|DirectShowSource\(|FFVideoSource\()/i,
  ],
];

const OTHERS: readonly (readonly [string, RegExp])[] = [
  ['WebVTT subtitles', /^WEBVTT/],
  ['SubRip subtitles', /^\d+\r?\n\d{2}:\d{2}:\d{2},\d{3} --> /],
  ['ASS subtitles', /^\[Script Info\]/i],
  ['FFmpeg metadata', /^;FFMETADATA/],
  ['a web page', /^(?:<!doctype html|<html)/i],
  ['an SVG drawing', /^(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<svg[\s>]/i],
  ['an XML document', /^<\?xml/],
  ['a PDF document', /^%PDF-/],
  ['a ZIP archive', /^PK\x03\x04/],
  ['a gzip archive', /^\x1f\x8b/],
  ['a RAR archive', /^Rar!\x1a\x07/],
  ['a 7-Zip archive', /^7z\xbc\xaf\x27\x1c/],
  ['a program', /^(?:\x7fELF|MZ)/],
  ['a disc image or a project file', /^(?:SQLite format 3|CD001)/],
];

function sniffStill(bytes: Buffer): string | null {
  const starts = (...signature: number[]) => signature.every((value, i) => bytes[i] === value);
  // An animated PNG says so before its first picture.
  if (starts(0x89, 0x50, 0x4e, 0x47)) return indexBefore(bytes, 'acTL', 'IDAT') ? null : 'a PNG image';
  if (starts(0xff, 0xd8, 0xff)) return 'a JPEG image, or a bare sequence of them';
  if (starts(0x52, 0x49, 0x46, 0x46) && bytes.toString('latin1', 8, 12) === 'WEBP') return 'a WebP image';
  if (starts(0x49, 0x49, 0x2a, 0) || starts(0x4d, 0x4d, 0, 0x2a)) return 'a TIFF or raw camera image';
  if (starts(0x42, 0x4d) && bytes.readUInt32LE(Math.min(6, bytes.length - 4)) === 0) return 'a BMP image';
  if (bytes.toString('latin1', 0, 4) === '8BPS') return 'a Photoshop image';
  const brand = bytes.toString('latin1', 4, 8) === 'ftyp' ? bytes.toString('latin1', 8, 12) : '';
  return ['heic', 'heix', 'mif1', 'avif'].includes(brand) ? 'a HEIF or AVIF image' : null;
}

function indexBefore(bytes: Buffer, wanted: string, limit: string): boolean {
  const at = bytes.indexOf(wanted, 0, 'latin1');
  const end = bytes.indexOf(limit, 0, 'latin1');
  return at >= 0 && (end < 0 || at < end);
}

// ASF's Content Encryption and Extended Content Encryption objects.
const ASF_DRM = ['fbb3112223bdd211b4b700a0c955fc6e', '14e68a292226174cb935dae07ee9289c'].map((id) =>
  Buffer.from(id, 'hex'),
);
const ASF = Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex');

function sniffEncryption(bytes: Buffer): string | null {
  if (bytes.subarray(0, 16).equals(ASF) && ASF_DRM.some((id) => bytes.includes(id))) return 'Windows Media DRM';
  return isScrambledTransportStream(bytes) ? 'conditional access (a scrambled transport stream)' : null;
}

// transport_scrambling_control (ISO/IEC 13818-1, 2.4.3.2) on most packets; clear ones are tables and padding.
function isScrambledTransportStream(bytes: Buffer): boolean {
  const [lead, size] = [
    [0, 188],
    [4, 192],
    [0, 204],
  ].find(([from = 0, step = 188]) => [0, 1, 2, 3, 4].every((i) => bytes[from + i * step] === 0x47)) ?? [0, 0];
  if (lead === undefined || size === undefined || size === 0) return false;
  let [packets, scrambled] = [0, 0];
  for (let at = lead; at + 4 <= bytes.length; at += size, packets++) {
    if (bytes[at] === 0x47 && ((bytes[at + 3] ?? 0) & 0xc0) !== 0) scrambled++;
  }
  return scrambled * 2 > packets;
}

function isText(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b);
}
