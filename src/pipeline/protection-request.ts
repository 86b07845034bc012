import { resolve } from 'node:path';
import { MediactlError } from '../errors.js';
import type { ContentKeys } from '../model/content-keys.js';
import { DRM_SYSTEMS } from '../model/protection.js';
import type { Settings, TitleSettings } from '../model/settings.js';
import type { PlanRequest } from '../stages/plan/request.js';
import { readKeysFile } from '../tools/drm/keys-file.js';
import { keyChecksum } from '../tools/drm/playready.js';

/** The keys that a title is to be encrypted with; null: it is not. Throws MediactlError usage, keys-…, input-…. */
export async function titleKeys(
  { title, access }: Pick<Settings, 'title' | 'access'>,
  cwd: string,
): Promise<ContentKeys | null> {
  if (title.drm === null) return null;
  if (access.keys === null) {
    throw new MediactlError('usage', `--drm ${title.drm} needs keys`, {
      hint: 'pass --keys FILE; docs/drm.md shows how to make such a file',
    });
  }
  return readKeysFile(resolve(cwd, access.keys));
}

/** What the plan is to know of keys and settings: no key. */
export function protectionRequest(
  title: Pick<TitleSettings, 'drm' | 'drmKeys' | 'drmSystems' | 'licenseUrl'>,
  keys: ContentKeys | null,
): PlanRequest['protection'] {
  if (title.drm === null || keys === null) return null;
  return {
    scheme: title.drm,
    systems: DRM_SYSTEMS.filter((system) => title.drmSystems.includes(system)),
    licenseUrl: title.licenseUrl,
    per: title.drmKeys,
    keys: keys.keys.map(({ kid, label, key }) => ({ kid, label, checksum: keyChecksum(kid, key.reveal()) })),
  };
}
