import { plannedKeyOf, type DrmSystem, type PlannedKey, type Protection } from '../../../model/protection.js';
import { playReadyObject } from '../../../tools/drm/playready.js';
import { widevinePssh } from '../../../tools/drm/pssh.js';

/** As each scheme is named in playlists: RFC 8216bis, 4.4.4.4. */
const METHODS = { cenc: 'SAMPLE-AES-CTR', cbcs: 'SAMPLE-AES' } as const;

/**
 * What playlists say of the key of a rendition: an EXT-X-KEY for each system, and the same as EXT-X-SESSION-KEY. There is
 * none of the format "identity" among them, which players take for a key that may be fetched as it is.
 */
export function keyTags(
  name: 'EXT-X-KEY' | 'EXT-X-SESSION-KEY',
  protection: Protection,
  rendition: { readonly name: string },
): string[] {
  const key = plannedKeyOf(protection, rendition);
  return protection.systems.flatMap((system) => {
    const attributes = ATTRIBUTES[system](key, protection);
    return attributes === null ? [] : [`#${name}:METHOD=${METHODS[protection.scheme]},${attributes}`];
  });
}

type Attributes = (key: PlannedKey, protection: Protection) => string | null;

const ATTRIBUTES: Readonly<Record<DrmSystem, Attributes>> = {
  // https://developers.google.com/widevine: its box, and the KID by itself.
  widevine: ({ kid }, { scheme }) =>
    [
      `URI="data:text/plain;base64,${widevinePssh([kid], scheme).toString('base64')}"`,
      `KEYID=0x${kid}`,
      'KEYFORMATVERSIONS="1"',
      'KEYFORMAT="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"',
    ].join(),
  // https://learn.microsoft.com/playready/packaging/hls-manifest-support: its object without a box.
  playready: (key, { scheme }) =>
    [
      `URI="data:text/plain;charset=UTF-16;base64,${playReadyObject(key, scheme).toString('base64')}"`,
      'KEYFORMATVERSIONS="1"',
      'KEYFORMAT="com.microsoft.playready"',
    ].join(),
  // Apple HLS authoring 13.2 and 13.3; it decrypts nothing but cbcs.
  fairplay: ({ kid }, { scheme }) =>
    scheme === 'cbcs' ? `URI="skd://${kid}",KEYFORMATVERSIONS="1",KEYFORMAT="com.apple.streamingkeydelivery"` : null,
  // As hls.js reads it: the KID. Each key has an address of its own, which players tell keys apart by.
  clearkey: ({ kid }) =>
    [
      `URI="data:text/plain;base64,${Buffer.from(kid, 'hex').toString('base64')}"`,
      `KEYID=0x${kid}`,
      'KEYFORMATVERSIONS="1"',
      'KEYFORMAT="org.w3.clearkey"',
    ].join(),
};
