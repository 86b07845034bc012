import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { SeenRendition, SeenTitle } from './seen-title.js';
import { counterGaps, measuredRates, readMedia, readMultivariant, type Entry } from './title.js';

/** What can only be known from the bytes: I-frame ranges that decode on their own, and bit rates. */

export async function iframeFindings(title: SeenTitle): Promise<string[]> {
  const { iframes } = await readMultivariant(path.join(title.folder, 'master.m3u8'));
  const findings: string[] = [];
  for (const entry of iframes) {
    const folder = path.dirname(path.join(title.folder, entry.uri));
    const rung = title.rungs.find((seen) => seen.folder === folder);
    if (!rung) findings.push(`${entry.uri} belongs to no rung`);
    else findings.push(...(await findingsOf(entry, path.join(title.folder, entry.uri), rung)));
  }
  return findings;
}

async function findingsOf({ attributes }: Entry, file: string, rung: SeenRendition): Promise<string[]> {
  const { segments: ranges, tags } = await readMedia(file);
  const idrs = rung.segments.reduce((sum, { idrTicks }) => sum + idrTicks.length, 0);
  const seconds = sum(ranges.map(({ duration }) => duration));
  const wanted = sum(rung.playlist.segments.map(({ duration }) => duration));
  const average = (sum(ranges.map(({ range }) => range?.bytes ?? NaN)) * 8) / seconds;
  const [stated, peak] = [Number(attributes['AVERAGE-BANDWIDTH']), Number(attributes['BANDWIDTH'])];
  const findings = [
    ranges.length !== idrs && `${ranges.length} ranges for ${idrs} IDR pictures`,
    !tags.has('EXT-X-I-FRAMES-ONLY') && 'no I-FRAMES-ONLY',
    !(Number(tags.get('EXT-X-VERSION')) >= 4) && 'byte ranges need version 4',
    Math.abs(seconds - wanted) > 1e-3 && `${seconds} s of ${wanted} s`,
    !(Math.abs(stated / average - 1) <= 0.1) && `AVERAGE-BANDWIDTH ${stated}, the files say ${average}`,
    !(peak >= stated) && `BANDWIDTH ${peak} is below the average`,
    attributes['RESOLUTION'] !== rung.attributes['RESOLUTION'] && `RESOLUTION ${attributes['RESOLUTION']}`,
  ].filter((line) => line !== false);
  for (const at of new Set([0, ranges.length - 1])) {
    const { uri = '', range = null } = ranges[at] ?? {};
    const frames = range ? await framesIn(path.join(rung.folder, uri), range) : -1;
    if (frames !== 1) findings.push(`range ${at} decodes to ${frames} pictures`);
  }
  return findings.map((line) => `${path.basename(rung.folder)}/iframes.m3u8: ${line}`);
}

/** The tables at the segment's start and the range, decoded without anything else: how many pictures; -1 for errors. */
async function framesIn(file: string, range: { readonly bytes: number; readonly offset: number }): Promise<number> {
  const bytes = await fs.readFile(file);
  const picture = bytes.subarray(range.offset, range.offset + range.bytes);
  return new Promise((resolve) => {
    const args = ['-v', 'error', '-f', 'mpegts', '-i', 'pipe:', '-map', '0:v', '-f', 'framemd5', '-'];
    const child = execFile('ffmpeg', args, (error, stdout, stderr) => {
      resolve(error || stderr !== '' ? -1 : stdout.split('\n').filter((line) => /^\d/.test(line)).length);
    });
    child.stdin?.end(Buffer.concat([tablesOf(bytes), picture]));
  });
}

/** The packets before the first of a media stream: PAT and PMT, which stand at every segment's start. */
function tablesOf(bytes: Buffer): Buffer {
  let at = 0;
  while (at < bytes.length && TABLES.has(bytes.readUInt16BE(at + 1) & 0x1fff)) at += 188;
  return bytes.subarray(0, at);
}

/** PAT, SDT, and where FFmpeg puts the PMT. */
const TABLES = new Set([0x0000, 0x0011, 0x1000]);

/** Continuity counters go on from segment to segment, with no discontinuity announced (RFC 8216 3). */
export async function counterFindings({ rungs, audio }: SeenTitle): Promise<string[]> {
  const findings: string[] = [];
  for (const { folder, segments, playlist } of [...rungs, ...audio]) {
    const gaps = await counterGaps(segments.map(({ file }) => file));
    if (playlist.text.includes('EXT-X-DISCONTINUITY')) gaps.push('an EXT-X-DISCONTINUITY');
    findings.push(...gaps.map((gap) => `${path.basename(folder)}: ${gap}`));
  }
  return findings;
}

/** BANDWIDTH and AVERAGE-BANDWIDTH within 10 % of what the files say (Apple HLS authoring 1.26, 1.27, 9.13). */
export async function rateFindings({ rungs, audio }: SeenTitle): Promise<string[]> {
  const sounds = await Promise.all(audio.map(async ({ folder }) => measuredRates(folder)));
  const soundPeak = Math.max(0, ...sounds.map(({ peak }) => peak));
  const soundAverage = Math.max(0, ...sounds.map(({ average }) => average));
  const findings: string[] = [];
  for (const { folder, attributes } of rungs) {
    const { peak, average } = await measuredRates(folder);
    const truth = { BANDWIDTH: peak + soundPeak, 'AVERAGE-BANDWIDTH': average + soundAverage };
    for (const [key, bits] of Object.entries(truth)) {
      const ratio = Number(attributes[key]) / bits;
      if (!(ratio >= 0.9 && ratio <= 1.1)) findings.push(`${folder}: ${key} ${attributes[key]}, the files say ${bits}`);
    }
  }
  return findings;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
