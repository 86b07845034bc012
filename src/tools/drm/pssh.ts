import type { DrmSystem, ProtectionScheme } from '../../model/protection.js';
import { makeFullBox, u32 } from '../mp4/boxes.js';
import { playReadyObject } from './playready.js';
import { widevineData } from './widevine.js';

/** https://dashif.org/identifiers/content_protection/ */
const SYSTEM_IDS = {
  common: '1077efecc0b24d02ace33c1e52e2fb4b',
  widevine: 'edef8ba979d64acea3c827dcd51d21ed',
  playready: '9a04f07998404286ab92e65be0885f95',
} as const;

/** A protection system specific header box: ISO/IEC 23001-7, 8.1. */
interface Pssh {
  /** 32 hex digits. */
  readonly systemId: string;
  /** Version 1 lists them; empty in version 0. */
  readonly kids: readonly string[];
  readonly data: Buffer;
}

function writePssh({ systemId, kids, data }: Pssh): Buffer {
  const version = kids.length > 0 ? 1 : 0;
  const list = version === 0 ? [] : [u32(kids.length), ...kids.map((kid) => Buffer.from(kid, 'hex'))];
  return makeFullBox('pssh', version, 0, Buffer.from(systemId, 'hex'), ...list, u32(data.length), data);
}

/** What W3C calls "cenc" initialization data: KIDs, for whoever asks for keys. Players of ClearKey read it. */
export function commonPssh(kids: readonly string[]): Buffer {
  return writePssh({ systemId: SYSTEM_IDS.common, kids, data: Buffer.alloc(0) });
}

export function widevinePssh(kids: readonly string[], scheme: ProtectionScheme): Buffer {
  return writePssh({ systemId: SYSTEM_IDS.widevine, kids: [], data: widevineData({ kids, scheme }) });
}

/** `checksum`: see PlannedKey. */
export function playReadyPssh(key: { kid: string; checksum: string }, scheme: ProtectionScheme): Buffer {
  return writePssh({ systemId: SYSTEM_IDS.playready, kids: [], data: playReadyObject(key, scheme) });
}

/**
 * The boxes of an initialization segment: the common one always, and those of the systems that read one. FairPlay has none.
 */
export function initPssh(
  key: { readonly kid: string; readonly checksum: string },
  scheme: ProtectionScheme,
  systems: readonly DrmSystem[],
): Buffer[] {
  return [
    commonPssh([key.kid]),
    ...(systems.includes('playready') ? [playReadyPssh(key, scheme)] : []),
    ...(systems.includes('widevine') ? [widevinePssh([key.kid], scheme)] : []),
  ];
}
