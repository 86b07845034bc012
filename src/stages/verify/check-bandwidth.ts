import type { PlaylistVariant } from '../../tools/m3u8.js';
import type { Findings } from './findings.js';
import type { Title, TitlePlaylist } from './read-title.js';

/** Apple HLS authoring 1.26, 1.27: measured and declared within 10 %. */
const TOLERANCE = 0.1;

/** Declared bit rates against the ones measured from the files, of the dearest combination of a variant and its audio. */
export function checkBandwidth(title: Title, findings: Findings): void {
  const { master, masterPath } = title;
  for (const variant of master.variants) {
    const media = title.playlists.get(variant.uri);
    if (!media) continue;
    const sound = master.audio
      .filter((member) => member.group === variant.audioGroup && member.uri !== null)
      .flatMap((member) => title.playlists.get(member.uri ?? '') ?? []);
    const isSound = sound.includes(media);
    const own = isSound ? { peak: 0, average: 0 } : measure(media);
    const peaks = sound.map((playlist) => measure(playlist));
    compareRates(masterPath, variant, findings, {
      peak: own.peak + Math.max(0, ...peaks.map((rates) => rates.peak)),
      average: own.average + Math.max(0, ...peaks.map((rates) => rates.average)),
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
    if (media) compareRates(masterPath, variant, findings, measure(media));
  }
  for (const group of new Set(master.audio.map((member) => member.group))) {
    const defaults = master.audio.filter((member) => member.group === group && member.isDefault).length;
    if (defaults !== 1)
      findings.error(masterPath, 'default-missing', `audio group "${group}" has ${defaults} defaults`);
  }
}

interface Measured {
  readonly peak: number;
  readonly average: number;
}

function compareRates(path: string, variant: PlaylistVariant, findings: Findings, measured: Measured): void {
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

/**
 * Bits per second from the files. Peak: the highest rate of any contiguous run that lasts 0.5 to 1.5 target durations
 * (RFC 8216 4.1), or the largest segment's where no run is long enough. Written apart from the packaging stage on
 * purpose: one checks the other.
 */
function measure({ segments, micros, playlist }: TitlePlaylist): Measured {
  const target = (playlist.targetSeconds ?? 0) * 1e6;
  const rate = (bytes: number, length: number): number => (length > 0 ? (bytes * 8e6) / length : 0);
  let peak = 0;
  for (let first = 0; first < segments.length; first++) {
    let bytes = 0;
    let length = 0;
    for (let next = first; next < segments.length; next++) {
      bytes += segments[next]?.bytes ?? 0;
      length += segments[next]?.micros ?? 0;
      if (length > 1.5 * target) break;
      if (length >= 0.5 * target) peak = Math.max(peak, rate(bytes, length));
    }
  }
  const largest = segments.toSorted((a, b) => b.bytes - a.bytes)[0];
  if (peak === 0 && largest) peak = rate(largest.bytes, largest.micros);
  const average = rate(
    segments.reduce((sum, segment) => sum + segment.bytes, 0),
    micros,
  );
  return { peak: Math.max(peak, average), average };
}
