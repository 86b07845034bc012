import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import { boxesIn, findBox, requireBox } from '../../tools/mp4/boxes.js';
import { readFragments } from '../../tools/mp4/fragments.js';
import { scanFragments, type FragmentScan } from '../../tools/mp4/scan.js';
import type { Findings } from './findings.js';
import type { SizedSegment } from './segments.js';

/**
 * The segments of one rendition in order: each begins at the sum of the durations before it, from 0 on, and lasts as long as
 * its playlist says; fragments are numbered upwards; what begins a segment is shown first in it; the initialization segment
 * is that of CMAF and delays nothing (no edit list).
 */
export class FragmentCheck {
  readonly #folder: string;
  readonly #playlist: string;
  readonly #findings: Findings;
  #init: { readonly path: string; readonly bytes: Buffer | null } | null = null;
  /** Where the next segment begins, ticks; null: the one before could not be read. */
  #end: number | null = 0;
  #micros = 0;
  #sequence = 0;

  constructor(folder: string, playlist: string, findings: Findings) {
    this.#folder = folder;
    this.#playlist = playlist;
    this.#findings = findings;
  }

  /** Null: it could not be read, which has been said. */
  async next(segment: SizedSegment): Promise<FragmentScan | null> {
    this.#micros += segment.micros;
    const init = await this.#openInit(segment.initPath);
    const scan =
      init && (await this.#read(segment.path, 'segment-broken', (bytes) => this.#scan(segment, bytes, init)));
    if (!scan) this.#end = null;
    return scan;
  }

  async #openInit(path: string | null): Promise<Buffer | null> {
    if (path === null) {
      this.#findings.error(this.#playlist, 'init-missing', 'a segment has no initialization segment (EXT-X-MAP)');
      return null;
    }
    if (this.#init?.path === path) return this.#init.bytes;
    const bytes = await this.#read(path, 'init-broken', (read) => {
      const fault = initFault(read);
      if (fault !== null) this.#findings.error(path, 'init-not-cmaf', fault);
      return read;
    });
    this.#init = { path, bytes };
    return bytes;
  }

  #scan(segment: SizedSegment, bytes: Buffer, init: Buffer): FragmentScan {
    const { path } = segment;
    const scan = scanFragments(bytes, init);
    const { timescale, ticks, video, audio } = scan;
    const start = readFragments(bytes)[0]?.time ?? 0;
    if (!hasBrand(bytes, 'styp', 'cmfs'))
      this.#findings.error(path, 'segment-not-cmaf', 'it does not begin with styp cmfs');
    for (const number of sequencesOf(bytes)) {
      if (number <= this.#sequence) {
        this.#findings.error(path, 'sequence-wrong', `fragment ${number} comes after ${this.#sequence}`);
      }
      this.#sequence = number;
    }
    if (this.#end !== null && start !== this.#end) {
      this.#findings.error(
        path,
        'time-gap',
        `it begins at tick ${start}, the sum of what is before it is ${this.#end}`,
      );
    }
    const first = video?.first ?? audio?.first ?? start;
    if (first !== start) {
      this.#findings.error(path, 'late-picture', `what is shown first comes ${first - start} ticks after its start`);
    }
    this.#end = start + ticks;
    // Playlists print sums in whole microseconds, so that what is off by little in each segment would be seen here.
    if (Math.abs((this.#end / timescale) * 1e6 - this.#micros) > 1) {
      const seconds = `${this.#micros / 1e6} s, in it at ${(this.#end / timescale).toFixed(6)} s`;
      this.#findings.error(path, 'duration-wrong', `by ${this.#playlist} it ends at ${seconds}`);
    }
    return scan;
  }

  async #read<T>(path: string, code: string, use: (bytes: Buffer) => T): Promise<T | null> {
    const bytes = await readFile(join(this.#folder, path));
    try {
      return use(bytes);
    } catch (error) {
      if (!(error instanceof MediactlError)) throw error;
      this.#findings.error(path, code, error.reason ?? error.message);
      return null;
    }
  }
}

/** ISO/IEC 23000-19 7.3.1, 7.5.13. */
function initFault(init: Buffer): string | null {
  if (!hasBrand(init, 'ftyp', 'cmfc')) return 'it does not say that it is CMAF (ftyp cmfc)';
  const moov = requireBox(init, ['moov']);
  if (findBox(init, 'edts', ...contentOf(requireBox(init, ['trak'], moov)))) return 'it has an edit list';
  if (!findBox(init, 'mvex', ...contentOf(moov))) return 'it does not say that fragments follow (mvex)';
  return null;
}

/** Whether a file begins with a box of that type that names the brand. */
function hasBrand(bytes: Buffer, type: string, brand: string): boolean {
  const [first] = boxesIn(bytes);
  if (first?.type !== type) return false;
  const brands = bytes.toString('latin1', first.body, first.end).match(/[^]{4}/g) ?? [];
  // The second word is the version of the first.
  return brands.some((name, i) => i !== 1 && name === brand);
}

function* sequencesOf(bytes: Buffer): Generator<number> {
  for (const box of boxesIn(bytes)) {
    if (box.type !== 'moof') continue;
    const { body, end } = requireBox(bytes, ['mfhd'], box);
    if (end - body >= 8) yield bytes.readUInt32BE(body + 4);
  }
}

function contentOf({ body, end }: { readonly body: number; readonly end: number }): [from: number, to: number] {
  return [body, end];
}
