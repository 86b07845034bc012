/** The two schemes of ISO/IEC 23001-7 that devices play: AES in counter mode, and in CBC mode with a pattern. */
export type ProtectionScheme = 'cenc' | 'cbcs';

/** Who hands keys to players. What each puts where: tools/drm/. */
export const DRM_SYSTEMS = ['widevine', 'playready', 'fairplay', 'clearkey'] as const;

export type DrmSystem = (typeof DRM_SYSTEMS)[number];

/** How the samples of a form are encrypted, and how players are told. There is no key in it. */
export interface Protection {
  readonly scheme: ProtectionScheme;
  /** In the order of DRM_SYSTEMS. */
  readonly systems: readonly DrmSystem[];
  /** Where players of ClearKey ask for keys; null: they are told by their page. */
  readonly licenseUrl: string | null;
  /** Those that are used, in the order in which they were given. */
  readonly keys: readonly PlannedKey[];
}

/** A key as everybody may know it. */
export interface PlannedKey {
  /** 32 hex digits. */
  readonly kid: string;
  readonly label: string;
  /**
   * 16 hex digits by which a key is known again: its KID, encrypted with it (PlayReady header specification, CHECKSUM of
   * AESCTR). With another key under the same KID, other segments come out.
   */
  readonly checksum: string;
  /** Names of the renditions that are encrypted with it. */
  readonly renditions: readonly string[];
}

/** The key of a rendition. Throws RangeError without one: the plan gives each a key. */
export function plannedKeyOf({ keys }: Protection, { name }: { readonly name: string }): PlannedKey {
  const key = keys.find(({ renditions }) => renditions.includes(name));
  if (!key) throw new RangeError(`${name} has no key`);
  return key;
}
