import { toNumber, type Rational } from '../../../model/rational.js';
import { printSeconds, type Rates } from '../figures.js';

/** One rung as the multivariant playlist describes it; paths are relative to it, with POSIX separators. */
export interface Variant extends Rates {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: Rational;
  readonly codecs: string;
  readonly iframes: (Rates & { readonly path: string }) | null;
}

/** One audio rendition. */
export interface AudioMember extends Rates {
  readonly path: string;
  /** BCP 47. */
  readonly language: string;
  readonly label: string;
  readonly isDefault: boolean;
  /** HLS CHARACTERISTICS; null without any. */
  readonly characteristics: string | null;
  readonly channels: number;
  readonly codecs: string;
}

/** Players start with the first variant listed; Apple HLS authoring 1.32 wants the one of 2 Mb/s on average. */
const FIRST_BITRATE = 2_000_000;
const AUDIO_GROUP = 'audio';

/**
 * The multivariant playlist. The first variant listed is the one nearest to 2 Mb/s, the rest ascend: a player that
 * walks down the list after a failure meets the cheap ones first. A title of audio alone lists the default rendition
 * as its variant, with a group for the others if there are any. `sessionKeys`: tags by which players may ask for keys before
 * they have read a media playlist. `version`: EXT-X-VERSION. `startSeconds`: by how much pictures
 * are decoded before the first is shown. Players that put the first decode time at 0, as hls.js and Shaka Player do with MPEG-TS,
 * have nothing to show until then, and hop over that hole and the first pictures; told to begin there (RFC 8216 4.3.5.2) they
 * show them all. PRECISE=NO: who puts the first picture at 0 shows the segment from its start.
 */
export function multivariantPlaylist(
  variants: readonly Variant[],
  audio: readonly AudioMember[],
  sessionKeys: ReadonlySet<string>,
  version: number,
  startSeconds = 0,
): string {
  const members = oneDefault(audio);
  const grouped = variants.length > 0 ? members.length > 0 : members.length > 1;
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${version}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...(startSeconds > 0 ? [`#EXT-X-START:TIME-OFFSET=${printSeconds(startMicros(startSeconds))},PRECISE=NO`] : []),
    ...sessionKeys,
    ...(grouped ? mediaLines(members) : []),
    ...(variants.length > 0 ? variantLines(variants, members) : audioVariantLines(members, grouped)),
    ...inOrder(variants).flatMap(iframeLines),
  ];
  return `${lines.join('\n')}\n`;
}

/** Not before the first picture. */
function startMicros(seconds: number): number {
  return Math.ceil(seconds * 1e6 - 1e-3);
}

function mediaLines(members: readonly AudioMember[]): string[] {
  const names = new Set<string>();
  const selectable = new Set<string>();
  // The default is ranked first: it is always selectable, so a second one of its kind is not.
  const ranked = [...members].sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
  const autoselect = new Set(
    ranked.filter(({ language, characteristics }) => {
      const kind = `${language}\n${characteristics ?? ''}`;
      return !selectable.has(kind) && selectable.add(kind);
    }),
  );
  return members.map((member) => {
    // RFC 8216 4.3.4.1.1: names are unique in a group, and selectable members differ in language or characteristics.
    const label = quotable(member.label) || member.language;
    let name = label;
    for (let n = 2; names.has(name); n++) name = `${label} ${n}`;
    names.add(name);
    return tag('EXT-X-MEDIA', [
      ['TYPE', 'AUDIO'],
      ['GROUP-ID', quoted(AUDIO_GROUP)],
      ['LANGUAGE', quoted(member.language)],
      ['NAME', quoted(name)],
      ['DEFAULT', member.isDefault ? 'YES' : 'NO'],
      ['AUTOSELECT', autoselect.has(member) ? 'YES' : 'NO'],
      ['CHARACTERISTICS', member.characteristics === null ? null : quoted(member.characteristics)],
      ['CHANNELS', quoted(String(member.channels))],
      ['URI', quoted(uri(member.path))],
    ]);
  });
}

function variantLines(variants: readonly Variant[], members: readonly AudioMember[]): string[] {
  // Apple HLS authoring 9.13: any combination a viewer can pick, so the dearest audio rendition counts.
  const audio = dearest(members);
  const audioCodecs = new Set(members.map((member) => member.codecs));
  return inOrder(variants).flatMap((variant) => [
    tag('EXT-X-STREAM-INF', [
      ['BANDWIDTH', String(variant.peakBitrate + audio.peakBitrate)],
      ['AVERAGE-BANDWIDTH', String(variant.averageBitrate + audio.averageBitrate)],
      ['CODECS', quoted([variant.codecs, ...audioCodecs].join(','))],
      ['RESOLUTION', `${variant.width}x${variant.height}`],
      ['FRAME-RATE', toNumber(variant.frameRate).toFixed(3)],
      ['AUDIO', members.length > 0 ? quoted(AUDIO_GROUP) : null],
      ['CLOSED-CAPTIONS', 'NONE'],
    ]),
    uri(variant.path),
  ]);
}

function audioVariantLines(members: readonly AudioMember[], grouped: boolean): string[] {
  const main = members.find((member) => member.isDefault);
  if (!main) return [];
  const audio = dearest(members);
  return [
    tag('EXT-X-STREAM-INF', [
      ['BANDWIDTH', String(audio.peakBitrate)],
      ['AVERAGE-BANDWIDTH', String(audio.averageBitrate)],
      ['CODECS', quoted([...new Set(members.map((member) => member.codecs))].join(','))],
      ['AUDIO', grouped ? quoted(AUDIO_GROUP) : null],
    ]),
    uri(main.path),
  ];
}

function iframeLines(variant: Variant): string[] {
  if (variant.iframes === null) return [];
  return [
    tag('EXT-X-I-FRAME-STREAM-INF', [
      ['BANDWIDTH', String(variant.iframes.peakBitrate)],
      ['AVERAGE-BANDWIDTH', String(variant.iframes.averageBitrate)],
      ['CODECS', quoted(variant.codecs)],
      ['RESOLUTION', `${variant.width}x${variant.height}`],
      ['URI', quoted(uri(variant.iframes.path))],
    ]),
  ];
}

function inOrder(variants: readonly Variant[]): Variant[] {
  const distance = (variant: Variant): number => Math.abs(variant.averageBitrate - FIRST_BITRATE);
  const ascending = [...variants].sort(
    (a, b) => a.height * a.width - b.height * b.width || a.peakBitrate - b.peakBitrate,
  );
  const [first] = [...ascending].sort((a, b) => distance(a) - distance(b));
  return first ? [first, ...ascending.filter((variant) => variant !== first)] : [];
}

function dearest(members: readonly AudioMember[]): Rates {
  return {
    peakBitrate: Math.max(0, ...members.map((member) => member.peakBitrate)),
    averageBitrate: Math.max(0, ...members.map((member) => member.averageBitrate)),
  };
}

/** Makes exactly one the default: the first that is marked so, else the first. */
function oneDefault(audio: readonly AudioMember[]): AudioMember[] {
  const main = audio.find((member) => member.isDefault) ?? audio[0];
  return audio.map((member) => ({ ...member, isDefault: member === main }));
}

function tag(name: string, attributes: readonly (readonly [string, string | null])[]): string {
  const list = attributes.flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}`]));
  return `#${name}:${list.join(',')}`;
}

function quoted(text: string): string {
  return `"${quotable(text)}"`;
}

/** A quoted-string has no way to hold a double quote or a line break (RFC 8216 4.2); other controls only do harm. */
function quotable(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]+/g, ' ')
    .replaceAll('"', "'")
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .trim();
}

function uri(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
