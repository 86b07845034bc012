import type { Finding } from '../../model/finding.js';
import { checkBandwidth } from './check-bandwidth.js';
import { checkDeep } from './check-deep.js';
import { checkMpd } from './check-mpd.js';
import { checkPlaylists } from './check-playlists.js';
import { checkSegments } from './check-segments.js';
import { FileSizes, type SizeLookup } from './file-sizes.js';
import { Findings } from './findings.js';
import { readTitle } from './read-title.js';
import { findRungs } from './rungs.js';

export interface CheckTitleOptions {
  /** Every segment is read, too: its frames, times and IDRs. */
  readonly deep?: boolean;
  /** Sizes of files that are not in the folder, but where the title is made; null: it is in the folder. */
  readonly sizeOf?: SizeLookup;
}

/**
 * Checks a title on disk against what players rely on (RFC 8216, Apple HLS authoring), by its playlists, its DASH manifest
 * where it has one, and the sizes of its files. The playlists are read side by side and no list of segments is held, so the memory that this takes does
 * not grow with the title. Gives what is wrong, errors first; an empty list is a sound title. Throws only when the file
 * system does (no permission), or `sizeOf`; a missing file is a finding.
 */
export async function checkTitle(
  folder: string,
  masterName = 'master.m3u8',
  options: CheckTitleOptions = {},
): Promise<Finding[]> {
  const findings = new Findings();
  const sizes = new FileSizes(folder, findings, options.sizeOf);
  const title = await readTitle(folder, masterName, sizes, findings);
  if (title) {
    const found = await findRungs(title, findings);
    checkPlaylists(title, found.rungs, findings);
    const rates = await checkSegments(title, found, (path) => sizes.of(path), findings);
    checkBandwidth(title, rates, findings);
    await checkMpd(title, rates, findings);
    if (options.deep === true && !findings.hasErrors) await checkDeep(title, found.rungs, findings);
  }
  return findings.list.toSorted((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}
