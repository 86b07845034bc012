import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ffprobe, type Fields } from '../support/ffprobe.js';

/** Looks at a published title with means of its own: nothing here comes from src/. */

const run = promisify(execFile);

export interface MultivariantPlaylist {
  readonly text: string;
  readonly variants: readonly Entry[];
  readonly media: readonly Entry[];
  readonly iframes: readonly Entry[];
}

/** One EXT-X-STREAM-INF, EXT-X-MEDIA or EXT-X-I-FRAME-STREAM-INF: its attributes, unquoted, and its decoded URI. */
export interface Entry {
  readonly uri: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface MediaPlaylist {
  readonly text: string;
  /** Value of each tag without a URI: `tags.get('EXT-X-TARGETDURATION')`. */
  readonly tags: ReadonlyMap<string, string>;
  readonly segments: readonly ListedSegment[];
}

export interface ListedSegment {
  readonly uri: string;
  /** EXTINF as written, seconds. */
  readonly duration: number;
  readonly range: { readonly bytes: number; readonly offset: number } | null;
}

export interface ProbedSegment {
  readonly file: string;
  readonly bytes: number;
  /** ffprobe's account of the segment's one stream. */
  readonly stream: Fields;
  /** Packets of it. */
  readonly packets: number;
  /** First and last presentation time, 90 kHz ticks as they stand in the file. */
  readonly firstTicks: number;
  readonly lastTicks: number;
  /** Presentation times of all packets in order, 90 kHz ticks as they stand in the file. */
  readonly ticks: readonly number[];
  /** Presentation times of IDR pictures, 90 kHz ticks as in the file; empty for audio. */
  readonly idrTicks: readonly number[];
}

export async function readMultivariant(file: string): Promise<MultivariantPlaylist> {
  const text = await fs.readFile(file, 'utf8');
  const lines = text.split('\n');
  const entries = (tag: string): Entry[] =>
    lines.flatMap((line, index) => {
      if (!line.startsWith(`#${tag}:`)) return [];
      const attributes = parseAttributes(line.slice(tag.length + 2));
      return [{ uri: decodeURIComponent(attributes['URI'] ?? lines[index + 1] ?? ''), attributes }];
    });
  return {
    text,
    variants: entries('EXT-X-STREAM-INF'),
    media: entries('EXT-X-MEDIA'),
    iframes: entries('EXT-X-I-FRAME-STREAM-INF'),
  };
}

export async function readMedia(file: string): Promise<MediaPlaylist> {
  const text = await fs.readFile(file, 'utf8');
  const tags = new Map<string, string>();
  const segments: ListedSegment[] = [];
  let duration = NaN;
  let range: ListedSegment['range'] = null;
  for (const line of text.split('\n')) {
    const [, tag, value = ''] = /^#(EXT[^:]*)(?::(.*))?$/.exec(line) ?? [];
    if (tag === 'EXTINF') duration = parseFloat(value);
    else if (tag === 'EXT-X-BYTERANGE') {
      const [bytes = NaN, offset = NaN] = value.split('@').map(Number);
      range = { bytes, offset };
    } else if (tag) tags.set(tag, value);
    else if (line !== '' && !line.startsWith('#')) {
      segments.push({ uri: decodeURIComponent(line), duration, range });
      range = null;
    }
  }
  return { text, tags, segments };
}

/** Each segment that `<folder>/index.m3u8` lists, in order, by ffprobe and by its bytes. */
export async function probeSegments(folder: string): Promise<ProbedSegment[]> {
  const { segments } = await readMedia(path.join(folder, 'index.m3u8'));
  const probed: ProbedSegment[] = [];
  for (const { uri } of segments) probed.push(await probeSegment(path.join(folder, uri)));
  const keys = probed.reduce((sum, { idrTicks }) => sum + idrTicks.length, 0);
  if (keys > 0 && keys !== (await countIdrPictures(probed.map(({ file }) => file)))) {
    throw new Error(`${folder}: a key frame is no IDR picture`);
  }
  return probed;
}

/** IDR times of a whole rung, seconds as they stand in the segments; compare them across rungs. */
export async function idrTimes(folder: string): Promise<number[]> {
  return (await probeSegments(folder)).flatMap(({ idrTicks }) => idrTicks.map((ticks) => ticks / 90_000));
}

/**
 * Bits per second as HLS authoring defines them: the average over all, and the highest of any contiguous run of
 * segments that lasts 0.5 to 1.5 target durations (for a clip too short for that: its largest segment).
 */
export async function measuredRates(folder: string): Promise<{ average: number; peak: number }> {
  const { segments, tags } = await readMedia(path.join(folder, 'index.m3u8'));
  const target = Number(tags.get('EXT-X-TARGETDURATION'));
  const sizes = await Promise.all(segments.map(async ({ uri }) => (await fs.stat(path.join(folder, uri))).size));
  const total = { bytes: sum(sizes), seconds: sum(segments.map(({ duration }) => duration)) };
  let peak = 0;
  let largest = 0;
  for (let first = 0; first < segments.length; first++) {
    let bytes = 0;
    let seconds = 0;
    for (let last = first; last < segments.length; last++) {
      bytes += sizes[last] ?? 0;
      seconds += segments[last]?.duration ?? 0;
      if (last === first) largest = Math.max(largest, (bytes * 8) / seconds);
      if (seconds > 1.5 * target) break;
      if (seconds >= 0.5 * target) peak = Math.max(peak, (bytes * 8) / seconds);
    }
  }
  return { average: (total.bytes * 8) / total.seconds, peak: peak || largest };
}

/** Every file below a folder, POSIX paths from it, sorted. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

/**
 * Where a continuity counter does not go on, a line each: of any PID but the null packets', from one file of the list to
 * the next and inside each (RFC 8216 3; ISO/IEC 13818-1 2.4.3.3: packets without payload do not count).
 */
export async function counterGaps(files: readonly string[]): Promise<string[]> {
  const expected = new Map<number, number>();
  const gaps: string[] = [];
  for (const file of files) {
    const bytes = await fs.readFile(file);
    for (let at = 0; at < bytes.length; at += 188) {
      const header = bytes.readUInt32BE(at);
      const [pid, hasPayload, counter] = [(header >>> 8) & 0x1fff, (header & 0x10) !== 0, header & 0xf];
      if (pid === 0x1fff) continue;
      const due = (expected.get(pid) ?? counter) - (hasPayload ? 0 : 1);
      if ((due & 0xf) !== counter)
        gaps.push(`${path.basename(file)}: PID ${pid} has ${counter}, not ${due & 0xf}, at ${at}`);
      if (hasPayload) expected.set(pid, counter + 1);
      if ((header & 0x20) !== 0 && bytes.readUInt8(at + 4) > 0 && (bytes.readUInt8(at + 5) & 0x80) !== 0) {
        gaps.push(`${path.basename(file)}: a discontinuity_indicator at ${at}`);
      }
    }
  }
  return gaps;
}

async function probeSegment(file: string): Promise<ProbedSegment> {
  const { packets = [], streams } = await ffprobe(file, ['-show_packets', '-show_entries', 'packet=pts,flags']);
  if (streams.length !== 1) throw new Error(`${file} has ${streams.length} streams`);
  const times = packets.map((packet) => Number(packet['pts'])).sort((a, b) => a - b);
  const isVideo = streams[0]?.['codec_type'] === 'video';
  const keys = isVideo ? packets.filter((packet) => String(packet['flags']).includes('K')) : [];
  return {
    file,
    bytes: (await fs.stat(file)).size,
    stream: streams[0] ?? {},
    packets: packets.length,
    firstTicks: times[0] ?? NaN,
    lastTicks: times.at(-1) ?? NaN,
    ticks: times,
    idrTicks: keys.map((packet) => Number(packet['pts'])),
  };
}

/** ffprobe's K flag also marks recovery points of open GOPs; NAL unit type 5 is an IDR picture and nothing else. */
async function countIdrPictures(files: readonly string[]): Promise<number> {
  const joined = ['-f', 'mpegts', '-i', `concat:${files.join('|')}`];
  const { stdout } = await run('ffmpeg', ['-nostdin', '-v', 'error', ...joined, '-c', 'copy', '-f', 'h264', '-'], {
    encoding: 'buffer',
    maxBuffer: 256 << 20,
  });
  let pictures = 0;
  for (let at = stdout.indexOf(START_CODE); at !== -1; at = stdout.indexOf(START_CODE, at + 3)) {
    const isIdr = ((stdout[at + 3] ?? 0) & 0x1f) === 5;
    // first_mb_in_slice, an Exp-Golomb number: the first bit is 1 when it is 0, at the first slice of a picture.
    const isFirstSlice = ((stdout[at + 4] ?? 0) & 0x80) !== 0;
    if (isIdr && isFirstSlice) pictures++;
  }
  return pictures;
}

const START_CODE = Buffer.from([0, 0, 1]);

function parseAttributes(text: string): Record<string, string> {
  const pattern = /([A-Z0-9-]+)=(?:"([^"]*)"|([^,]*))/g;
  return Object.fromEntries(
    [...text.matchAll(pattern)].map(([, key = '', quoted, bare]) => [key, quoted ?? bare ?? '']),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
