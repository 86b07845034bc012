import type { PlaylistVariant } from '../../tools/m3u8-multivariant.js';
import type { Findings } from './findings.js';
import type { Rates } from './rate-window.js';
import type { Title } from './read-title.js';
import type { TitlePlaylist } from './survey-playlist.js';

/** Apple HLS authoring 1.26, 1.27: measured and declared within 10 %. */
export const TOLERANCE = 0.1;

const NONE: Rates = { peak: 0, average: 0 };

/** Declared bit rates against the ones measured from the files, of the dearest combination of a variant and its audio. */
export function checkBandwidth(title: Title, rates: ReadonlyMap<TitlePlaylist, Rates>, findings: Findings): void {
  const { master, masterPath } = title;
  const measured = (media: TitlePlaylist): Rates => rates.get(media) ?? NONE;
  for (const variant of master.variants) {
    const media = title.playlists.get(variant.uri);
    if (!media) continue;
    const sound = master.audio
      .filter((member) => member.group === variant.audioGroup && member.uri !== null)
      .flatMap((member) => title.playlists.get(member.uri ?? '') ?? []);
    const isSound = sound.includes(media);
    const own = isSound ? NONE : measured(media);
    const ofSound = sound.map((playlist) => measured(playlist));
    compareRates(masterPath, variant, findings, {
      peak: own.peak + Math.max(0, ...ofSound.map(({ peak }) => peak)),
      average: own.average + Math.max(0, ...ofSound.map(({ average }) => average)),
    });
    if (variant.codecs === null) findings.error(masterPath, 'codecs-missing', `${variant.uri} has no CODECS`);
    if (variant.audioGroup !== null && sound.length === 0) {
      findings.error(masterPath, 'group-missing', `${variant.uri} wants audio group "${variant.audioGroup}"`);
    }
    if (variant.resolution && variant.frameRate === null) {
      findings.warning(masterPath, 'frame-rate-missing', `${variant.uri} has no FRAME-RATE`);
    }
  }
  for (const variant of master.iframes) {
    const media = title.playlists.get(variant.uri);
    if (media) compareRates(masterPath, variant, findings, measured(media));
  }
  for (const group of new Set(master.audio.map((member) => member.group))) {
    const defaults = master.audio.filter((member) => member.group === group && member.isDefault).length;
    if (defaults !== 1)
      findings.error(masterPath, 'default-missing', `audio group "${group}" has ${defaults} defaults`);
  }
}

function compareRates(path: string, variant: PlaylistVariant, findings: Findings, measured: Rates): void {
  const pairs = [
    { name: 'BANDWIDTH', declared: variant.bandwidth, found: measured.peak },
    { name: 'AVERAGE-BANDWIDTH', declared: variant.averageBandwidth, found: measured.average },
  ];
  for (const { name, declared, found } of pairs) {
    if (declared === null) findings.error(path, 'bandwidth-missing', `${variant.uri} has no ${name}`);
    else if (Math.abs(found - declared) > declared * TOLERANCE) {
      findings.error(
        path,
        'bandwidth-wrong',
        `${variant.uri} says ${name} ${declared}, its files give ${Math.round(found)}`,
      );
    }
  }
}
