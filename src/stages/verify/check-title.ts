import type { Finding } from '../../model/finding.js';
import { checkBandwidth } from './check-bandwidth.js';
import { checkDeep } from './check-deep.js';
import { checkIframes } from './check-iframes.js';
import { checkMedia } from './check-media.js';
import { checkRungs } from './check-rungs.js';
import { Findings } from './findings.js';
import { readTitle } from './read-title.js';

/**
 * Checks a title on disk against what players rely on (RFC 8216, Apple HLS authoring), by its playlists and the sizes
 * of its files; with `deep`, every segment is read too: its frames, times and IDRs.
 * `elsewhere`: sizes of files that are not in the folder, but where the title is made. Gives what is wrong, errors first;
 * an empty list is a sound title. Throws only when the file system does (no permission); a missing file is a finding.
 */
export async function checkTitle(
  folder: string,
  masterName = 'master.m3u8',
  options: { readonly deep?: boolean; readonly elsewhere?: ReadonlyMap<string, number> } = {},
): Promise<Finding[]> {
  const findings = new Findings();
  const title = await readTitle(folder, masterName, findings, options.elsewhere);
  if (title) {
    checkMedia(title, findings);
    checkRungs(title, findings);
    checkIframes(title, findings);
    checkBandwidth(title, findings);
    if (options.deep === true && findings.list.every((finding) => finding.severity === 'warning')) {
      await checkDeep(title, findings);
    }
  }
  return findings.list.toSorted((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}
