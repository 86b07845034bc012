import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../errors.js';
import { MPD_NAME } from '../../model/title-files.js';
import { readMpd, type Mpd, type MpdRepresentation, type MpdSegment, type MpdSet } from '../../tools/mpd/read-mpd.js';
import { MpdFault } from '../../tools/mpd/xml-tags.js';
import { TOLERANCE } from './check-bandwidth.js';
import { SLACK_MICROS } from './check-playlists.js';
import type { Findings } from './findings.js';
import type { Rates } from './rate-window.js';
import type { Title } from './read-title.js';
import { listSegments, type ListedSegment } from './segments.js';
import type { TitlePlaylist } from './survey-playlist.js';
import { titlePath } from './title-path.js';

/**
 * The DASH manifest of a title, where there is one, against its playlists: both lead to the same files in the same order,
 * which begin and end at the same times. What holds of these files has been seen by way of the playlists. `rates`: as
 * measured from the files.
 */
export async function checkMpd(
  title: Title,
  rates: ReadonlyMap<TitlePlaylist, Rates>,
  findings: Findings,
): Promise<void> {
  const playlists = [...title.variants, ...title.audio].filter(({ hasMaps }) => hasMaps);
  // In a title of several forms it belongs to the one whose segments need initialization, as all of DASH do.
  if (playlists.length === 0) return;
  try {
    const text = await readIfThere(join(title.folder, MPD_NAME));
    if (text !== null) await new MpdCheck(title, playlists, readMpd(text), rates, findings).run();
  } catch (error) {
    if (!(error instanceof MpdFault)) throw error;
    findings.error(MPD_NAME, 'mpd-syntax', error.message);
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

class MpdCheck {
  readonly #title: Title;
  readonly #playlists: readonly TitlePlaylist[];
  readonly #mpd: Mpd;
  readonly #rates: ReadonlyMap<TitlePlaylist, Rates>;
  readonly #findings: Findings;

  constructor(
    title: Title,
    playlists: readonly TitlePlaylist[],
    mpd: Mpd,
    rates: ReadonlyMap<TitlePlaylist, Rates>,
    findings: Findings,
  ) {
    this.#title = title;
    this.#playlists = playlists;
    this.#mpd = mpd;
    this.#rates = rates;
    this.#findings = findings;
  }

  async run(): Promise<void> {
    const { type, micros, maxSegmentMicros, minBufferMicros, sets } = this.#mpd;
    if (type !== 'static') this.#error('mpd-not-static', `its type is ${type ?? 'not said'}, not static`);
    for (const [name, value] of Object.entries({ micros, maxSegmentMicros, minBufferMicros })) {
      if (value === null) this.#error('mpd-duration-missing', `it does not say ${ATTRIBUTES[name] ?? name}`);
    }
    const playlists = this.#playlists;
    const listed = new Set<TitlePlaylist>();
    for (const set of sets) {
      for (const representation of set.representations) {
        const first = pathOf(representation.segment(set.startNumber));
        const playlist = playlists.find(({ firstPath }) => firstPath !== null && firstPath === first);
        if (!playlist) this.#error('mpd-stray', `${representation.id} is in no playlist`);
        else {
          listed.add(playlist);
          await this.#compare(playlist, set, representation);
          this.#checkFigures(playlist, representation);
        }
      }
    }
    for (const { path } of playlists.filter((playlist) => !listed.has(playlist))) {
      this.#error('mpd-incomplete', `it does not have what ${path} lists`);
    }
    this.#checkLength(playlists[0] ?? null);
  }

  /** Side by side, so that neither list is held. */
  async #compare(playlist: TitlePlaylist, set: MpdSet, representation: MpdRepresentation): Promise<void> {
    const wrong = (message: string): void => this.#error('mpd-differs', `${representation.id}: ${message}`);
    const timeline = set.timeline();
    const init = pathOf(representation.init);
    let micros = 0;
    let end = 0;
    let longest = 0;
    for await (const batch of listSegments(this.#title.folder, playlist)) {
      for (const entry of batch) {
        const step = timeline.next();
        if (step.done === true) return wrong(`${playlist.path} lists more segments`);
        const segment = step.value;
        const fault =
          faultOf(entry, segment, representation, init) ??
          (segment.start === end ? null : `segment ${entry.index} begins at tick ${segment.start}, not ${end}`);
        if (fault !== null) return wrong(fault);
        micros += entry.micros;
        end = segment.start + segment.ticks;
        // Both add up from 0: what is off by little in each segment would be seen in the sum.
        if (Math.abs((end / set.timescale) * 1e6 - micros) > SLACK_MICROS) {
          const seconds = `${(end / set.timescale).toFixed(6)} s, in ${playlist.path} at ${micros / 1e6} s`;
          return wrong(`segment ${entry.index} ends at ${seconds}`);
        }
        longest = Math.max(longest, segment.ticks);
      }
    }
    if (timeline.next().done !== true) wrong(`${playlist.path} lists fewer segments`);
    this.#checkLongest((longest / set.timescale) * 1e6, representation);
  }

  #checkLongest(micros: number, { id }: MpdRepresentation): void {
    const most = this.#mpd.maxSegmentMicros;
    if (most !== null && micros > most + 1) {
      this.#error('mpd-max-segment', `a segment of ${id} lasts ${micros / 1e6} s, over the most of ${most / 1e6} s`);
    }
  }

  #checkFigures(playlist: TitlePlaylist, { id, bandwidth, codecs }: MpdRepresentation): void {
    const { peak } = this.#rates.get(playlist) ?? { peak: bandwidth };
    if (Math.abs(peak - bandwidth) > bandwidth * TOLERANCE) {
      this.#error('bandwidth-wrong', `${id} says bandwidth ${bandwidth}, its files give ${Math.round(peak)}`);
    }
    const declared = this.#title.master.variants.flatMap((variant) => variant.codecs?.split(',') ?? []);
    if (codecs === null || !declared.includes(codecs)) {
      const playlists = [...new Set(declared)].join();
      this.#error('codecs-wrong', `${id} is said to be ${codecs ?? 'nothing'}, in playlists "${playlists}"`);
    }
  }

  #checkLength(first: TitlePlaylist | null): void {
    const { micros } = this.#mpd;
    if (!first || micros === null || Math.abs(first.micros - micros) <= SLACK_MICROS) return;
    this.#error('mpd-length-wrong', `it lasts ${micros / 1e6} s, ${first.path} ${first.micros / 1e6} s`);
  }

  #error(code: string, message: string): void {
    this.#findings.error(MPD_NAME, code, message);
  }
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  micros: 'mediaPresentationDuration',
  maxSegmentMicros: 'maxSegmentDuration',
  minBufferMicros: 'minBufferTime',
};

function faultOf(
  { index, path, initPath }: ListedSegment,
  { number }: MpdSegment,
  { segment, init: initUri }: MpdRepresentation,
  init: string | null,
): string | null {
  if (pathOf(segment(number)) !== path) return `segment ${index} is ${segment(number)}, in its playlist ${path}`;
  return init === initPath ? null : `its initialization segment is ${initUri}, in its playlist ${initPath ?? 'none'}`;
}

function pathOf(uri: string): string | null {
  return titlePath(MPD_NAME, uri).path;
}
