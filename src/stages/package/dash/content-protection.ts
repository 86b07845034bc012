import { uuidOf } from '../../../model/content-keys.js';
import type { DrmSystem, PlannedKey, Protection } from '../../../model/protection.js';
import { playReadyObject } from '../../../tools/drm/playready.js';
import { playReadyPssh, widevinePssh } from '../../../tools/drm/pssh.js';
import { element, textElement, type Attributes } from './xml.js';

/** A ContentProtection descriptor: ISO/IEC 23009-1 5.8.4.1. */
export interface ContentProtection {
  readonly attributes: Attributes;
  /** XML of its children, each indented for their place. */
  readonly children: readonly string[];
}

/** Namespaces of attributes and children, for the document's first element. */
export const PROTECTION_NAMESPACES: Attributes = [
  ['xmlns:cenc', 'urn:mpeg:cenc:2013'],
  ['xmlns:mspr', 'urn:microsoft:playready'],
  ['xmlns:dashif', 'https://dashif.org/CPS'],
];

/** So deep do the children stand. */
const INDENT = 8;

/**
 * What a manifest says of a key: the scheme with the KID (DASH-IF IOP part 6), and a descriptor for each of these systems
 * that has one in DASH. Clear Key never stands beside another.
 */
export function contentProtection(
  key: PlannedKey,
  protection: Protection,
  systems: readonly DrmSystem[],
): ContentProtection[] {
  const common: ContentProtection = {
    attributes: [
      ['schemeIdUri', 'urn:mpeg:dash:mp4protection:2011'],
      ['value', protection.scheme],
      ['cenc:default_KID', uuidOf(key.kid)],
    ],
    children: [],
  };
  return [common, ...systems.flatMap((system) => DESCRIPTORS[system]?.(key, protection) ?? [])];
}

type Descriptor = (key: PlannedKey, protection: Protection) => ContentProtection;

/** Of FairPlay there is none: Apple's players read playlists. */
const DESCRIPTORS: Readonly<Record<DrmSystem, Descriptor | null>> = {
  widevine: ({ kid }, { scheme }) => ({
    attributes: [['schemeIdUri', 'urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed']],
    children: [textElement(INDENT, 'cenc:pssh', widevinePssh([kid], scheme).toString('base64'))],
  }),
  playready: (key, { scheme }) => ({
    attributes: [
      ['schemeIdUri', 'urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95'],
      ['value', 'MSPR 2.0'],
    ],
    children: [
      textElement(INDENT, 'cenc:pssh', playReadyPssh(key, scheme).toString('base64')),
      textElement(INDENT, 'mspr:pro', playReadyObject(key, scheme).toString('base64')),
    ],
  }),
  fairplay: null,
  clearkey: (_, { licenseUrl }) => ({
    attributes: [
      ['schemeIdUri', 'urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e'],
      ['value', 'ClearKey1.0'],
    ],
    children: licenseUrl === null ? [] : [textElement(INDENT, 'dashif:Laurl', licenseUrl)],
  }),
};

export function protectionElement(indent: number, { attributes, children }: ContentProtection): string {
  return element(indent, 'ContentProtection', attributes, children);
}
