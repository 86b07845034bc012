import { createCipheriv } from 'node:crypto';
import type { ProtectionScheme } from '../../model/protection.js';

/** https://learn.microsoft.com/playready/specifications/playready-header-specification */
const NAMESPACE = 'http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader';

/** A record of a PlayReady object that has a header in it. */
const HEADER_RECORD = 1;

/** A PlayReady object: the header that a scheme asks for, which is of version 4.0 for cenc and 4.3 for cbcs. */
export function playReadyObject(
  key: { readonly kid: string; readonly checksum: string },
  scheme: ProtectionScheme,
): Buffer {
  return playReadyRecord(scheme === 'cenc' ? header40(key) : header43(key.kid));
}

function playReadyRecord(header: string): Buffer {
  const text = Buffer.from(header, 'utf16le');
  const head = Buffer.alloc(10);
  head.writeUInt32LE(head.length + text.length);
  head.writeUInt16LE(1, 4);
  head.writeUInt16LE(HEADER_RECORD, 6);
  head.writeUInt16LE(text.length, 8);
  return Buffer.concat([head, text]);
}

function header40({ kid, checksum }: { readonly kid: string; readonly checksum: string }): string {
  const id = guidOf(kid).toString('base64');
  const sum = Buffer.from(checksum, 'hex').toString('base64');
  const info = '<PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO>';
  return wrm('4.0.0.0', `${info}<KID>${id}</KID><CHECKSUM>${sum}</CHECKSUM>`);
}

/** AESCBC has no checksum. */
function header43(kid: string): string {
  const id = guidOf(kid).toString('base64');
  return wrm('4.3.0.0', `<PROTECTINFO><KIDS><KID ALGID="AESCBC" VALUE="${id}"></KID></KIDS></PROTECTINFO>`);
}

function wrm(version: string, data: string): string {
  return `<WRMHEADER xmlns="${NAMESPACE}" version="${version}"><DATA>${data}</DATA></WRMHEADER>`;
}

/** A KID with the bytes of its first three fields turned round, as a GUID lies in memory. */
export function guidOf(kid: string): Buffer {
  const bytes = Buffer.from(kid, 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** By which a key is known again (CHECKSUM of AESCTR): 16 hex digits. It says nothing else of the key. */
export function keyChecksum(kid: string, key: Uint8Array): string {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return cipher.update(guidOf(kid)).toString('hex', 0, 8);
}
