import { MediactlError } from '../../errors.js';
import { ALL, labelOfPicture, type KeyLabel } from '../../model/content-keys.js';
import type { PlannedKey, Protection } from '../../model/protection.js';
import type { Rendition } from '../../model/rendition.js';
import type { PlanNotes } from './notes.js';

/** What was asked for, and the keys there are. */
export interface ProtectionRequest extends Pick<Protection, 'scheme' | 'systems' | 'licenseUrl'> {
  /** Which labels count; null: the narrowest that there is. */
  readonly per: 'per-title' | 'per-type' | 'per-rung' | null;
  readonly keys: readonly OfferedKey[];
}

export type OfferedKey = Omit<PlannedKey, 'renditions'>;

/** What decides the key of a rendition. */
export type Locked =
  | { readonly kind: 'video'; readonly name: string; readonly width: number; readonly height: number }
  | { readonly kind: 'audio'; readonly name: string };

/**
 * The key of a rendition by its label: its own name before what it shows (SD, HD, UHD, sound), before the title's one.
 * Throws MediactlError keys-missing.
 */
export function keyFor({ per, keys }: ProtectionRequest, rendition: Locked): OfferedKey {
  const type: KeyLabel = rendition.kind === 'audio' ? 'audio' : labelOfPicture(rendition);
  const labels = {
    'per-title': [ALL],
    'per-type': [type],
    // Sounds of several languages are seldom sold apart.
    'per-rung': rendition.kind === 'audio' ? [rendition.name, type] : [rendition.name],
  };
  const wanted = per === null ? [rendition.name, type, ALL] : labels[per];
  const key = wanted.map((label) => keys.find((one) => one.label === label)).find((found) => found !== undefined);
  if (key) return key;
  const list = wanted.map((label) => `"${label}"`).join(' or ');
  throw new MediactlError('keys-missing', `there is no key for ${rendition.name}`, {
    reason: `one with the label ${list} is wanted; there are ${keys.map(({ label }) => `"${label}"`).join(', ')}`,
    hint: 'add such a key to the file of --keys (docs/drm.md), or choose other --drm-keys',
  });
}

/** Keys as the plan says them, each with the renditions that it is for. Those that are for none are left out. */
export function planProtection(
  request: ProtectionRequest,
  renditions: readonly Rendition[],
  notes: PlanNotes,
): Protection {
  const { scheme, systems, licenseUrl } = request;
  const names = new Map<OfferedKey, string[]>();
  for (const rendition of renditions) {
    const key = keyFor(request, rendition);
    const known = names.get(key) ?? [];
    if (!known.includes(rendition.name)) names.set(key, [...known, rendition.name]);
  }
  const keys = request.keys.flatMap((key): PlannedKey[] => {
    const { kid, label, checksum } = key;
    const used = names.get(key);
    return used ? [{ kid, label, checksum, renditions: used }] : [];
  });
  const choice = `${scheme}, ${keys.length === 1 ? 'one key' : `${keys.length} keys`}`;
  const told = keys.map(({ kid, renditions: used }) => `${used.join(', ')}: KID ${kid}`).join('; ');
  notes.decide('protection', choice, `${SCHEMES[scheme]}; ${told}`);
  return { scheme, systems, licenseUrl, keys };
}

const SCHEMES = {
  cenc: 'AES in counter mode, which Apple does not play',
  cbcs: 'AES in CBC mode with a pattern, which Apple and all current devices play',
};

/** Throws MediactlError usage: what is not encrypted must not go out beside what is. */
export function checkProtectable(format: string): void {
  if (!format.includes('hls')) return;
  throw new MediactlError('usage', `--drm does not go with --format ${format}`, {
    reason: 'MPEG-TS segments are not encrypted, so that the title would be there in clear as well',
    hint: 'choose --format cmaf, which has HLS and DASH playlists',
  });
}
